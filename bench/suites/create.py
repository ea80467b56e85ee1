"""Creating an environment and unmounting it: by our functions, and by the original script with fuse-zip.

BENCH_ORIGINAL_SCRIPT names the original conda-fuse.sh; it is no part of this repository. Both run the same conda, with
packages already in its cache, each in a home of its own. `conda alone` creates the same environment without any of us.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path

from harness import peers
from harness.bench import Bench
from harness.inputs import SPECS
from harness.measure import run
from harness.report import Table

# Both define the same functions; set -e makes a failure one, and conda-fuse-unmount returns when all is done.
SESSION = """set -e
source "$1"; shift
conda-fuse-create bench --yes --quiet "$@"
date +%s.%N >"$HOME/created"
conda-fuse-unmount bench"""


def run_suite(bench: Bench) -> list[Table]:
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
                shutil.rmtree(home)

        return once

    def alone(home: Path, environ: dict) -> dict[str, float]:
        return {"create": run([conda, "create", "--yes", "--quiet", "--prefix", home / "env", *SPECS], env=environ)}

    def with_functions(script: Path):
        def step(home: Path, environ: dict) -> dict[str, float]:
            started = time.time()
            run(["bash", "--norc", "-c", SESSION, "bash", script, *SPECS], env=environ)
            created, ended = float((home / "created").read_text()), time.time()
            size = sum(p.stat().st_size for p in (home / "miniconda_fuse/archives").iterdir())
            return {"create": created - started, "unmount": ended - created, "both": ended - started, "archive MB": size / 1e6}

        return step

    contenders = {"conda alone": in_a_home(alone)}
    original = os.environ.get("BENCH_ORIGINAL_SCRIPT")
    if original:
        peers.need("fuse-zip")
        contenders["original, fuse-zip"] = in_a_home(with_functions(Path(original)))
    contenders["condafuse"] = in_a_home(with_functions(Path(peers.need("conda-fuse.sh"))))
    contenders["conda alone"]()  # fills the package cache
    return [bench.compare("create", "packages in conda's cache", "s", "original, fuse-zip", contenders, max(3, bench.rounds // 3))]
