"""Options that conda's commands share, and which environment they mean."""

import argparse
from pathlib import Path

from .context import Context, first_writable
from .errors import ArgumentError, CondaValueError, EnvironmentLocationNotFound, EnvironmentNameNotFound
from .link import COPY, HARDLINK, SOFTLINK
from .prefix import is_environment
from .ui import Ui


def add_prefix(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument("-n", "--name", help="name of the environment")
    group.add_argument("-p", "--prefix", help="full path of the environment")


def add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="report as JSON")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")
    parser.add_argument("-v", "--verbose", action="count", default=0)


def add_change(parser: argparse.ArgumentParser) -> None:
    add_prefix(parser)
    add_output(parser)
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")
    parser.add_argument("-d", "--dry-run", action="store_true", help="only show what would be done")
    parser.add_argument("-c", "--channel", action="append", default=[], help="a channel to search first")
    parser.add_argument("--override-channels", action="store_true", help="search only the channels of -c")
    parser.add_argument("--offline", action="store_true", help="use no network (there is never any here)")
    parser.add_argument("--copy", action="store_true", help="copy instead of linking")


def ui(arguments: argparse.Namespace, context: Context) -> Ui:
    yes = getattr(arguments, "yes", False) or context.flag("always_yes")
    return Ui(arguments.json, arguments.quiet, yes, getattr(arguments, "dry_run", False))


def channels(arguments: argparse.Namespace, context: Context) -> list[str]:
    if arguments.override_channels and not arguments.channel:
        raise ArgumentError("At least one -c / --channel flag must be supplied when using --override-channels.")
    return arguments.channel + ([] if arguments.override_channels else context.channels)


def link_type(arguments: argparse.Namespace, context: Context) -> int:
    if context.flag("always_copy") and context.flag("always_softlink"):
        raise CondaValueError("'always_copy' and 'always_softlink' are mutually exclusive. Only one can be set to 'True'.")
    if arguments.copy or context.flag("always_copy"):
        return COPY
    return SOFTLINK if context.flag("always_softlink") else HARDLINK


def target_prefix(arguments: argparse.Namespace, context: Context) -> Path:
    """-p, -n, the active environment, or base: where it is, or would be."""
    if arguments.prefix:
        return Path(arguments.prefix).expanduser().absolute()
    if arguments.name in ("base", "root"):
        return context.root_prefix
    if arguments.name:
        if "/" in arguments.name or arguments.name in ("", ".", ".."):
            raise CondaValueError(f"Invalid environment name: {arguments.name!r}")
        found = find_named(arguments.name, context)
        return found or first_writable(context.envs_dirs) / arguments.name
    return Path(context.environ.get("CONDA_PREFIX") or context.root_prefix)


def find_named(name: str, context: Context) -> Path | None:
    return next((d / name for d in context.envs_dirs if (d / name).is_dir()), None)


def existing_prefix(arguments: argparse.Namespace, context: Context) -> Path:
    prefix = target_prefix(arguments, context)
    if not is_environment(prefix):
        raise EnvironmentLocationNotFound(str(prefix))
    return prefix


def located(name_or_prefix: str, context: Context) -> Path:
    """What follows `activate`: a path where it holds a slash, else a name."""
    if "/" in name_or_prefix:
        prefix = Path(name_or_prefix).expanduser().absolute()
        if not (prefix / "conda-meta").is_dir():
            raise EnvironmentLocationNotFound(str(prefix))
        return prefix
    if name_or_prefix in ("base", "root"):
        return context.root_prefix
    found = find_named(name_or_prefix, context)
    if not found:
        raise EnvironmentNameNotFound(name_or_prefix)
    return found
