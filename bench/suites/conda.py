"""A real conda in a plain directory and in a mounted environment: installing, reinstalling and removing packages.

In a directory on the file system of its package cache, conda makes hard links instead of copies; so it is measured with copies too.
"""

import dataclasses
import os
import tempfile
from pathlib import Path
from typing import Iterator

from harness import peers
from harness.bench import Bench
from harness.measure import run
from harness.mounts import NATIVE
from harness.report import Table
from harness.writable import CONDAFUSE

PACKAGE = "pandas"  # with it come numpy and three small packages
COPIED = f"{NATIVE}, copies"


def run_suite(bench: Bench) -> Iterator[Table]:
    conda = peers.find("real-conda")
    if conda is None:
        print("conda: left out, because BENCH_REAL_CONDA names no conda")
        return
    mounts = dataclasses.replace(bench, input="small").writable()
    with tempfile.TemporaryDirectory(prefix="condafuse-bench-", dir=bench.cache) as home:
        conditions = {
            "HOME": home, "CONDA_PKGS_DIRS": str(Path(home, "packages")), "CONDA_CHANNELS": bench.inputs.channel().as_uri(), "CONDA_OFFLINE": "true",
            "CONDA_ALWAYS_YES": "true", "CONDA_QUIET": "true",
        }  # fmt: skip
        os.environ.update(conditions)

        def by(contender: str):
            def once() -> dict[str, float]:
                os.environ["CONDA_ALWAYS_COPY"] = str(contender == COPIED)
                with mounts.mounted(NATIVE if contender == COPIED else contender) as prefix:
                    phases = {
                        "install": ["install", PACKAGE],
                        "reinstall": ["install", "--force-reinstall", PACKAGE, "numpy"],
                        "remove": ["remove", PACKAGE, "numpy"],
                    }
                    figures: dict[str, float] = {}
                    for phase, (command, *words) in phases.items():
                        os.sync()  # so that earlier changes are not written during the measurement
                        figures[phase] = run([conda, command, "--prefix", prefix, *words])
                        _check(prefix, installed=phase != "remove")
                return figures | {"all three": sum(figures.values())}

            return once

        # The first installation also unpacks the packages into the cache.
        run([conda, "create", "--prefix", Path(home, "first"), PACKAGE])
        note = f"{PACKAGE} and what it needs, packages unpacked before; conda's own time included"
        yield bench.compare("conda", note, "s", NATIVE, {name: by(name) for name in (NATIVE, COPIED, CONDAFUSE)}, bench.few)


def _check(prefix: Path, installed: bool) -> None:
    records = [*(prefix / "conda-meta").glob(f"{PACKAGE}-*.json")]
    files = [*prefix.glob(f"lib/python3.*/site-packages/{PACKAGE}/__init__.py")]
    if (bool(records), bool(files)) != (installed, installed):
        raise RuntimeError(f"{prefix}: {PACKAGE} should be {'installed' if installed else 'removed'}")
