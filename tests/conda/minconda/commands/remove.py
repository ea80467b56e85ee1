"""conda remove, and conda remove --all"""

import argparse
from pathlib import Path

from .. import arguments as options, prefix as environment, registry, transaction
from ..context import Context
from ..errors import CondaValueError, PackagesNotFoundError
from ..matchspec import MatchSpec
from ..record import Record
from ..ui import Ui

HELP = "Remove a list of packages from a specified conda environment."


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_change(parser)
    parser.add_argument("--all", action="store_true", help="remove all packages, i.e. the environment")
    parser.add_argument("package_name", nargs="*")


def run(arguments: argparse.Namespace, context: Context) -> int:
    ui = options.ui(arguments, context)
    prefix = options.existing_prefix(arguments, context)
    if arguments.all:
        return remove_environment(prefix, context, ui)
    if not arguments.package_name:
        raise CondaValueError("no package names supplied,\n       try `conda remove -h` for more details")
    if not ui.dry_run:
        environment.check_writable(prefix)
    before = environment.installed(prefix)
    gone = _with_dependents([MatchSpec.parse(name) for name in arguments.package_name], before)
    ui.progress("Collecting package metadata (repodata.json)")
    ui.progress("Solving environment")
    after = [record for record in before if record not in gone]
    plan = transaction.between(prefix, before, after, arguments.package_name, "remove")
    transaction.show(plan, ui)
    done = {"actions": plan.actions(), "prefix": str(prefix), "success": True}
    if ui.dry_run:
        ui.result(done | {"dry_run": True})
    ui.confirm_plan()
    transaction.execute(plan, context, ui)
    ui.result(done)
    return 0


def remove_environment(prefix: Path, context: Context, ui: Ui) -> int:
    if prefix == context.root_prefix:
        raise CondaValueError("cannot remove root environment, add -n NAME or -p PREFIX option")
    if str(prefix) == context.environ.get("CONDA_PREFIX"):
        raise CondaValueError("Cannot remove current environment. Deactivate and run conda remove again")
    ui.say(f"\nRemove all packages in environment {prefix}:\n")
    ui.confirm_plan()
    environment.delete(prefix)
    registry.unregister(context, prefix)
    ui.result({"prefix": str(prefix), "success": True})
    return 0


def _with_dependents(specs: list[MatchSpec], installed: list[Record]) -> list[Record]:
    gone = [r for r in installed if any(s.matches(r) for s in specs)]
    missing = [str(s) for s in specs if not any(s.matches(r) for r in gone)]
    if missing:
        raise PackagesNotFoundError(missing, ["the environment"])
    while True:
        names = {record.name for record in gone}
        more = [r for r in installed if r not in gone and names & {MatchSpec.parse(d).name for d in r.depends}]
        if not more:
            return gone
        gone += more
