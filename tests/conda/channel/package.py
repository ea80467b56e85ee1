"""A conda package as a value: what it is called, what it needs, what it holds."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

TIMESTAMP_MS = 1_700_000_000_000


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    fill: Callable[[Path], None]  # puts the files below an empty directory
    depends: tuple[str, ...] = ()
    build: str = "0"
    noarch: str | None = None  # None, "python" or "generic"
    entry_points: tuple[str, ...] = ()  # noarch python: "command = module:function"
    extension: str = ".conda"

    @property
    def subdir(self) -> str:
        return "noarch" if self.noarch else "linux-64"

    @property
    def stem(self) -> str:
        return f"{self.name}-{self.version}-{self.build}"

    @property
    def file_name(self) -> str:
        return self.stem + self.extension

    def index(self) -> dict:
        """info/index.json; with sums and size added it is the record in repodata.json."""
        index = {
            "arch": None if self.noarch else "x86_64",
            "build": self.build,
            "build_number": 0,
            "depends": list(self.depends),
            "license": "see Debian's copyright files",
            "name": self.name,
            "platform": None if self.noarch else "linux",
            "subdir": self.subdir,
            "timestamp": TIMESTAMP_MS,
            "version": self.version,
        }
        return index | {"noarch": self.noarch} if self.noarch else index
