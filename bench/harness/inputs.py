"""The trees to pack and mount, created once and kept in the cache folder."""

import os
import subprocess
from pathlib import Path

from . import synthetic
from .peers import CHECKOUT

SPECS = {
    "python": ["python", "numpy", "scipy", "pandas", "pip", "tqdm", "greeting=1.0"],
    "small": ["python", "pip", "tqdm", "greeting=1.0"],
    "tiny": ["python", "greeting=1.0"],
}
FILES = int(os.environ.get("BENCH_FILES", "290000"))


class Inputs:
    """`python` is a real environment, `small` and `tiny` others, `synthetic` a very large one, `duplicates` one with few distinct contents."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache

    def tree(self, name: str) -> Path:
        path = self._cache / (name if name in SPECS else f"{name}-{FILES}") / "env"
        made = path.parent / "made"
        if not made.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["rm", "-rf", path], check=True)
            if name in SPECS:
                self._environment(path, SPECS[name])
            else:
                getattr(self, "_" + name)(path)
            made.touch()
        return path

    def conda(self) -> Path:
        """The base installation whose conda creates environments: CONDA_EXE, or else the tests' own."""
        if "CONDA_EXE" in os.environ:
            return Path(os.environ["CONDA_EXE"])
        return self._base() / "bin" / "conda"

    def channel(self) -> Path:
        """The tests' channel."""
        return (self._base() / "channel").resolve()

    def _base(self) -> Path:
        base = self._cache / "conda"
        subprocess.run([CHECKOUT / "tests/conda/make-base", base], check=True)
        return base

    def _environment(self, path: Path, specs: list[str]) -> None:
        home = self._cache / "home"
        home.mkdir(exist_ok=True)
        command = [self.conda(), "create", "--yes", "--quiet", "--prefix", path, *specs]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"HOME": str(home)})

    def _synthetic(self, path: Path) -> None:
        synthetic.environment(path, FILES)

    def _duplicates(self, path: Path) -> None:
        synthetic.duplicates(path, min(FILES, 30_000))
