"""Reading every byte of every file, cold, and again immediately."""

from pathlib import Path

from harness.bench import Bench
from harness.measure import drop_caches, run
from harness.mounts import KERNEL, READ_ONLY
from harness.report import Table


def run_all(prefix: Path) -> float:
    return run(["sh", "-c", 'find "$1" -type f -print0 | xargs -0 cat', "sh", prefix]) * 1e3


def run_suite(bench: Bench) -> list[Table]:
    mounter = bench.mounter()

    def by(peer: str):
        def once() -> dict[str, float]:
            drop_caches()
            with mounter.mounted(peer) as prefix:
                return {"cold": run_all(prefix), "again": run_all(prefix)}

        return once

    contenders = {peer: by(peer) for peer in mounter.contenders(READ_ONLY)}
    return [bench.compare("read-all", "find and cat, one stream; fresh mount", "ms", KERNEL, contenders)]
