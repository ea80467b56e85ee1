"""The parameters of a suite: paths, numbers of rounds, and images of its input."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import peers
from .inputs import Inputs
from .measure import Summary, interleaved
from .mounts import Mounter
from .report import Table
from .writable import WritableMounts


@dataclass(frozen=True)
class Bench:
    cache: Path
    input: str
    rounds: int
    inputs: Inputs

    @property
    def few(self) -> int:
        """Number of rounds for slow measurements."""
        return max(min(self.rounds, 3), self.rounds // 3)

    @property
    def source(self) -> Path:
        return self.inputs.tree(self.input)

    def image(self) -> Path:
        """The same image for every contender: packed by condafuse with its defaults, very large ones at a level that takes only minutes."""
        image = self.cache / f"{self.source.parent.name}.squashfs"
        packer = Path(peers.need("condafuse"))
        if not image.exists() or image.stat().st_mtime < packer.stat().st_mtime:
            image.unlink(missing_ok=True)
            level = [] if self.input == "python" else ["--compressor", "zstd:3"]
            subprocess.run([packer, "pack", self.source, "-o", image, *level], check=True, stdout=subprocess.DEVNULL)
        return image

    def mounter(self) -> Mounter:
        return Mounter(self.image(), self.source)

    def writable(self) -> WritableMounts:
        return WritableMounts(self.image(), self.source, self.cache)

    def compare(self, suite: str, note: str, unit: str, reference: str, contenders: dict, rounds: int | None = None) -> Table:
        """Measures the contenders in turn and summarizes the results."""
        results = interleaved(contenders, rounds or self.rounds)
        rows = {name: {figure: Summary.of(values) for figure, values in figures.items()} for name, figures in results.items()}
        return Table(suite, self.input, note, unit, reference, rows)
