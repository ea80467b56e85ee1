"""How mamba and micromamba differ from conda when they activate, after their public source (libmamba/src/core/activation.cpp of 2.x).

- A prefix replaces another at the front of PATH, not in its place.
- Activating the environment below the one on top goes back to it.
- Leaving an environment, downwards or for another, gives its variables back to what was saved; downwards the saved ones are removed.
- Names of variables are in capitals always.
"""

import json
from pathlib import Path

from .activation import Activation, Changes, _bin

_UNSET = "***unset***"


class MambaActivation(Activation):
    def activate(self, prefix: Path, stack: bool) -> Changes:
        if self._prefix != str(prefix) and self._level > 1 and self._environ.get(f"CONDA_PREFIX_{self._level - 1}") == str(prefix):
            return self.deactivate()
        again = self._prefix == str(prefix)
        changes = super().activate(prefix, stack)
        if again:
            return changes
        if self._level and not stack:
            for name in self._variables(self._prefix):
                changes.unset.append(name)
                saved = f"__CONDA_SHLVL_{self._level - 1}_{name}"
                if saved in self._environ:
                    changes.export[name] = self._environ[saved]
        for name, value in self._variables(prefix).items():
            if value == _UNSET:
                continue
            if name in self._environ:
                changes.export[f"__CONDA_SHLVL_{self._level}_{name}"] = self._environ[name]
            changes.export[name] = value
        return changes

    def deactivate(self) -> Changes:
        changes = super().deactivate()
        if not self._prefix:
            return changes
        if self._level > 1:
            changes.export |= self._variables(self._environ[f"CONDA_PREFIX_{self._level - 1}"])
        for name in self._variables(self._prefix):
            changes.unset.append(name)
            saved = f"__CONDA_SHLVL_{self._level - 1}_{name}"
            if saved in self._environ:
                changes.export[name] = self._environ[saved]
                changes.unset.append(saved)
        return changes

    def _replaced(self, old: Path | str, new: Path | str | None) -> str:
        rest = [entry for entry in self._path() if entry != _bin(old)]
        return self._joined(([_bin(new)] if new else []) + rest)

    def _variables(self, prefix: Path | str) -> dict[str, str]:
        found: dict[str, str] = {}
        for file in sorted(Path(prefix, "etc", "conda", "env_vars.d").glob("*")):
            found |= json.loads(file.read_text())
        state = Path(prefix, "conda-meta", "state")
        if state.exists():
            found |= json.loads(state.read_text()).get("env_vars", {})
        return {name.upper(): value for name, value in found.items()}
