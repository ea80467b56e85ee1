"""A folder in memory behind simulated network storage: bench/SlowStorage adds a round-trip time and a rate."""

import json
import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from .measure import drop_caches
from .peers import CHECKOUT

OUTSTANDING = 16


@dataclass(frozen=True)
class Profile:
    name: str
    milliseconds: float  # of a round trip
    megabits: int  # per second


# From published measurements: NFS and Lustre in one machine room, NFS across a campus, a home over a busy link.
PROFILES = (Profile("0.2 ms, 10 Gbit/s", 0.2, 10_000), Profile("0.5 ms, 1 Gbit/s", 0.5, 1_000), Profile("2 ms, 200 Mbit/s", 2, 200))


@dataclass(frozen=True)
class Traffic:
    requests: int
    bytes: int


class Storage:
    """The file system mounted at `root`."""

    def __init__(self, root: Path, server: subprocess.Popen) -> None:
        self.root, self._server = root, server

    def reset(self) -> None:
        self._ask("reset")

    def traffic(self) -> Traffic:
        counted = self._ask("count")
        return Traffic(sum(counted["requests"].values()), counted["bytes"])

    def read_ahead(self, kilobytes: int) -> None:
        device = os.stat(self.root).st_dev
        Path(f"/sys/class/bdi/{os.major(device)}:{os.minor(device)}/read_ahead_kb").write_text(f"{kilobytes}\n")

    def _ask(self, command: str) -> dict:
        self._server.stdin.write(command + "\n")
        self._server.stdin.flush()
        return json.loads(self._server.stdout.readline())


def program(cache: Path) -> Path:
    """Built from bench/SlowStorage, in the cache folder."""
    built = cache / "slow-storage"
    command = ["dotnet", "build", CHECKOUT / "bench/SlowStorage/SlowStorage.csproj", "-c", "Release", "-o", built, "-v", "q", "--nologo"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return built / "CondaFuse.SlowStorage"


@contextmanager
def in_memory(megabytes: int) -> Iterator[Path]:
    """A folder in memory, so that the machine's disk does not add to the times."""
    with tempfile.TemporaryDirectory(prefix="condafuse-bench-") as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "bench", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


@contextmanager
def storage(server: Path, folder: Path, profile: Profile, read_ahead: int) -> Iterator[Storage]:
    """Mounts `folder` as slow storage with this profile. `read_ahead` is the kernel's read-ahead in KiB."""
    with tempfile.TemporaryDirectory(prefix="condafuse-bench-") as point:
        command = [server, folder, point, str(profile.milliseconds), str(profile.megabits)]
        process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the slow storage did not start")
        shown = Storage(Path(point), process)
        try:
            shown.read_ahead(read_ahead)
            yield shown
        finally:
            process.stdin.close()
            if process.wait() != 0:
                raise RuntimeError(f"the slow storage ended with {process.returncode}")


def round_trips_of(shown: Storage, profile: Profile) -> tuple[float, float]:
    """The number of round trips for one request, and for 16 concurrent ones: both should be about 1."""
    names = [shown.root / f"no such name {number}" for number in range(OUTSTANDING)]
    with ThreadPoolExecutor(OUTSTANDING) as threads:
        list(threads.map(os.path.lexists, names))  # starts the threads
        drop_caches()
        one, many = min(_seconds(names[:1], threads) for _ in range(5)), min(_seconds(names, threads) for _ in range(5))
    return one * 1e3 / profile.milliseconds, many * 1e3 / profile.milliseconds


def _seconds(names: list[Path], threads: ThreadPoolExecutor) -> float:
    started = time.perf_counter()
    list(threads.map(os.path.lexists, names))
    return time.perf_counter() - started
