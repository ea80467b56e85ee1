"""Seeded trees. Same seed and count: same names, sizes and bytes, on every machine.

Sizes follow what was measured on an environment of python, numpy, scipy, pandas and pip (9 329 files, 244 MB): 2 % are
empty; the others are log-normal with a median of 6.0 KB and a standard deviation of 1.8 in ln(bytes); beyond that one
file in 2000 is a large library, log-uniform between 2 and 40 MB. The mean is about 36 KB, so 290 000 files hold about 10 GB.
Directories hold 10 files, 7 levels deep. Contents are windows into a pool of words, of small numbers and of noise, which
zstd packs to about a half.
"""

import math
import random
from pathlib import Path

POOL_BYTES = 48 << 20
FILES_PER_DIRECTORY = 10


def environment(root: Path, files: int, seed: int = 1) -> None:
    """A tree like a very large environment."""
    chance, pool = random.Random(seed), _pool(random.Random(seed))
    for number in range(files):
        _write(_path(root, number), _window(chance, pool, _size(chance)), number)


def duplicates(root: Path, files: int, seed: int = 1, distinct: int = 1000) -> None:
    """A tree in which each of a few contents occurs again and again under other names."""
    chance, pool = random.Random(seed), _pool(random.Random(seed))
    contents = [_window(chance, pool, _size(chance)) for _ in range(distinct)]
    for number in range(files):
        _write(_path(root, number), chance.choice(contents), number)


def _size(chance: random.Random) -> int:
    kind = chance.random()
    if kind < 0.02:
        return 0
    if kind < 0.0205:
        return int(math.exp(chance.uniform(math.log(2e6), math.log(40e6))))
    return min(int(chance.lognormvariate(math.log(6000), 1.8)), 40_000_000)


def _path(root: Path, number: int) -> Path:
    directory = number // FILES_PER_DIRECTORY
    levels = [f"d{directory // 8**power % 8}" for power in (5, 4, 3, 2, 1)]
    return root.joinpath("lib", *levels, f"pkg{directory}", f"file_{number:06}.py")


def _window(chance: random.Random, pool: bytes, size: int) -> bytes:
    start = chance.randrange(len(pool) - size) if size < len(pool) else 0
    return pool[start : start + size]


def _write(path: Path, data: bytes, number: int) -> None:
    if number % FILES_PER_DIRECTORY == 0:
        path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _pool(chance: random.Random) -> bytes:
    """Stretches of 64 KB of text, then of numbers, then 16 KB of noise, again and again."""
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz_", k=chance.randint(2, 12))) for _ in range(4000)]
    stretch, parts = 1 << 16, []
    while sum(map(len, parts)) < POOL_BYTES:
        text = " ".join(chance.choices(words, k=stretch // 4)).encode()
        numbers = b"".join(chance.randrange(1 << 14).to_bytes(4, "little") for _ in range(stretch // 4))
        parts += [text[:stretch], numbers, text[-stretch:], chance.randbytes(stretch // 4)]
    return b"".join(parts)


def python_source(chance: random.Random, size: int) -> bytes:
    return _window(chance, _pool(chance), size)
