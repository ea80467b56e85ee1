"""One image, mounted by each of the peers: newly mounted on entering, and gone with its server on leaving."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from . import peers

NATIVE, KERNEL = "native directory", "kernel squashfs"
READ_ONLY = "condafuse, read-only"
FIRST = "condafuse, first mount"  # prefetches what the image lists
AHEAD = "condafuse, later mount"  # prefetches what an earlier mount recorded


class Mounter:
    """Mounts images by the name of a peer. `native directory` shows the source instead."""

    def __init__(self, image: Path, source: Path, cache: Path | None = None) -> None:
        self.image, self._source, self._cache = image, source, cache or image.parent

    def contenders(self, *others: str) -> list[str]:
        tools = [name for name in ("squashfuse", "squashfuse_ll", "condafuse") if peers.find(name)]
        return [NATIVE, KERNEL, *tools, *others]

    @contextmanager
    def mounted(self, peer: str) -> Iterator[Path]:
        """Mounts and returns the root of the tree."""
        if peer == NATIVE:
            yield self._source
            return
        point = Path(tempfile.mkdtemp(prefix="condafuse-bench-"))
        self.mount(peer, point)
        try:
            yield point
        finally:
            unmount(peer, point)
            point.rmdir()

    def mount(self, peer: str, point: Path) -> None:
        if peer == KERNEL:
            command = ["mount", "-t", "squashfs", "-o", "loop,ro", self.image, point]
        elif peer == "condafuse":
            command = [peers.need(peer), "mount", self.image, point]
        elif peer in (FIRST, AHEAD):
            shutil.rmtree(_lists_of(FIRST, self._cache), ignore_errors=True)
            command = [peers.need("condafuse"), "mount", self.image, point]
        elif peer == READ_ONLY:
            command = [peers.need("condafuse"), "mount", "--read-only", self.image, point]
        else:
            command = [peers.need(peer), self.image, point]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environment_of(peer, self._cache))


def environment_of(peer: str, cache: Path) -> dict[str, str]:
    """Variables for mounting: first uses are recorded and prefetched for two peers only, with separate lists."""
    return os.environ | ({"CONDA_FUSE_PREFETCH": "auto", "XDG_CACHE_HOME": str(_lists_of(peer, cache))} if peer in (FIRST, AHEAD) else {})


def _lists_of(peer: str, cache: Path) -> Path:
    return cache / ("lists" if peer == AHEAD else "lists-of-one-mount")


def unmount(peer: str, point: Path, server: int | None = None, *options: str) -> None:
    """Returns when the server is gone too; to measure this, find the server first."""
    server = server or (None if peer == KERNEL else server_of(point))
    subprocess.run(unmount_command(peer, point, *options), check=True, stdout=subprocess.DEVNULL)
    wait_for_end(server)


def unmount_command(peer: str, point: Path, *options: str) -> list:
    return [peers.need("condafuse"), "unmount", *options, point] if peer in ("condafuse", READ_ONLY, FIRST, AHEAD) else ["umount", point]


def wait_for_end(server: int | None) -> None:
    while server and _runs(server):
        time.sleep(0.0005)


def unmount_uncommitted(peer: str, point: Path) -> None:
    """condafuse keeps the changes beside the image."""
    unmount(peer, point, None, "--no-commit")


def unmount_below(folder: Path) -> None:
    """Detaches leftover mounts, innermost first, after an aborted run."""
    points = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for point in sorted((p for p in points if p.startswith(f"{folder}/")), reverse=True):
        subprocess.run(["umount", "--lazy", point], check=True)


def server_of(point: Path) -> int:
    """The process that serves a mount point: from condafuse's record of the mount, else the process that names it on its command line."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split()
        if fields[4] == str(point):
            for record in Path("/var/tmp").glob(f"condafuse-*/mount-{fields[2]}.server"):
                return json.loads(record.read_text())["pid"]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if os.fsencode(point) in words:
                return int(entry.name)
    raise RuntimeError(f"no process serves {point}")


def _runs(pid: int) -> bool:
    """A zombie does not count as running."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def resident_bytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"process {pid} has no resident size")
