"""The time from the mount command to the result of the first stat of a file inside, and the time of unmounting until the server is gone."""

import os
import tempfile
import time
from pathlib import Path

from harness.bench import Bench
from harness.mounts import KERNEL, NATIVE, server_of, unmount
from harness.report import Table


def run(bench: Bench) -> list[Table]:
    mounter = bench.mounter()
    some_file = next(p for p in bench.source.rglob("*.py")).relative_to(bench.source)

    def mount_by(peer: str):
        def once() -> dict[str, float]:
            point = Path(tempfile.mkdtemp(prefix="condafuse-bench-"))
            started = time.perf_counter()
            mounter.mount(peer, point)
            os.stat(point / some_file)
            mount_time = time.perf_counter() - started
            server = None if peer == KERNEL else server_of(point)
            started = time.perf_counter()
            unmount(peer, point, server)
            unmount_time = time.perf_counter() - started
            point.rmdir()
            return {"mount to first stat": mount_time * 1e3, "unmount": unmount_time * 1e3}

        return once

    contenders = {peer: mount_by(peer) for peer in mounter.contenders() if peer != NATIVE}
    return [bench.compare("mount", "image in the page cache", "ms", KERNEL, contenders, bench.rounds * 2)]
