"""Which command was asked for, under which of the names conda, mamba and micromamba."""

import argparse
import sys

from . import VERSION, shell_commands
from .commands import config, create, env, info, install, list as list_command, remove, run
from .context import Context
from .errors import CommandNotFoundError, CondaError
from .ui import Ui

COMMANDS = {
    "config": config,
    "create": create,
    "env": env,
    "info": info,
    "install": install,
    "list": list_command,
    "remove": remove,
    "uninstall": remove,
    "run": run,
}


def main(words: list[str], context: Context) -> int:
    try:
        return _dispatch(words, context)
    except CondaError as error:
        return Ui(as_json="--json" in words).failed(error)
    except KeyboardInterrupt:
        print("\nCondaError: KeyboardInterrupt\n", file=sys.stderr)
        return 1


def _dispatch(words: list[str], context: Context) -> int:
    command = words[0] if words else ""
    if command.startswith("shell."):
        print(shell_commands.conda_shell(command.removeprefix("shell."), words[1:], context), end="")
        return 0
    if command == "shell" and context.face != "conda":
        print(shell_commands.mamba_shell(words[1:], context), end="")
        return 0
    if command in ("activate", "deactivate"):
        raise CommandNotFoundError(
            f"Your shell has not been properly configured to use '{context.face} {command}'.\n"
            f'If using \'{command}\' from a batch script, evaluate the output of "{context.face} shell.posix hook" first.'
        )
    parser = _parser(context.face)
    arguments = parser.parse_args(words)
    if not arguments.command:
        parser.print_help()
        return 0
    return COMMANDS[arguments.command].run(arguments, context)


def _parser(face: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=face, description=f"{face} is a tool for managing and deploying applications, environments and packages.")
    version = VERSION if face == "micromamba" else f"{face} {VERSION}"
    parser.add_argument("-V", "--version", action="version", version=version)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, module in COMMANDS.items():
        module.configure(commands.add_parser(name, help=module.HELP, description=module.HELP))
    return parser
