"""Creating an environment and unmounting it, and the whole cycle: by our functions, and by the original script with fuse-zip.

BENCH_ORIGINAL_SCRIPT names the original conda-fuse.sh; it is no part of this repository. Both run the same conda, with
packages already in its cache, each in a separate home. `conda alone` does the same without CondaFuse.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path

from harness import peers
from harness.bench import Bench
from harness.inputs import SPECS as ENVIRONMENTS
from harness.measure import run
from harness.mounts import unmount_below
from harness.report import Table

# Both define the same functions; set -e stops at failures, and conda-fuse-unmount returns when everything is done.
CREATE = """set -e
stamp() { date +"%s.%N $1" >>"$HOME/times"; }
source "$1"; shift
conda-fuse-create bench --yes --quiet "$@"
stamp create
"""
INSTALL = """"$CONDA_EXE" install --yes --quiet --prefix "$HOME/miniconda_fuse/envs/bench/bench" greeting=2.0
stamp install
"""
UNMOUNT = """conda-fuse-unmount bench
stamp unmount
"""
ORIGINAL = "original, fuse-zip"
SPECS = ENVIRONMENTS["python"]


def run_suite(bench: Bench) -> list[Table]:
    def alone(conda: Path, prefix: Path) -> list[list]:
        return [[conda, "create", "--yes", "--quiet", "--prefix", prefix, *SPECS]]

    return [_compare(bench, "create", CREATE + UNMOUNT, alone)]


def cycle(bench: Bench) -> list[Table]:
    def alone(conda: Path, prefix: Path) -> list[list]:
        ending = ["--yes", "--quiet", "--prefix", prefix]
        return [[conda, "create", *ending, *SPECS], [conda, "install", *ending, "greeting=2.0"]]

    return [_compare(bench, "cycle", CREATE + INSTALL + UNMOUNT, alone)]


def _compare(bench: Bench, suite: str, session: str, alone) -> Table:
    conda = bench.inputs.conda()
    variables = {
        "PATH": f"{conda.parent}:{Path(peers.need('condafuse')).parent}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "CONDA_EXE": str(conda),
        "LC_ALL": "C.UTF-8",
    }

    def in_a_home(step):
        def once() -> dict[str, float]:
            home = Path(tempfile.mkdtemp(prefix="condafuse-bench-home-", dir=bench.cache))
            try:
                return step(home, variables | {"HOME": str(home), "TMPDIR": str(home)})
            finally:
                unmount_below(home)
                shutil.rmtree(home)

        return once

    def without_us(home: Path, environ: dict) -> dict[str, float]:
        seconds = [run(command, env=environ) for command in alone(conda, home / "env")]
        return dict(zip(("create", "install"), seconds)) | {"all": sum(seconds)}

    def with_functions(script: Path):
        def step(home: Path, environ: dict) -> dict[str, float]:
            figures, last = {}, time.time()
            started = last
            run(["bash", "--norc", "-c", session, "bash", script, *SPECS], env=environ)
            for line in (home / "times").read_text().splitlines():
                moment, _, name = line.partition(" ")
                figures[name], last = float(moment) - last, float(moment)
            size = sum(p.stat().st_size for p in (home / "miniconda_fuse/archives").rglob("*") if p.is_file())
            return figures | {"all": last - started, "archive MB": size / 1e6}

        return step

    contenders = {"conda alone": in_a_home(without_us)}
    original = os.environ.get("BENCH_ORIGINAL_SCRIPT")
    if original:
        peers.need("fuse-zip")
        contenders[ORIGINAL] = in_a_home(with_functions(Path(original)))
    contenders["condafuse"] = in_a_home(with_functions(Path(peers.need("conda-fuse.sh"))))
    contenders["conda alone"]()  # fills the package cache
    return bench.compare(suite, "packages in conda's cache", "s", ORIGINAL, contenders, bench.few)
