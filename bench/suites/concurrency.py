"""Throughput by the number of requests that wait for slow storage at once."""

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable

from harness import network
from harness.bench import Bench
from harness.measure import drop_caches
from harness.mounts import NATIVE, Mounter
from harness.report import Table

READ_AHEAD = 128  # KiB: no more than one block of the image
OUTSTANDING = (1, 2, 4, 8, 16)
FILES = 320
ONE = "1 at once"


def run_suite(bench: Bench) -> list[Table]:
    server, image = network.program(bench.cache), bench.image()
    names = _spread(bench.source)
    with network.in_memory(1000) as folder:
        shutil.copytree(bench.source, folder / "env", symlinks=True)
        shutil.copy(image, folder / image.name)
        with network.storage(server, folder, network.PROFILES[-1], READ_AHEAD) as shown:
            mounter = Mounter(shown.root / image.name, shown.root / "env", bench.cache)
            return [_by_count(bench, mounter, peer, names) for peer in (NATIVE, "condafuse")]


def _spread(source: Path) -> list[str]:
    """Files from everywhere in the tree, in an order that has nothing to do with that of the image."""
    names = sorted(str(path.relative_to(source)) for path in source.rglob("*") if path.is_file() and not path.is_symlink())
    step = len(names) // FILES
    return [names[(index * 97 % FILES) * step] for index in range(FILES)]


def _by_count(bench: Bench, mounter: Mounter, peer: str, names: list[str]) -> Table:
    def at_once(count: int) -> Callable[[], dict[str, float]]:
        def measured() -> dict[str, float]:
            drop_caches()
            with mounter.mounted(peer) as prefix, ThreadPoolExecutor(count) as threads:
                paths = [prefix / name for name in names]
                return {f"{figure} per s": FILES / _seconds(threads, work, paths) for figure, work in (("stat", os.stat), ("open and read", _read))}

        return measured

    contenders = {ONE if count == 1 else f"{count} at once": at_once(count) for count in OUTSTANDING}
    note = f"{peer}; {network.PROFILES[-1].name}; caches dropped, {FILES} files from everywhere: each is looked up once, then read once"
    return bench.compare("concurrency", note, "", ONE, contenders, bench.few)


def _seconds(threads: ThreadPoolExecutor, work: Callable, paths: list[Path]) -> float:
    started = time.perf_counter()
    list(threads.map(work, paths))
    return time.perf_counter() - started


def _read(path: Path) -> None:
    path.read_bytes()
