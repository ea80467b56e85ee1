"""conda list"""

import argparse
import re

from .. import arguments as options, prefix as environment
from ..context import Context
from ..transaction import dist

HELP = "List installed packages in a conda environment."


def configure(parser: argparse.ArgumentParser) -> None:
    options.add_prefix(parser)
    options.add_output(parser)
    parser.add_argument("-e", "--export", action="store_true", help="name=version=build, for --file")
    parser.add_argument("regex", nargs="?", help="list only packages that match this")


def run(arguments: argparse.Namespace, context: Context) -> int:
    ui = options.ui(arguments, context)
    prefix = options.existing_prefix(arguments, context)
    records = sorted(environment.installed(prefix), key=lambda r: r.name)
    if arguments.regex:
        records = [r for r in records if re.search(arguments.regex, r.name)]
    ui.result([dist(record) for record in records])
    if arguments.export:
        ui.say("# platform: linux-64\n" + "\n".join(f"{r.name}={r.version}={r.build}" for r in records))
        return 0
    ui.say(f"# packages in environment at {prefix}:\n#")
    ui.say(f"# {'Name':<23} {'Version':<15} {'Build':>15}  Channel")
    for record in records:
        ui.say(f"{record.name:<25} {record.version:<15} {record.build:>15}  {record.channel}")
    return 0
