"""Numbers and sizes of files in a very large environment, by kind.

Published: the `analysis3-unstable` environment of Australia's National Computational Infrastructure, 1015 packages, is "289,524 files,
directories and symlinks", "approximately 10GB", "an average file size of around 36kB" (climate-cms.org, posts/2023-02-27-introducing-new-conda).
No distribution of sizes within a conda environment was found published, so the quantiles are measured, by kind, on

- python, numpy, scipy, pandas and pip as conda installs them out of the tests' channel (9329 files, 244 MB, 10 files a directory): sources,
  their compiled forms, stubs, data, extension modules;
- Debian 12: /usr/include (22 382 files) for headers, /usr/lib/x86_64-linux-gnu (983 libraries, LLVM's among them) for shared libraries.

Shares of kinds lie between that environment's (44 % .py, 44 % .pyc, 2.4 % .so) and Debian's dist-packages (37, 37, 1.6, and 15 % headers). One thing
is fitted: how many of the libraries are like Debian's and not like extension modules, so that 290 000 files hold 10 GB, as published.
"""

import math
import random
from dataclasses import dataclass

LEVELS = (0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1)


@dataclass(frozen=True)
class Kind:
    """`quantiles` are sizes in bytes at LEVELS, without empty files."""

    empty: float
    quantiles: tuple[int, ...]

    def draw(self, chance: random.Random) -> int:
        """A random size, interpolated linearly in ln(bytes) between the quantiles."""
        if chance.random() < self.empty:
            return 0
        level = chance.random()
        above = next(i for i, bound in enumerate(LEVELS) if level < bound)
        share = (level - LEVELS[above - 1]) / (LEVELS[above] - LEVELS[above - 1])
        low, high = math.log(self.quantiles[above - 1]), math.log(self.quantiles[above])
        return round(math.exp(low + (high - low) * share))


SOURCE = Kind(0.042, (2, 210, 620, 1760, 6010, 16500, 37400, 61400, 138000, 367144, 756209))
COMPILED = Kind(0, (140, 287, 973, 2771, 8426, 22922, 51701, 83924, 185687, 470008, 700249))
STUB = Kind(0, (55, 169, 313, 557, 1387, 4464, 8336, 13631, 24761, 100000, 151219))
HEADER = Kind(0, (1, 578, 752, 1355, 3221, 8913, 23466, 41489, 109792, 445356, 2546580))
DATA = Kind(0.004, (1, 48, 104, 248, 933, 7381, 53799, 80883, 600350, 3000000, 6832007))
EXTENSION = Kind(0, (532, 14816, 23464, 48968, 135648, 279072, 592864, 1233416, 3080592, 4400000, 4673656))
LIBRARY = Kind(0, (31, 14336, 14432, 18680, 27864, 150376, 684488, 2078888, 25762552, 100000000, 117308864))

# Of all files; sources and their compiled forms come in pairs.
SHARES = {"pair": 0.80, "stub": 0.025, "header": 0.075, "data": 0.078, "extension": 0.0098, "library": 0.0122}
KINDS = {"stub": STUB, "header": HEADER, "data": DATA, "extension": EXTENSION, "library": LIBRARY}
