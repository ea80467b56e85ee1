"""Packing a directory: time, peak memory, size; at three levels, on all cores."""

from pathlib import Path

from harness import peers
from harness.bench import Bench
from harness.measure import run_with_usage
from harness.report import Table

LEVELS = (3, 10, 15)
LEVELS_OF_LARGE = (3,)  # the others add no information, at a quarter of an hour each


def run(bench: Bench) -> list[Table]:
    return [_level(bench, level) for level in (LEVELS_OF_LARGE if bench.input == "synthetic" else LEVELS)]


def _level(bench: Bench, level: int) -> Table:
    target = bench.cache / "packed.squashfs"
    ours = [peers.need("condafuse"), "pack", bench.source, "-o", target, "--compressor", f"zstd:{level}"]
    theirs = [peers.need("mksquashfs"), bench.source, target, "-comp", "zstd", "-Xcompression-level", level, "-noappend", "-no-progress"]

    def pack(command: list, target: Path = target):
        def once() -> dict[str, float]:
            target.unlink(missing_ok=True)
            used = run_with_usage(command)
            size = target.stat().st_size
            target.unlink()
            return {"s": used.seconds, "peak MB": used.peak_bytes / 1e6, "image MB": size / 1e6}

        return once

    contenders = {"mksquashfs": pack(theirs), "mksquashfs -no-duplicates": pack([*theirs, "-no-duplicates"]), "condafuse": pack(ours)}
    note = f"zstd {level}, blocks of 128 KiB; source in the page cache"
    return bench.compare("pack", note, "", "mksquashfs", contenders, bench.few)
