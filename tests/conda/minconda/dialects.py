"""Changes as text for one shell's `eval`."""

from dataclasses import dataclass
from typing import Callable

from .activation import Changes


@dataclass(frozen=True)
class Dialect:
    script_suffix: str
    hook: str  # file below hooks/
    export: Callable[[str, str], str]
    assign: Callable[[str, str], str | None]
    unset: Callable[[str], str]
    source: Callable[[str], str]

    def render(self, changes: Changes) -> str:
        lines = [self.export("PATH", changes.path)] if changes.path is not None else []
        lines += [self.source(str(path)) for path in changes.deactivate_scripts]
        lines += [self.unset(name) for name in changes.unset]
        lines += [self.assign(name, value) for name, value in changes.set.items()]
        lines += [self.export(name, value) for name, value in changes.export.items()]
        lines += [self.source(str(path)) for path in changes.activate_scripts]
        return "".join(line + "\n" for line in lines if line)


def _posix_quoted(value: str) -> str:
    return "'" + value.replace("'", "'\"'\"'") + "'"


def _fish_quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _fish_export(name: str, value: str) -> str:
    values = value.split(":") if name == "PATH" else [value]
    # The hook evaluates the lines as one, so each ends in a semicolon.
    return f"set -gx {name} {' '.join(map(_fish_quoted, values))};"


_POSIX = Dialect(
    script_suffix=".sh",
    hook="conda.sh",
    export=lambda name, value: f"export {name}={_posix_quoted(value)}",
    assign=lambda name, value: f"{name}={_posix_quoted(value)}",
    unset=lambda name: f"unset {name}",
    source=lambda path: f". {_posix_quoted(path)}",
)

_FISH = Dialect(
    script_suffix=".fish",
    hook="conda.fish",
    export=_fish_export,
    assign=lambda name, value: None,  # fish's prompt is a function: see its hook
    unset=lambda name: f"set -e {name};",
    source=lambda path: f"source {_fish_quoted(path)};",
)

DIALECTS = {"posix": _POSIX, "bash": _POSIX, "zsh": _POSIX, "dash": _POSIX, "ash": _POSIX, "fish": _FISH}
