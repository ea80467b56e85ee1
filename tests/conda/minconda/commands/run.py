"""conda run"""

import argparse
import os

from .. import activation, arguments as options
from ..context import Context

HELP = "Run an executable in a conda environment."


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_prefix(parser)
    parser.add_argument("--no-capture-output", "--live-stream", action="store_true")
    parser.add_argument("executable_call", nargs=argparse.REMAINDER)


def run(arguments: argparse.Namespace, context: Context) -> int:
    prefix = options.existing_prefix(arguments, context)
    changes = activation.Activation(context, ".sh").activate(prefix, stack=False)
    environ = {k: v for k, v in context.environ.items() if k not in changes.unset}
    environ |= changes.export | ({"PATH": changes.path} if changes.path else {})
    command = arguments.executable_call
    os.execvpe(command[0], command, environ)
