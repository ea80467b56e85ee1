"""Importing numpy, pandas and scipy.optimize by the environment's own interpreter."""

import subprocess
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Callable

from harness.bench import Bench
from harness.measure import drop_caches, run
from harness.mounts import AHEAD, KERNEL, NATIVE
from harness.report import Table

CODE = "import numpy, pandas, scipy.optimize"
WARM_RUNS = 3
PAUSE = 1.0


def import_command(prefix: Path) -> list:
    return [prefix / "bin/python", "-I", "-c", CODE]


def cold(bench: Bench) -> list[Table]:
    mounter = bench.mounter()

    def by(peer: str, pause: float = 0):
        def once() -> dict[str, float]:
            drop_caches()
            started = time.perf_counter()
            with mounter.mounted(peer) as prefix:
                if pause:
                    time.sleep(pause)
                    return {"import": run(import_command(prefix)) * 1e3}
                run(import_command(prefix))
                return {"mount and import": (time.perf_counter() - started) * 1e3}

        return once

    note_first_use(lambda: mounter.mounted(AHEAD))
    contenders = {peer: by(peer) for peer in mounter.contenders(AHEAD)}
    tables = [bench.compare("import-cold", "caches dropped, fresh mount, mounting included", "ms", KERNEL, contenders)]
    contenders = {peer: by(peer, PAUSE) for peer in mounter.contenders(AHEAD) if peer != NATIVE}
    note = f"caches dropped, fresh mount; the import alone, {PAUSE} s after mounting"
    return [*tables, bench.compare("import-cold-later", note, "ms", KERNEL, contenders)]


def note_first_use(mounted: Callable[[], AbstractContextManager[Path]]) -> None:
    """An import that records what later mounts prefetch."""
    with mounted() as prefix:
        run(import_command(prefix))


def warm(bench: Bench) -> list[Table]:
    mounter = bench.mounter()

    def by(peer: str):
        def once() -> dict[str, float]:
            with mounter.mounted(peer) as prefix:
                run(import_command(prefix))
                return {"import again": min(run(import_command(prefix)) for _ in range(WARM_RUNS)) * 1e3}

        return once

    contenders = {peer: by(peer) for peer in mounter.contenders()}
    return [bench.compare("import-warm", f"best of {WARM_RUNS} after a first import on the same mount", "ms", KERNEL, contenders)]


def many(bench: Bench, processes: int = 32) -> list[Table]:
    mounter = bench.mounter()

    def by(peer: str):
        def once() -> dict[str, float]:
            drop_caches()
            with mounter.mounted(peer) as prefix:
                started = time.perf_counter()
                running = [subprocess.Popen(import_command(prefix), stdout=subprocess.DEVNULL) for _ in range(processes)]
                codes = [process.wait() for process in running]
                if any(codes):
                    raise RuntimeError(f"an import on {peer} failed: {codes}")
                return {f"{processes} imports": (time.perf_counter() - started) * 1e3}

        return once

    contenders = {peer: by(peer) for peer in mounter.contenders()}
    note = f"{processes} processes import at once; caches dropped, fresh mount"
    return [bench.compare("importers-32", note, "ms", KERNEL, contenders, bench.few)]
