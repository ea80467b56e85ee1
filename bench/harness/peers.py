"""The compared programs, with their paths and versions.

Each is found on PATH, or by a variable such as BENCH_SQUASHFUSE_LL=/path; one that is not there is left out and said.
"""

import os
import platform
import re
import shutil
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent

_VERSION_OPTION = {
    "condafuse": "--version", "mksquashfs": "-version", "squashfuse": "--help", "squashfuse_ll": "--help",
    "fuse-overlayfs": "--version", "strace": "--version", "fuse-zip": "-V", "fusermount3": "-V", "python3": "--version",
    "conda-pack": "--version",
}  # fmt: skip


def find(name: str) -> str | None:
    return os.environ.get("BENCH_" + re.sub(r"\W", "_", name).upper()) or shutil.which(name)


def need(name: str) -> str:
    found = find(name)
    if not found:
        raise SystemExit(f"{name} is not on PATH, nor named by BENCH_{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}")
    return found


def versions() -> dict[str, str]:
    found = {"kernel": platform.release(), "cpus": str(os.cpu_count()), "processor": _processor()}
    for name, option in _VERSION_OPTION.items():
        path = "/usr/bin/python3" if name == "python3" else find(name)
        found[name] = _version(path, option) if path else "not found"
    return found | {"commit": _commit()}


def _version(path: str, option: str) -> str:
    done = subprocess.run([path, option], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).splitlines()
    named = [line for line in lines if Path(path).name in line]  # some print their libraries' versions first
    number = re.search(r"\d+\.\d+[\w.\-+]*", "\n".join(named + lines))
    return number[0] if number else "unknown"


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    return found[1] if found else platform.machine()


def _commit() -> str:
    done = subprocess.run(["git", "-C", CHECKOUT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
