"""Packages for the replay of an installer: those of the real environment, and generated ones."""

import json
import os
import random
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from .contents import Contents

REPLAY = Path(__file__).with_name("replay.py")
SITE_PACKAGES = "lib/python3.11/site-packages"


class Packages:
    """An installer's package cache on a separate file system, so that hard links into a prefix fail as they do with FUSE."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of_environment(self, environment: Path, names: list[str]) -> list[dict]:
        """Installed packages, with their files copied from the environment."""
        return [self._of_environment(environment, name) for name in names]

    def _of_environment(self, environment: Path, name: str) -> dict:
        found = [p for p in (environment / "conda-meta").glob(f"{name}-*.json") if json.loads(p.read_bytes())["name"] == name]
        if len(found) != 1:
            raise RuntimeError(f"{environment} has {len(found)} records of {name}")
        files = json.loads(found[0].read_bytes())["files"]
        source = self._folder / name
        for path in files:
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(environment / path, source / path, follow_symlinks=False)
        return {"name": name, "record": f"conda-meta/{found[0].name}", "files": files, "source": str(source)}

    def seeded(self, name: str = "added", files: int = 34, size: int = 100_000, seed: int = 1) -> dict:
        """A small package of python modules: `size` bytes in `files` files."""
        chance = random.Random(f"{seed} {name}")
        text = Contents(seed).draw("source", size, chance)
        cuts = [0, *sorted(chance.sample(range(1, size), files - 1)), size]
        paths = [f"{SITE_PACKAGES}/{name}/{'part' if i % 3 else 'more/part'}_{i:02}.py" for i in range(files)]
        for path, start, end in zip(paths, cuts, cuts[1:]):
            target = self._folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text[start:end])
        return {"name": name, "record": f"conda-meta/{name}-1.0-0.json", "files": paths, "source": str(self._folder / name)}

    def replay(self, prefix: Path, packages: list[dict], *phases: str, records: bool = True) -> dict:
        """Runs the phases, optionally reading conda-meta before each; returns `seconds` by phase and `operations` by kind."""
        plan = self._folder / "plan.json"
        plan.write_text(json.dumps({"phases": phases, "records": records, "packages": packages}))
        done = subprocess.run(["/usr/bin/python3", "-I", "-S", REPLAY, plan, prefix], stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)


@contextmanager
def cached_packages() -> Iterator[Packages]:
    """A package cache in memory, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="condafuse-bench-", dir="/dev/shm") as folder:
        yield Packages(Path(folder))
