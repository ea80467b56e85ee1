"""
Packs an environment for other machines in every format, and compares with conda-pack: time, processor time, size, with the same number of
threads. Both archives are unpacked, conda-unpack is run, and the trees must be equal.
"""

import os
import shutil
from pathlib import Path
from typing import Iterator

from harness import peers, trees
from harness.bench import Bench
from harness.measure import Summary, interleaved, run_with_usage
from harness.report import Table

# Levels at which the environment of the other suites is packed.
USUAL = {
    "no-archive": (4,),  # first: file systems create entries slowly after many were removed
    "tar": (4,),
    "tar.gz": (1, 4, 9),
    "tar.bz2": (4, 9),
    "tar.xz": (1, 4),
    "tar.zst": (4, 9),  # conda-pack always uses 9
    "squashfs": (1, 4),
    "zip": (1, 4, 9),
}

# All levels, for packing a small environment.
EVERY = {
    "no-archive": (4,),
    "tar": (4,),
    "tar.gz": range(10),
    "tar.bz2": range(10),
    "tar.xz": range(10),
    "tar.zst": range(20),
    "squashfs": range(10),
    "zip": range(10),
}

# Formats of which some levels take minutes.
SLOW = ("tar.xz", "tar.zst", "squashfs")

# conda-pack fails, or leaves an empty file without a message.
NOT_THEIRS = {("tar.bz2", 0)}


def usual(bench: Bench) -> Iterator[Table]:
    """BENCH_PACK_FORMATS chooses formats, as `tar.xz zip`; or formats and levels, as `tar.xz:4 zip:9`."""
    for name, levels in _chosen(USUAL).items():
        yield _format(bench, "pack-formats", bench.input, bench.source, name, levels)


def every(bench: Bench) -> Iterator[Table]:
    """Every level of every format, of small environments."""
    for name, levels in _chosen(EVERY).items():
        size = "tiny" if name in SLOW else "small"
        yield _format(bench, "pack-levels", size, bench.inputs.tree(size), name, levels)


def _chosen(all_levels: dict) -> dict[str, list[int]]:
    chosen: dict[str, list[int]] = {}
    for part in os.environ.get("BENCH_PACK_FORMATS", " ".join(all_levels)).split():
        name, *level = part.split(":")
        chosen.setdefault(name, []).extend(map(int, level) if level else all_levels[name])
    return chosen


def _format(bench: Bench, suite: str, input_name: str, source: Path, name: str, levels: list[int]) -> Table:
    threads = os.cpu_count() or 1
    programs = {"conda-pack": [peers.need("conda-pack")], "condafuse": [peers.need("condafuse"), "pack"]}
    rows: dict[str, dict[str, Summary]] = {who: {} for who in programs}
    place = bench.cache / "packed"
    shutil.rmtree(place, ignore_errors=True)
    for level in levels:
        packers = {
            who: _Packer([*program, "-p", source, "-q", "-j", threads, "--compress-level", level, "-o"], place / f"{who}-{level}", name, level)
            for who, program in programs.items()
            if who == "condafuse" or (name, level) not in NOT_THEIRS
        }
        for who, figures in interleaved({who: packer.run for who, packer in packers.items()}, bench.few).items():
            rows[who] |= {figure: Summary.of(values) for figure, values in figures.items()}
        made = {who: packer.last for who, packer in packers.items()}
        if name != "no-archive":
            _compare(name, level, made, place)
    if name == "no-archive":
        _compare(name, levels[0], made, place)  # removals just before a measurement would affect it
    shutil.rmtree(place)
    return Table(suite, input_name, f"{name}, {threads} threads; source in the page cache; the same trees", "", "conda-pack", rows)


def _compare(name: str, level: int, made: dict[str, Path], place: Path) -> None:
    unpacked = {who: trees.unpacked(archive, place / "unpacked") for who, archive in made.items()}
    found = trees.differences(unpacked["condafuse"], unpacked.get("conda-pack", unpacked["condafuse"]))
    if found:
        raise SystemExit(f"{name}, level {level}: condafuse's against conda-pack's:\n" + "\n".join(found[:50]))
    for archive in made.values():
        shutil.rmtree(archive.parent)


class _Packer:
    """Packs repeatedly, each time to a new path; all archives except the last are removed, directories stay."""

    def __init__(self, command: list, place: Path, name: str, level: int) -> None:
        self._command, self._place, self._name, self._level = command, place, name, level
        self._number = 0
        place.mkdir(parents=True)

    @property
    def last(self) -> Path:
        return self._place / f"{self._number}.{self._name}"

    def run(self) -> dict[str, float]:
        if not self.last.is_dir():
            self.last.unlink(missing_ok=True)
        self._number += 1
        used = run_with_usage([*self._command, self.last])
        size = sum(file.lstat().st_size for file in self.last.rglob("*")) if self.last.is_dir() else self.last.stat().st_size
        figures = {"s": used.seconds, "processor s": used.processor_seconds, "peak MB": used.peak_bytes / 1e6, "MB": size / 1e6}
        return {f"level {self._level}: {figure}": value for figure, value in figures.items()}
