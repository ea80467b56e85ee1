"""Committing a small change to the image: a package of 34 files and 100 kB is installed, then committed, alone and as a part of unmounting."""

import os
import time
from pathlib import Path
from typing import Callable

from harness import peers
from harness.bench import Bench
from harness.measure import run
from harness.mounts import KERNEL, server_of, unmount, unmount_uncommitted
from harness.packages import Packages, cached_packages
from harness.report import Table
from harness.writable import CONDAFUSE, WritableMounts

SUPERBLOCK_BYTES = 4096  # the first block; a commit writes 96 bytes of it


def run_suite(bench: Bench) -> list[Table]:
    mounts = bench.writable()
    with cached_packages() as cache:
        package = cache.seeded()

        def ours() -> dict[str, float]:
            figures = _commit_alone(mounts, cache, package) | _commit_mounted(mounts, cache, package)
            return figures | _unmount(mounts, cache, package) | _unmount_unchanged(mounts, CONDAFUSE)

        contenders = {KERNEL: lambda: _unmount_unchanged(mounts, KERNEL), CONDAFUSE: ours}
        rounds = bench.rounds if bench.input == "python" else bench.few
        note = (
            "34 files, 100 kB installed; growth is what the archive grew by, beyond the files' bytes; "
            "the archive on its storage, nothing of what was installed synced before"
        )
        return [bench.compare("commit", note, "ms or kB", KERNEL, contenders, rounds)]


def _commit_alone(mounts: WritableMounts, cache: Packages, package: dict) -> dict[str, float]:
    """`condafuse commit` of changes that an unmount left in the journal."""
    program = peers.need("condafuse")
    with mounts.image() as image:
        with mounts.served(image, unmount_uncommitted) as prefix:
            cache.replay(prefix, [package], "install")
        before = image.stat().st_size
        milliseconds = run([program, "commit", image]) * 1e3
        growth = image.stat().st_size - before - _bytes(package)
        _check(image, mounts, before, package)
    return {"commit, unmounted": milliseconds, "growth, kB": growth / 1e3}


def _commit_mounted(mounts: WritableMounts, cache: Packages, package: dict) -> dict[str, float]:
    """`condafuse commit` of an environment that stays mounted."""
    with mounts.mounted(CONDAFUSE) as prefix:
        cache.replay(prefix, [package], "install")
        return {"commit, mounted": run([peers.need("condafuse"), "commit", prefix.with_name("env.squashfs")]) * 1e3}


def _unmount(mounts: WritableMounts, cache: Packages, package: dict) -> dict[str, float]:
    with mounts.image() as image:
        before = image.stat().st_size
        figures = {}
        with mounts.served(image, figures_of_unmount(figures, "unmount, committing")) as prefix:
            cache.replay(prefix, [package], "install")
        if image.stat().st_size == before:
            raise RuntimeError("unmounting committed nothing")
    return figures


def _unmount_unchanged(mounts: WritableMounts, peer: str) -> dict[str, float]:
    figures: dict[str, float] = {}
    with mounts.mounted(peer, figures_of_unmount(figures, "unmount, nothing changed")) as prefix:
        os.stat(prefix / "conda-meta")
    return figures


def figures_of_unmount(figures: dict[str, float], name: str) -> Callable[[str, Path], None]:
    """Unmounts, and records the time until the server was gone."""

    def timed(peer: str, point: Path) -> None:
        server = None if peer == KERNEL else server_of(point)
        started = time.perf_counter()
        unmount(peer, point, server)
        figures[name] = (time.perf_counter() - started) * 1e3

    return timed


def _bytes(package: dict) -> int:
    return sum(Path(package["source"], path).stat().st_size for path in package["files"])


def _check(image: Path, mounts: WritableMounts, before: int, package: dict) -> None:
    """No byte before the old end has changed except in the first block, and the new files are in the image."""
    run(["cmp", "--ignore-initial", SUPERBLOCK_BYTES, "--bytes", before - SUPERBLOCK_BYTES, mounts.original, image])
    with mounts.served(image) as prefix:
        for path in package["files"]:
            if (prefix / path).read_bytes() != Path(package["source"], path).read_bytes():
                raise RuntimeError(f"{path} is not what was committed")
