"""conda env list, conda env remove"""

import argparse

from .. import arguments as options
from ..context import Context
from .info import show_environments
from .remove import remove_environment

HELP = "See `conda env --help`."


def configure(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="env_command", required=True)
    options.add_output(commands.add_parser("list", help="list the conda environments"))
    remove = commands.add_parser("remove", help="remove an environment")
    options.add_prefix(remove)
    options.add_output(remove)
    remove.add_argument("-y", "--yes", action="store_true")
    remove.add_argument("-d", "--dry-run", action="store_true")


def run(arguments: argparse.Namespace, context: Context) -> int:
    ui = options.ui(arguments, context)
    if arguments.env_command == "list":
        show_environments(context, ui)
        return 0
    return remove_environment(options.existing_prefix(arguments, context), context, ui)
