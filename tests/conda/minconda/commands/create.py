"""conda create"""

import argparse
from pathlib import Path

from .. import arguments as options, channels as repodata, explicit, prefix as environment, registry, solve, transaction
from ..context import Context
from ..errors import ArgumentError, CondaError, CondaValueError
from ..matchspec import MatchSpec
from ..ui import Ui
from . import env

HELP = "Create a new conda environment from a list of specified packages."


class NonCondaFolderExists(CondaError):
    pass


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_change(parser)
    parser.add_argument("--file", action="append", default=[], help="read package specs from a file")
    parser.add_argument("package_spec", nargs="*")


def run(arguments: argparse.Namespace, context: Context) -> int:
    ui = options.ui(arguments, context)
    if not arguments.name and not arguments.prefix:
        raise ArgumentError("one of the arguments -n/--name -p/--prefix is required")
    prefix = options.target_prefix(arguments, context)
    if context.face != "conda" and len(arguments.file) == 1 and arguments.file[0].endswith((".yml", ".yaml")):
        return env.make(arguments.file[0], prefix, [], context, ui)
    _make_way(prefix, context, ui)
    named = explicit.records_of(arguments.file)
    if named is not None:
        transaction.execute(transaction.between(prefix, [], named, []), context, ui, options.link_type(arguments, context))
        registry.register(context, prefix)
        return 0
    texts = specs_of(arguments)
    channels = options.channels(arguments, context)
    records = repodata.read(channels) if texts else []
    ui.say("".join(["Channels:\n", *(f" - {c}\n" for c in channels), "Platform: linux-64"]))
    ui.progress("Collecting package metadata (repodata.json)")
    chosen = solve.solve([MatchSpec.parse(t) for t in texts], records, [], channels)
    ui.progress("Solving environment")
    plan = transaction.between(prefix, [], chosen, texts)
    transaction.show(plan, ui)
    done = {"actions": plan.actions(), "prefix": str(prefix), "success": True}
    if ui.dry_run:
        ui.result(done | {"dry_run": True})
    ui.confirm_plan()
    transaction.execute(plan, context, ui, options.link_type(arguments, context))
    registry.register(context, prefix)
    ui.result(done)
    name = prefix.name if prefix.parent in context.envs_dirs else str(prefix)
    ui.say(f"#\n# To activate this environment, use\n#\n#     $ {context.face} activate {name}\n#")
    ui.say(f"# To deactivate an active environment, use\n#\n#     $ {context.face} deactivate\n")
    return 0


def specs_of(arguments: argparse.Namespace) -> list[str]:
    """From the command line and from --file, quotes stripped."""
    from_files = [
        line.strip()
        for path in arguments.file
        for line in Path(path).read_text().splitlines()
        if line.strip() and not line.lstrip().startswith(("#", "@"))
    ]
    return [spec.strip("'\"") for spec in arguments.package_spec + from_files]


def _make_way(prefix: Path, context: Context, ui: Ui) -> None:
    """conda asks before it uses a directory that exists; mamba refuses one that is no environment and not empty."""
    if prefix == context.root_prefix:
        raise CondaValueError("The target prefix is the base prefix. Aborting.")
    if environment.is_environment(prefix):
        if ui.dry_run:
            raise CondaValueError("Cannot `create --dry-run` with an existing conda environment")
        ui.confirm(f"WARNING: A conda environment already exists at '{prefix}'\nRemove existing environment", default="no")
        environment.delete(prefix)
    elif prefix.is_dir():
        if any(prefix.iterdir()) and context.face != "conda":
            raise NonCondaFolderExists(f"Non-conda folder exists at prefix - aborting: {prefix}")
        ui.confirm(
            f"WARNING: A directory already exists at the target location '{prefix}'\n"
            "but it is not a conda environment.\nContinue creating environment",
            default="no",
        )
