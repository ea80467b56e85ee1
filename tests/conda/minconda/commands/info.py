"""conda info"""

import argparse
import os
import platform

from .. import VERSION, arguments as options, channels, registry
from ..context import Context
from ..ui import Ui

HELP = "Display information about current conda install."


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_output(parser)
    parser.add_argument("-e", "--envs", action="store_true", help="list all known environments")
    parser.add_argument("--base", action="store_true", help="print the base environment's path")
    parser.add_argument("-a", "--all", action="store_true")


def run(arguments: argparse.Namespace, context: Context) -> int:
    ui = options.ui(arguments, context)
    if arguments.base and not arguments.json:
        ui.say(str(context.root_prefix))
    elif arguments.envs and not arguments.json:
        show_environments(context, ui)
    elif arguments.json:
        ui.result({"root_prefix": str(context.root_prefix)} if arguments.base else _facts(context))
    else:
        ui.say("\n" + "\n".join(f"{key.replace('_', ' '):>24} : {_plain(value)}" for key, value in _facts(context).items()) + "\n")
    return 0


def show_environments(context: Context, ui: Ui) -> None:
    known = registry.environments(context)
    ui.result({"envs": [str(prefix) for prefix in known]})
    ui.say("# conda environments:\n#")
    for prefix in known:
        base = "base" if prefix == context.root_prefix else ""
        name = base or (prefix.name if prefix.parent in context.envs_dirs else "")
        active = "*" if str(prefix) == context.environ.get("CONDA_PREFIX") else " "
        ui.say(f"{name:<22} {active}  {prefix}")
    ui.say()


def _facts(context: Context) -> dict:
    active = context.environ.get("CONDA_PREFIX")
    return {
        "active_prefix": active,
        "active_prefix_name": context.environ.get("CONDA_DEFAULT_ENV"),
        "channels": [f"{channels.address(c)}/{s}" for c in context.channels for s in channels.SUBDIRS],
        "conda_prefix": str(context.root_prefix),
        "conda_version": VERSION,
        "default_prefix": active or str(context.root_prefix),
        "envs": [str(prefix) for prefix in registry.environments(context)],
        "envs_dirs": [str(directory) for directory in context.envs_dirs],
        "offline": context.flag("offline"),
        "pkgs_dirs": [str(directory) for directory in context.pkgs_dirs],
        "platform": "linux-64",
        "python_version": platform.python_version(),
        "root_prefix": str(context.root_prefix),
        "root_writable": os.access(context.root_prefix, os.W_OK),
        "user_rc_path": str(context.user_condarc),
    }


def _plain(value: object) -> str:
    return ("\n" + " " * 27).join(map(str, value)) if isinstance(value, list) else str(value)
