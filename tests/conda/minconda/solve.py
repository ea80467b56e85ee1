"""Picks the newest packages that satisfy what was asked for, by depth-first search with backtracking."""

from . import version
from .errors import PackagesNotFoundError, UnsatisfiableError
from .matchspec import MatchSpec
from .record import Record

Chosen = dict[str, Record]


def solve(specs: list[MatchSpec], offered: list[Record], installed: list[Record], channels: list[str]) -> list[Record]:
    """The complete set of packages, dependencies before dependents. What is installed is kept where it can be."""
    missing = [str(s) for s in specs if not any(s.matches(r) for r in offered + installed)]
    if missing:
        raise PackagesNotFoundError(missing, channels)
    by_name: dict[str, list[Record]] = {}
    kept = {r.name: r for r in installed}
    for record in sorted(offered, key=_newest_first, reverse=True):
        by_name.setdefault(record.name, []).append(record)
    for name, record in kept.items():
        others = [r for r in by_name.get(name, []) if r.stem != record.stem]
        by_name[name] = [record, *others]
    wanted = specs + [MatchSpec.parse(name) for name in sorted(kept)]
    chosen = _extend({}, wanted, by_name)
    if chosen is None:
        asked = ", ".join(map(str, specs))
        raise UnsatisfiableError(f"The following specifications were found to be incompatible with each other: {asked}")
    return ordered(chosen)


def ordered(chosen: Chosen) -> list[Record]:
    """Dependencies before dependents, else by name."""
    result: dict[str, Record] = {}

    def visit(record: Record, above: frozenset[str]) -> None:
        for dependency in sorted(MatchSpec.parse(d).name for d in record.depends):
            if dependency in chosen and dependency not in above:
                visit(chosen[dependency], above | {dependency})
        result.setdefault(record.name, record)

    for name in sorted(chosen):
        visit(chosen[name], frozenset({name}))
    return list(result.values())


def _newest_first(record: Record) -> tuple:
    return version.key(record.version), record.build_number


def _extend(chosen: Chosen, specs: list[MatchSpec], by_name: dict[str, list[Record]]) -> Chosen | None:
    if not specs:
        return chosen
    spec, rest = specs[0], specs[1:]
    if spec.name in chosen:
        return _extend(chosen, rest, by_name) if spec.matches(chosen[spec.name]) else None
    siblings = [other for other in rest if other.name == spec.name]
    for candidate in by_name.get(spec.name, []):
        if spec.matches(candidate) and all(other.matches(candidate) for other in siblings):
            dependencies = [MatchSpec.parse(d) for d in candidate.depends]
            found = _extend(chosen | {candidate.name: candidate}, dependencies + rest, by_name)
            if found is not None:
                return found
    return None
