"""An environment at the prefix that its archive has, and at another one: mounting, and importing cold and warm."""

import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from harness import peers
from harness.bench import Bench
from harness.measure import drop_caches, run
from harness.mounts import server_of, wait_for_end
from harness.report import Table

from .imports import WARM_RUNS, import_command

HOME, ELSEWHERE = "at its own prefix", "at another prefix"


def run_suite(bench: Bench) -> Iterator[Table]:
    program = peers.need("condafuse")
    with tempfile.TemporaryDirectory(prefix="condafuse-bench-") as folder:
        points = {HOME: Path(folder, "home"), ELSEWHERE: Path(folder, "somewhere", "else")}
        image = Path(folder, "image.squashfs")
        level = [] if bench.input == "python" else ["--compressor", "zstd:3"]
        run([program, "pack", "-p", bench.source, "-o", image, "--dest-prefix", points[HOME], *level])
        some_file = next(p for p in bench.source.rglob("*.py")).relative_to(bench.source)

        @contextmanager
        def mounted(place: str) -> Iterator[Path]:
            run([program, "mount", image, points[place]])
            server = server_of(points[place])
            try:
                yield points[place]
            finally:
                subprocess.run([program, "unmount", "--no-commit", points[place]], check=True, stdout=subprocess.DEVNULL)
                wait_for_end(server)

        def mounting(place: str):
            def once() -> dict[str, float]:
                started = time.perf_counter()
                with mounted(place) as prefix:
                    os.stat(prefix / some_file)
                    return {"mount to first stat": (time.perf_counter() - started) * 1e3}

            return once

        def importing(place: str):
            def once() -> dict[str, float]:
                drop_caches()
                started = time.perf_counter()
                with mounted(place) as prefix:
                    run(import_command(prefix))
                    first = time.perf_counter() - started
                    again = min(run(import_command(prefix)) for _ in range(WARM_RUNS))
                return {"mount and import, cold": first * 1e3, "import again": again * 1e3}

            return once

        yield bench.compare("relocation", "image in the page cache", "ms", HOME, {place: mounting(place) for place in points}, bench.rounds * 3)
        if bench.input == "python":
            yield bench.compare("relocation", "caches dropped, fresh mount", "ms", HOME, {place: importing(place) for place in points})
