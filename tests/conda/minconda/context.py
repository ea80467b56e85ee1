"""Everything that comes from outside: environment variables, .condarc files, and where this conda is installed."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import condarc

_DEFAULTS: dict[str, condarc.Value] = {
    "always_copy": "false",
    "always_softlink": "false",
    "always_yes": "false",
    "auto_activate_base": "true",
    "changeps1": "true",
    "channels": [],
    "env_prompt": "({default_env}) ",
    "envs_dirs": [],
    "offline": "false",
    "pkgs_dirs": [],
}
# conda reads these two environment variables in addition to CONDA_<SETTING>.
_ALIASES = {"envs_dirs": "CONDA_ENVS_PATH", "env_prompt": "CONDA_ENV_PROMPT"}


@dataclass(frozen=True)
class Context:
    executable: Path  # as it was called, without resolving links: bin/conda below the root prefix
    environ: dict[str, str]

    @property
    def face(self) -> str:
        return self.executable.name

    @cached_property
    def root_prefix(self) -> Path:
        """The base environment: where bin/conda lies; for a call out of the source tree, a cache directory."""
        named = self.environ.get("MAMBA_ROOT_PREFIX") if self.face == "micromamba" else None
        if named or "CONDA_TEST_ROOT" in self.environ:
            return Path(named or self.environ["CONDA_TEST_ROOT"])
        if self.executable.parent.name in ("bin", "condabin"):
            return self.executable.parent.parent
        cache = self.environ.get("XDG_CACHE_HOME") or self.home / ".cache"
        return Path(cache, "condafuse-tests", "conda")

    @cached_property
    def home(self) -> Path:
        return Path(self.environ.get("HOME") or os.path.expanduser("~"))

    @cached_property
    def user_condarc(self) -> Path:
        return Path(self.environ.get("CONDARC") or self.home / ".condarc")

    @cached_property
    def settings(self) -> dict[str, condarc.Value]:
        """Defaults, then the root prefix's .condarc, the user's, and last CONDA_* variables."""
        merged = dict(_DEFAULTS)
        for path in (self.root_prefix / ".condarc", self.user_condarc):
            merged |= {key: value for key, value in condarc.read(path).items() if key in merged}
        for key, default in _DEFAULTS.items():
            for variable in (f"CONDA_{key.upper()}", _ALIASES.get(key, "")):
                if variable in self.environ:
                    value = self.environ[variable]
                    separator = "," if key == "channels" else os.pathsep
                    merged[key] = [v for v in value.split(separator) if v] if isinstance(default, list) else value
        return merged

    def flag(self, key: str) -> bool:
        return condarc.truth(self.settings[key])

    def paths(self, key: str) -> list[Path]:
        value = self.settings[key]
        return [Path(os.path.expanduser(p)) for p in ([value] if isinstance(value, str) else value)]

    @cached_property
    def envs_dirs(self) -> list[Path]:
        own, root = self.home / ".conda" / "envs", self.root_prefix / "envs"
        standard = [root, own] if _writable(root) else [own, root]
        return self.paths("envs_dirs") + standard

    @cached_property
    def pkgs_dirs(self) -> list[Path]:
        return self.paths("pkgs_dirs") or [self.root_prefix / "pkgs", self.home / ".conda" / "pkgs"]

    @property
    def channels(self) -> list[str]:
        """As in .condarc; without any, the channel that lies beside this conda."""
        return list(self.settings["channels"]) or [str(self.root_prefix / "channel")]

    @property
    def registry(self) -> Path:
        return self.home / ".conda" / "environments.txt"

    @property
    def condabin(self) -> Path:
        return self.root_prefix / "condabin"


def _writable(directory: Path) -> bool:
    while not directory.exists():
        directory = directory.parent
    return os.access(directory, os.W_OK)


def first_writable(directories: list[Path]) -> Path:
    return next((d for d in directories if _writable(d)), directories[-1])
