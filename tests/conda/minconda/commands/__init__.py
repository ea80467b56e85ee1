"""One command of the command line a file: `configure(parser)` and `run(arguments, context)`."""
