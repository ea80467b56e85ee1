"""Generated trees. The same seed and count give the same names, sizes and bytes on every machine with the same Python.

Sizes and kinds are in `sizes.py`, with their sources, contents in `contents.py`. The tree is laid out as conda does it: packages of which most
are small and few hold thousands of files (log-normal, median 90, mean about 290 of 290 000 in 1000), each a tree of python packages
with about 16 modules, their compiled forms in `__pycache__`; headers below include/, shared libraries in lib/, data below share/. One file in
a hundred has the content of another (0.9 % of those measured).
"""

import json
import random
from pathlib import Path

from .contents import Contents
from .sizes import COMPILED, KINDS, SHARES, SOURCE

SITE_PACKAGES = "lib/python3.11/site-packages"
PACKAGE_FILES = (4.5, 1.53)  # mean and standard deviation of ln(files)
MODULES_PER_DIRECTORY = 16
REPEATED = 0.01


def environment(root: Path, files: int, seed: int = 1) -> None:
    """A tree like a very large environment."""
    chance, tree = random.Random(seed), _Tree(root, Contents(seed), random.Random(f"{seed} contents"))
    (root / "conda-meta").mkdir(parents=True)
    (root / "conda-meta/history").write_text("")
    tree.files, number = 1, 0
    while tree.files < files:
        name = f"package{number:04}"
        count = min(max(2, round(chance.lognormvariate(*PACKAGE_FILES))), files - tree.files - 1)
        written = _package(tree, name, count, chance)
        (root / "conda-meta" / f"{name}-1.0-0.json").write_text(json.dumps({"name": name, "files": written}, indent=1))
        tree.files += 1
        number += 1


def duplicates(root: Path, files: int, seed: int = 1, distinct: int = 1000) -> None:
    """A tree in which a few contents occur repeatedly under different names."""
    chance, contents = random.Random(seed), Contents(seed)
    several = [contents.draw("source", SOURCE.draw(chance), chance) for _ in range(distinct)]
    for number in range(files):
        path = root / f"lib/package{number // 100:04}/part{number % 100 // 10}/file{number % 10}.py"
        if number % 10 == 0:
            path.parent.mkdir(parents=True)
        path.write_bytes(chance.choice(several))


class _Tree:
    """Writes files, and creates their directories."""

    def __init__(self, root: Path, contents: Contents, chance: random.Random) -> None:
        self._root, self._contents, self._chance = root, contents, chance
        self._made: set[str] = set()
        self._earlier: list[bytes] = []
        self.files = 0

    def write(self, directory: str, name: str, kind: str, size: int) -> str:
        if directory not in self._made:
            self._made.add(directory)
            (self._root / directory).mkdir(parents=True, exist_ok=True)
        path = f"{directory}/{name}"
        (self._root / path).write_bytes(self._content(kind, size))
        self.files += 1
        return path

    def _content(self, kind: str, size: int) -> bytes:
        if self._earlier and self._chance.random() < REPEATED:
            return self._chance.choice(self._earlier)
        data = self._contents.draw(kind, size, self._chance)
        if 0 < size < 100_000:
            self._earlier = [*self._earlier[-99:], data]
        return data


def _package(tree: _Tree, name: str, count: int, chance: random.Random) -> list[str]:
    """Writes `count` files, and returns their paths."""
    folders, written = [f"{SITE_PACKAGES}/{name}"], []
    kinds = list(SHARES)
    weights = [share / 2 if kind == "pair" else share for kind, share in SHARES.items()]
    while len(written) < count:
        kind, number = chance.choices(kinds, weights)[0], len(written)
        folder = folders[-1]
        if kind == "pair":
            written.append(tree.write(folder, f"module_{number}.py", "source", SOURCE.draw(chance)))
            if len(written) < count:
                size = COMPILED.draw(chance)
                written.append(tree.write(f"{folder}/__pycache__", f"module_{number}.cpython-311.pyc", "compiled", size))
            if chance.random() < 1 / MODULES_PER_DIRECTORY:
                folders.append(f"{chance.choice(folders[: 1 + len(folders) // 4])}/sub_{number}")
            continue
        where, pattern, content = {
            "stub": (folder, "module_{}.pyi", "source"),
            "header": (f"include/{name}/part_{number // 40}", "header_{}.h", "source"),
            "data": (f"share/{name}/part_{number // 40}", "data_{}.json", "data"),
            "extension": (folder, "_native_{}.cpython-311-x86_64-linux-gnu.so", "library"),
            "library": ("lib", f"lib{name}_{{}}.so.1", "library"),
        }[kind]
        written.append(tree.write(where, pattern.format(number), content, KINDS[kind].draw(chance)))
    return written
