"""Order of versions, as far as numbers, dots and letters take part in it."""

import re


def key(version: str) -> list[tuple[int, int | str]]:
    """Numbers sort after letters (1.0rc1 < 1.0), and each counts as a number (1.10 > 1.9)."""
    parts = re.findall(r"\d+|[a-z]+", version.lower())
    return [(1, int(p)) if p.isdigit() else (-1, p) for p in parts] + [(0, 0)]


def satisfies(version: str, constraint: str) -> bool:
    """Whether a version meets `>=1.0,<2`, `1.2.*`, `=1.2`, `==1.2`, alternatives parted by `|`, or `*`."""
    return any(all(_one(version, c.strip()) for c in alternative.split(",")) for alternative in constraint.split("|"))


def _one(version: str, constraint: str) -> bool:
    if constraint in ("", "*"):
        return True
    operator, wanted = re.fullmatch(r"(>=|<=|==|!=|=|<|>|~=)?\s*(.*)", constraint).groups()
    if operator in (None, "==", "!=") and not wanted.endswith("*"):
        return (key(version) == key(wanted)) != (operator == "!=")
    if operator in (None, "=", "==", "!="):
        stem = wanted.removesuffix("*").removesuffix(".")
        return (version == stem or version.startswith(stem + ".")) != (operator == "!=")
    return {
        ">=": key(version) >= key(wanted),
        "<=": key(version) <= key(wanted),
        ">": key(version) > key(wanted),
        "<": key(version) < key(wanted),
        "~=": key(version) >= key(wanted) and version.startswith(wanted.rpartition(".")[0] + "."),
    }[operator]
