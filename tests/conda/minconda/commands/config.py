"""conda config --show, --get, --set, --append"""

import argparse

from .. import arguments as options, condarc
from ..context import Context
from ..errors import ArgumentError

HELP = "Show or modify configuration values in .condarc."


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_output(parser)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--show", nargs="*", metavar="KEY", help="what is in force, from all sources")
    action.add_argument("--get", nargs="*", metavar="KEY", help="what the user's .condarc says")
    action.add_argument("--set", nargs=2, metavar=("KEY", "VALUE"))
    action.add_argument("--append", nargs=2, metavar=("KEY", "VALUE"), action="append", help="add to the end of a list")


def run(arguments: argparse.Namespace, context: Context) -> int:
    ui = options.ui(arguments, context)
    if arguments.set:
        key, value = arguments.set
        _known([key], context)
        condarc.write(context.user_condarc, condarc.read(context.user_condarc) | {key: value})
        return 0
    if arguments.append:
        _known([key for key, _ in arguments.append], context)
        values = condarc.read(context.user_condarc)
        for key, value in arguments.append:
            values[key] = [item for item in values.get(key, []) if item != value] + [value]
        condarc.write(context.user_condarc, values)
        return 0
    if arguments.show is not None:
        keys, values = arguments.show or sorted(context.settings), _in_force(context)
    else:
        values = condarc.read(context.user_condarc)
        keys = [key for key in arguments.get or sorted(values) if key in values]
    _known(keys, context)
    ui.result({key: values[key] for key in keys})
    for key in keys:
        if isinstance(values[key], list):
            ui.say("\n".join([f"{key}:", *(f"  - {item}" for item in values[key])]))
        else:
            ui.say(f"{key}: {values[key]}")
    return 0


def _in_force(context: Context) -> dict:
    flags = {k: condarc.truth(v) for k, v in context.settings.items() if v in ("true", "false", "yes", "no", "1", "0")}
    directories = {"envs_dirs": context.envs_dirs, "pkgs_dirs": context.pkgs_dirs}
    lists = {key: [str(path) for path in value] for key, value in directories.items()}
    return context.settings | flags | lists | {"channels": context.channels, "root_prefix": str(context.root_prefix)}


def _known(keys: list[str], context: Context) -> None:
    unknown = [key for key in keys if key not in context.settings and key != "root_prefix"]
    if unknown:
        raise ArgumentError(f"Invalid configuration parameters: {', '.join(unknown)}")
