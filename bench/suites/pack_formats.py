"""Packing an environment for elsewhere, in every format, beside conda-pack: time, processor time, size; with the same threads."""

import os
import shutil
from pathlib import Path

from harness import peers
from harness.bench import Bench
from harness.measure import Summary, interleaved, run_with_usage
from harness.report import Table

LEVELS = {
    "tar": (4,),
    "tar.gz": (0, 1, 4, 9),
    "tar.bz2": (1, 4, 9),  # conda-pack has no level 0 of it
    "tar.xz": (0, 1, 4, 9),
    "tar.zst": (0, 1, 4, 9, 10, 19),  # conda-pack's is always 9
    "squashfs": (0, 1, 4, 9),
    "zip": (0, 1, 4, 9),
    "no-archive": (4,),
}


def run(bench: Bench) -> list[Table]:
    """BENCH_PACK_FORMATS chooses formats, as `tar.xz zip`; or formats and levels, as `tar.xz:4 zip:9`."""
    asked = [part.split(":") for part in os.environ.get("BENCH_PACK_FORMATS", " ".join(LEVELS)).split()]
    chosen: dict[str, list[int]] = {}
    for name, *level in asked:
        chosen.setdefault(name, []).extend(map(int, level) if level else LEVELS[name])
    return [_format(bench, name, levels) for name, levels in chosen.items()]


def _format(bench: Bench, name: str, levels: list[int]) -> Table:
    target = bench.cache / f"packed.{name}"
    threads = os.cpu_count() or 1
    rows: dict[str, dict[str, Summary]] = {"conda-pack": {}, "condafuse": {}}
    programs = {"conda-pack": [peers.need("conda-pack")], "condafuse": [peers.need("condafuse"), "pack"]}
    for level in levels:
        options = ["-p", bench.source, "-o", target, "-q", "-j", threads, "--compress-level", level]
        packers = {who: _packer([*program, *options], target, level) for who, program in programs.items()}
        for who, figures in interleaved(packers, bench.few).items():
            rows[who] |= {figure: Summary.of(values) for figure, values in figures.items()}
    return Table("pack-formats", bench.input, f"{name}, {threads} threads; source in the page cache", "", "conda-pack", rows)


def _packer(command: list, target: Path, level: int):
    def once() -> dict[str, float]:
        _remove(target)
        used = run_with_usage(command)
        size = sum(file.lstat().st_size for file in target.rglob("*")) if target.is_dir() else target.stat().st_size
        _remove(target)
        figures = {"s": used.seconds, "processor s": used.processor_seconds, "peak MB": used.peak_bytes / 1e6, "MB": size / 1e6}
        return {f"level {level}: {figure}": value for figure, value in figures.items()}

    return once


def _remove(target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)
