"""conda install"""

import argparse

from .. import arguments as options, channels as repodata, prefix as environment, solve, transaction
from ..context import Context
from ..errors import CondaValueError
from ..matchspec import MatchSpec
from .create import specs_of

HELP = "Install a list of packages into a specified conda environment."


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_change(parser)
    parser.add_argument("--file", action="append", default=[], help="read package specs from a file")
    parser.add_argument("package_spec", nargs="*")


def run(arguments: argparse.Namespace, context: Context) -> int:
    ui = options.ui(arguments, context)
    prefix = options.existing_prefix(arguments, context)
    texts = specs_of(arguments)
    if not texts:
        raise CondaValueError("too few arguments, must supply command line package specs or --file")
    if not ui.dry_run:
        environment.check_writable(prefix)
    before = environment.installed(prefix)
    channels = options.channels(arguments, context)
    records = repodata.read(channels)
    ui.progress("Collecting package metadata (repodata.json)")
    after = solve.solve([MatchSpec.parse(t) for t in texts], records, before, channels)
    ui.progress("Solving environment")
    plan = transaction.between(prefix, before, after, texts)
    if plan.empty:
        ui.say("\n# All requested packages already installed.\n")
        ui.result({"message": "All requested packages already installed.", "success": True})
        return 0
    transaction.show(plan, ui)
    done = {"actions": plan.actions(), "prefix": str(prefix), "success": True}
    if ui.dry_run:
        ui.result(done | {"dry_run": True})
    ui.confirm_plan()
    transaction.execute(plan, context, ui, options.link_type(arguments, context))
    ui.result(done)
    return 0
