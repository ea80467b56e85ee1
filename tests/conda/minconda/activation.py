"""What becoming and leaving an environment changes in a shell, whatever its language."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from .context import Context


@dataclass
class Changes:
    path: str | None = None
    unset: list[str] = field(default_factory=list)
    set: dict[str, str] = field(default_factory=dict)  # shell variables, not exported
    export: dict[str, str] = field(default_factory=dict)
    deactivate_scripts: list[Path] = field(default_factory=list)
    activate_scripts: list[Path] = field(default_factory=list)


class Activation:
    """Environments form a stack: CONDA_SHLVL is its height, CONDA_PREFIX its top, CONDA_PREFIX_<n> what lies below."""

    def __init__(self, context: Context, script_suffix: str) -> None:
        self._context = context
        self._environ = context.environ
        self._suffix = script_suffix
        self._level = int(self._environ.get("CONDA_SHLVL", "").strip() or 0)
        self._prefix = self._environ.get("CONDA_PREFIX") if self._level else None

    def activate(self, prefix: Path, stack: bool) -> Changes:
        if self._prefix == str(prefix):
            return self.reactivate()
        changes = Changes(export=self._exports(prefix, self._level + 1))
        changes.activate_scripts = self._scripts(prefix, "activate")
        if self._level == 0:
            changes.path = self._joined([_bin(prefix), *self._with_condabin()])
        elif stack:
            changes.path = self._joined([_bin(prefix), *self._path()])
            changes.export[f"CONDA_PREFIX_{self._level}"] = self._prefix
            changes.export[f"CONDA_STACKED_{self._level + 1}"] = "true"
        else:
            changes.path = self._replaced(self._prefix, prefix)
            changes.export[f"CONDA_PREFIX_{self._level}"] = self._prefix
            changes.deactivate_scripts = self._scripts(self._prefix, "deactivate")
        self._prompt(changes, changes.export["CONDA_PROMPT_MODIFIER"])
        return changes

    def deactivate(self) -> Changes:
        changes = Changes()
        if not self._prefix:
            return changes
        changes.deactivate_scripts = self._scripts(self._prefix, "deactivate")
        if self._level == 1:
            changes.path = self._replaced(self._prefix, None)
            changes.unset = ["CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER"]
            changes.export = {"CONDA_SHLVL": "0"}
            self._prompt(changes, "")
            return changes
        below = Path(self._environ[f"CONDA_PREFIX_{self._level - 1}"])
        stacked = f"CONDA_STACKED_{self._level}"
        changes.path = self._replaced(self._prefix, None if stacked in self._environ else below)
        changes.unset = [f"CONDA_PREFIX_{self._level - 1}"] + ([stacked] if stacked in self._environ else [])
        changes.export = self._exports(below, self._level - 1)
        changes.activate_scripts = self._scripts(below, "activate")
        self._prompt(changes, changes.export["CONDA_PROMPT_MODIFIER"])
        return changes

    def reactivate(self) -> Changes:
        """After a change of packages: the same environment, its scripts run again."""
        if not self._prefix:
            return Changes()
        name = self._environ.get("CONDA_DEFAULT_ENV") or self._name(self._prefix)
        changes = Changes(path=self._replaced(self._prefix, self._prefix))
        changes.export = {"CONDA_SHLVL": str(self._level), "CONDA_PROMPT_MODIFIER": self._modifier(self._prefix, name)}
        changes.deactivate_scripts = self._scripts(self._prefix, "deactivate")
        changes.activate_scripts = self._scripts(self._prefix, "activate")
        self._prompt(changes, changes.export["CONDA_PROMPT_MODIFIER"])
        return changes

    def _exports(self, prefix: Path, level: int) -> dict[str, str]:
        name = self._name(prefix)
        return {
            "CONDA_PREFIX": str(prefix),
            "CONDA_SHLVL": str(level),
            "CONDA_DEFAULT_ENV": name,
            "CONDA_PROMPT_MODIFIER": self._modifier(prefix, name),
        }

    def _name(self, prefix: Path | str) -> str:
        prefix = Path(prefix)
        if prefix == self._context.root_prefix:
            return "base"
        return prefix.name if prefix.parent.name == "envs" else str(prefix)

    def _modifier(self, prefix: Path | str, name: str) -> str:
        if not self._context.flag("changeps1"):
            return ""
        template = str(self._context.settings["env_prompt"])
        return template.format(default_env=name, stacked_env=name, prefix=prefix, name=Path(prefix).name)

    def _prompt(self, changes: Changes, modifier: str) -> None:
        old = self._environ.get("PS1", "")
        if not self._context.flag("changeps1") or "POWERLINE_COMMAND" in old:
            return
        current = self._environ.get("CONDA_PROMPT_MODIFIER")
        changes.set["PS1"] = modifier + (re.sub(re.escape(current), "", old) if current else old)

    def _path(self) -> list[str]:
        return self._environ.get("PATH", "/usr/bin").split(":")

    def _with_condabin(self) -> list[str]:
        entries = self._path()
        return entries if any(e.endswith("condabin") for e in entries) else [str(self._context.condabin), *entries]

    def _replaced(self, old: Path | str, new: Path | str | None) -> str:
        entries, added = self._path(), [_bin(new)] if new else []
        where = entries.index(_bin(old)) if _bin(old) in entries else None
        if where is None:
            return self._joined(added + entries)
        return self._joined(entries[:where] + added + entries[where + 1 :])

    def _joined(self, entries: list[str]) -> str:
        return ":".join(entries)

    def _scripts(self, prefix: Path | str, event: str) -> list[Path]:
        return sorted(Path(prefix, "etc", "conda", f"{event}.d").glob("*" + self._suffix))


def _bin(prefix: Path | str) -> str:
    return str(Path(prefix) / "bin")
