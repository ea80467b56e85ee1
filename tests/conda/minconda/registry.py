"""~/.conda/environments.txt: the prefixes that `conda env list` knows beside those in envs_dirs."""

from pathlib import Path

from .context import Context
from .prefix import is_environment


def register(context: Context, prefix: Path) -> None:
    known = _read(context.registry)
    if prefix not in known:
        context.registry.parent.mkdir(parents=True, exist_ok=True)
        with open(context.registry, "a") as registry:
            registry.write(f"{prefix}\n")


def unregister(context: Context, prefix: Path) -> None:
    known = _read(context.registry)
    if prefix in known:
        _write(context.registry, [p for p in known if p != prefix])


def environments(context: Context) -> list[Path]:
    """Base first, then those in envs_dirs and the registered ones. A registered prefix that is gone is forgotten."""
    known = _read(context.registry)
    alive = [prefix for prefix in known if is_environment(prefix)]
    if alive != known:
        _write(context.registry, alive)
    named = [p for d in context.envs_dirs if d.is_dir() for p in sorted(d.iterdir()) if is_environment(p)]
    return list(dict.fromkeys([context.root_prefix, *sorted({*named, *alive})]))


def _read(path: Path) -> list[Path]:
    try:
        return [Path(line) for line in path.read_text().splitlines() if line and not line.startswith("#")]
    except FileNotFoundError:
        return []


def _write(path: Path, prefixes: list[Path]) -> None:
    path.write_text("\n".join(map(str, prefixes)) + "\n")
