"""Changes files of a directory, and those of another one in the same way, in every manner there is, and compares them at once.

racing_writer.py MOUNTED EXPECTED SEED
"""

import mmap
import os
import random
import sys

mounted, expected, seed = sys.argv[1:]
chance = random.Random(int(seed))
names = sorted(os.listdir(expected))
chance.shuffle(names)


def write(path: str, at: int, data: bytes) -> None:
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(data)


def append(path: str, at: int, data: bytes) -> None:
    with open(path, "ab") as file:
        file.write(data)


def truncate(path: str, at: int, data: bytes) -> None:
    os.truncate(path, at)


def replace(path: str, at: int, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def map_shared(path: str, at: int, data: bytes) -> None:
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[at : at + len(data)] = data


def grow(path: str, at: int, data: bytes) -> None:
    os.truncate(path, 300_000)


def punch(path: str, at: int, data: bytes) -> None:
    with open(path, "r+b") as file:
        os.posix_fallocate(file.fileno(), at, 150_000)


def copy_range(path: str, at: int, data: bytes) -> None:
    with open(path, "r+b") as file:
        os.copy_file_range(file.fileno(), file.fileno(), 5000, 0, 100_000)


MANNERS = [write, append, truncate, replace, map_shared, grow, punch, copy_range]
for name in names:
    manner, at, data = chance.choice(MANNERS), chance.randrange(100_000), chance.randbytes(chance.choice([1, 100, 4096, 50_000]))
    for folder in (expected, mounted):
        manner(os.path.join(folder, name), at, data)
    with open(os.path.join(mounted, name), "rb") as shown, open(os.path.join(expected, name), "rb") as wanted:
        if shown.read() != wanted.read():
            sys.exit(f"{name} does not show what {manner.__name__} at {at} of {len(data)} bytes made of it")
