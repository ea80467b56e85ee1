"""Activation: the time of the shell functions compared with conda's own, for a mounted and an unmounted environment."""

import os
import subprocess
import tempfile
from pathlib import Path

from harness import peers
from harness.bench import Bench
from harness.measure import run
from harness.report import Table

_SHELLS = {"bash": "posix", "zsh": "posix", "fish": "fish"}


def run_suite(bench: Bench) -> list[Table]:
    program = peers.need("condafuse")
    conda = peers.find("conda")
    with tempfile.TemporaryDirectory(prefix="condafuse-bench-") as home:
        archives = Path(home, "miniconda_fuse", "archives")
        archives.mkdir(parents=True)
        archives.joinpath("bench.squashfs").write_bytes(bench.image().read_bytes())
        given = {**os.environ, "HOME": home, "CONDA_SHLVL": "0", "PS1": "$ ", **({"CONDA_EXE": conda} if conda else {})}
        for name in ("CONDA_FUSE_ARCHIVE_PATH", "CONDA_FUSE_MOUNT_ROOT", "CONDA_PREFIX"):
            given.pop(name, None)

        def timed(*command: str):
            return lambda: {"ms": run(list(command), env=given) * 1e3}

        def unmount() -> None:
            subprocess.run([program, "unmount", "bench"], env=given, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def after_unmounting(*command: str):
            def once() -> dict[str, float]:
                unmount()
                return timed(*command)()

            return once

        def mounted(contenders: dict) -> dict:
            # An interleaved round may follow one that unmounted.
            run([program, "mount", "bench"], env=given)
            return contenders

        prefix = subprocess.run([program, "mount", "--print-prefix", "bench"], env=given, check=True, capture_output=True, text=True).stdout.strip()
        warm = {"true (what starting any program costs)": timed("/bin/true")}
        for shell, dialect in _SHELLS.items():
            warm[f"condafuse, {shell}"] = timed(program, "activate", "--shell", shell, "--pid", str(os.getpid()), "--", "bench")
            if conda:
                warm[f"conda, {shell}"] = timed(conda, f"shell.{dialect}", "activate", prefix)
        base = "true (what starting any program costs)"
        tables = [bench.compare("activate", "the environment is mounted", "ms", base, mounted(warm), bench.rounds)]
        cold = {
            "condafuse mount": after_unmounting(program, "mount", "bench"),
            "condafuse activate": after_unmounting(program, "activate", "--shell", "bash", "--pid", str(os.getpid()), "--", "bench"),
        }
        tables.append(bench.compare("activate", "the environment is not mounted", "ms", "condafuse mount", cold, bench.rounds))
        unmount()
    return tables
