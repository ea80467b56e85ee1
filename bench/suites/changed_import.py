"""The warm import of a writable, changed environment, compared with the same image mounted read-only."""

import os
from pathlib import Path

from harness.bench import Bench
from harness.measure import run
from harness.mounts import NATIVE
from harness.packages import SITE_PACKAGES, Packages, cached_packages
from harness.report import Table
from harness.writable import READ_ONLY

from .imports import import_command

WARM_RUNS = 5


def run_suite(bench: Bench) -> list[Table]:
    mounts = bench.writable()
    with cached_packages() as cache:

        def by(peer: str, change: bool):
            def once() -> dict[str, float]:
                with mounts.mounted(peer) as prefix:
                    if change:
                        _change(prefix, cache)
                    run(import_command(prefix))
                    return {"import again": min(run(import_command(prefix)) for _ in range(WARM_RUNS)) * 1e3}

            return once

        contenders = {READ_ONLY: by(READ_ONLY, False), "condafuse, unchanged": by("condafuse", False)}
        contenders |= {f"{peer}, changed": by(peer, True) for peer in mounts.contenders() if peer != NATIVE}
        note = f"best of {WARM_RUNS} after a first import; changed: a package of 34 files installed, one removed, a module imported rewritten"
        return [bench.compare("import-warm-writable", note, "ms", READ_ONLY, contenders, bench.rounds * 2)]


def _change(prefix: Path, cache: Packages) -> None:
    """Typical changes of users. The rewritten module keeps its time, so that its compiled form stays valid."""
    cache.replay(prefix, [cache.seeded()], "install")
    cache.replay(prefix, cache.of_environment(prefix, ["tqdm"]), "remove")
    module = prefix / SITE_PACKAGES / "numpy/version.py"
    status, data = module.stat(), module.read_bytes()
    module.write_bytes(data)
    os.utime(module, ns=(status.st_atime_ns, status.st_mtime_ns))
