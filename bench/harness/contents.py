"""Contents that compress like real ones, from pools that are generated once from a seed.

A pool is 16 MiB of phrases drawn from a dictionary, the early ones more often. What zstd 15 makes of blocks of 128 KiB, measured on an
environment of numpy, scipy and pandas, and on windows into these pools: sources 0.21 (0.19),
compiled 0.29 (0.28), libraries 0.31 (0.30), data 0.35 (0.34).
"""

import random
from dataclasses import dataclass

POOL_BYTES = 16 << 20
LONGEST_WINDOW = 4 << 20


@dataclass(frozen=True)
class Recipe:
    phrases: int  # in the dictionary
    length: tuple[int, int]  # of a phrase, in bytes
    noise: int  # how many of 1000 phrases are generated at random


RECIPES = {
    "source": Recipe(1200, (4, 30), 35),
    "compiled": Recipe(2000, (4, 30), 20),
    "library": Recipe(2000, (4, 30), 50),
    "data": Recipe(2000, (2, 16), 40),
}
LETTERS = b"abcdefghijklmnopqrstuvwxyz_ ().,=\n"


class Contents:
    """Pools by kind; the same seed gives the same bytes."""

    def __init__(self, seed: int) -> None:
        self._pools = {kind: _pool(random.Random(f"{seed} {kind}"), recipe, kind == "source") for kind, recipe in RECIPES.items()}

    def draw(self, kind: str, size: int, chance: random.Random) -> bytes:
        """`size` bytes: random windows into the pool, so that blocks of two files are hardly ever equal."""
        pool, parts = self._pools[kind], []
        while size > 0:
            length = min(size, LONGEST_WINDOW)
            start = chance.randrange(len(pool) - length)
            parts.append(pool[start : start + length])
            size -= length
        return b"".join(parts)


def _pool(chance: random.Random, recipe: Recipe, text: bool) -> bytes:
    def phrase() -> bytes:
        length = chance.randint(*recipe.length)
        return bytes(chance.choices(LETTERS, k=length)) if text else chance.randbytes(length)

    dictionary = [phrase() for _ in range(recipe.phrases)]
    weights = [1 / (rank + 1) for rank in range(recipe.phrases)]
    drawn, made = [], 0
    while made < POOL_BYTES:
        batch = chance.choices(dictionary, weights, k=100_000)
        for place in chance.sample(range(len(batch)), len(batch) * recipe.noise // 1000):
            batch[place] = phrase()
        drawn.append(b"".join(batch))
        made += len(drawn[-1])
    return b"".join(drawn)[:POOL_BYTES]
