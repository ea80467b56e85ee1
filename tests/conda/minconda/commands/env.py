"""conda env list, conda env create, conda env update, conda env remove"""

import argparse
import json
import os
import subprocess
from pathlib import Path

from .. import arguments as options, channels as repodata, link, prefix as environment, registry, solve, transaction
from ..context import Context
from ..errors import CondaError
from ..matchspec import MatchSpec
from ..ui import Ui
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
    create = commands.add_parser("create", help="create an environment from a file")
    options.add_prefix(create)
    options.add_output(create)
    create.add_argument("-y", "--yes", action="store_true")
    create.add_argument("-d", "--dry-run", action="store_true")
    create.add_argument("-f", "--file", default="environment.yml")
    update = commands.add_parser("update", help="update an environment from a file")
    options.add_prefix(update)
    options.add_output(update)
    update.add_argument("-f", "--file", default="environment.yml")
    update.set_defaults(dry_run=False)


def run(arguments: argparse.Namespace, context: Context) -> int:
    ui = options.ui(arguments, context)
    if arguments.env_command == "list":
        show_environments(context, ui)
        return 0
    if arguments.env_command == "create":
        return make(arguments.file, options.target_prefix(arguments, context), [], context, ui)
    if arguments.env_command == "update":
        prefix = options.existing_prefix(arguments, context)
        return make(arguments.file, prefix, environment.installed(prefix), context, ui)
    return remove_environment(options.existing_prefix(arguments, context), context, ui)


class CondaEnvException(CondaError):
    pass


def make(path: str, prefix: Path, before: list, context: Context, ui: Ui) -> int:
    """An environment with what an environment.yml lists: packages of conda, a section for pip, and variables."""
    import yaml  # Debian's, needed for nothing else

    wanted = yaml.safe_load(Path(path).read_text())
    texts = [entry for entry in wanted.get("dependencies") or [] if isinstance(entry, str)]
    pip = [line for entry in wanted.get("dependencies") or [] if isinstance(entry, dict) for line in entry.get("pip", [])]
    channels = [c for c in wanted.get("channels") or [] if c not in ("nodefaults", "defaults")] or context.channels
    records = repodata.read(channels) if texts else []
    chosen = solve.solve([MatchSpec.parse(text) for text in texts], records, before, channels)
    transaction.execute(transaction.between(prefix, before, chosen, texts), context, ui, link.COPY if context.flag("always_copy") else link.HARDLINK)
    registry.register(context, prefix)
    if pip:
        command = [prefix / "bin" / "python", "-m", "pip", "install", "-q", "-U", *pip]
        if subprocess.run(command, env=dict(os.environ), cwd=Path(path).resolve().parent, check=False).returncode:
            raise CondaEnvException("Pip failed")
    if wanted.get("variables"):
        state = {"version": 1, "env_vars": {name: str(value) for name, value in wanted["variables"].items()}}
        (prefix / "conda-meta" / "state").write_text(json.dumps(state))
    return 0
