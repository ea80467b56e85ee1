"""Cold starts on network storage: the time of an import, and its number of requests and bytes."""

import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

from harness import network, peers
from harness.bench import Bench
from harness.measure import drop_caches
from harness.mounts import AHEAD, FIRST, NATIVE, Mounter, environment_of
from harness.network import Profile, Storage
from harness.report import Table

from .imports import CODE

REPACKED = "repacked"
UNPACKED, FUSE_ZIP = "tar.zst, unpacked to /tmp", "fuse-zip"
READ_AHEAD = 1024  # KiB; one measurement uses the default of Linux for NFS
READ_AHEAD_OF_NFS = 128
MEGABYTES = 2000
WORK = {
    "import": ["-I", "-c", CODE],
    "python -c pass": ["-I", "-c", "pass"],
}


def run_suite(bench: Bench) -> list[Table]:
    server = network.program(bench.cache)
    tables = []
    with network.in_memory(MEGABYTES) as folder:
        image = _lay_out(bench, folder)
        for profile in network.PROFILES:
            with network.storage(server, folder, profile, READ_AHEAD) as shown:
                one, many = network.round_trips_of(shown, profile)
                print(f"{profile.name}: one request takes {one:.2f} round trips, {network.OUTSTANDING} at once {many:.2f}\n", flush=True)
                tables += [_work(bench, shown, profile, image, name, READ_AHEAD, 1) for name in WORK]
                if profile == network.PROFILES[1]:
                    tables += [_work(bench, shown, profile, image, "import", READ_AHEAD, count) for count in (8, 32)]
                    shown.read_ahead(READ_AHEAD_OF_NFS)
                    tables.append(_work(bench, shown, profile, image, "import", READ_AHEAD_OF_NFS, 1))
    return tables


def requests(bench: Bench) -> list[Table]:
    """Counts only: they hardly depend on the load of the machine."""
    server, tables = network.program(bench.cache), []
    with network.in_memory(MEGABYTES) as folder:
        image = _lay_out(bench, folder)
        repacked = _repack(bench, folder / image)
        with network.storage(server, folder, network.PROFILES[-1], READ_AHEAD) as shown:
            for read_ahead in (READ_AHEAD, READ_AHEAD_OF_NFS):
                shown.read_ahead(read_ahead)
                tables.append(_requests(bench, shown, {"": image, f", {REPACKED}": repacked}, read_ahead))
    return tables


def _repack(bench: Bench, image: Path) -> str:
    """Imports from the image, then repacks a copy with what was recorded. Returns the copy's name."""
    with Mounter(image, image.parent / "env", bench.cache).mounted(AHEAD) as prefix:
        subprocess.run([prefix / "bin/python", *WORK["import"]], check=True)
    repacked = Path(shutil.copy(image, image.with_stem("repacked")))
    command = [peers.need("condafuse"), "compact", "--repack", "--yes", repacked]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment_of(AHEAD, bench.cache))
    return repacked.name


def _requests(bench: Bench, shown: Storage, images: dict[str, str], read_ahead: int) -> Table:
    def by(image: str, peer: str) -> Callable[[], dict[str, float]]:
        mounter = Mounter(shown.root / image, shown.root / "env", bench.cache)

        def measured() -> dict[str, float]:
            drop_caches()
            shown.reset()
            with mounter.mounted(peer) as prefix:
                subprocess.run([prefix / "bin/python", *WORK["import"]], check=True)
                traffic = shown.traffic()
            return {"requests": traffic.requests, "MB": traffic.bytes / 1e6}

        return measured

    contenders = {peer: by(images[""], peer) for peer in _peers(shown.root / images[""], bench.cache)}
    contenders |= {f"{peer}{state}": by(image, peer) for state, image in images.items() for peer in (FIRST, AHEAD)}
    note = f"import, read-ahead {read_ahead} KiB: requests and bytes from the mount until the import ends, caches dropped"
    return bench.compare("network-requests", note, "", NATIVE, contenders, bench.few)


def _peers(image: Path, cache: Path) -> list[str]:
    return [name for name in Mounter(image, image, cache).contenders() if name not in ("squashfuse", "condafuse")]


def _lay_out(bench: Bench, folder: Path) -> str:
    """The directory, the image, the zip archive and the tar archive of the same environment. Returns the image's name."""
    image = bench.image()
    subprocess.run(["cp", "-a", bench.source, folder / "env"], check=True)
    shutil.copy(image, folder / image.name)
    subprocess.run(["tar", "-C", bench.source, "--zstd", "-cf", folder / "env.tar.zst", "."], check=True)
    if peers.find(FUSE_ZIP):
        subprocess.run(["zip", "-qry", folder / "env.zip", "."], cwd=bench.source, check=True)
    return image.name


class _Contenders:
    """Makes the environment usable from the storage, and removes it again."""

    def __init__(self, root: Path, image: str, lists: Path) -> None:
        self._root = root
        self._mounter = Mounter(root / image, root / "env", lists)
        self._peers = _peers(root / image, lists)

    def names(self) -> list[str]:
        return [*self._peers, FIRST, AHEAD, UNPACKED, *([FUSE_ZIP] if peers.find(FUSE_ZIP) else [])]

    @contextmanager
    def usable(self, name: str) -> Iterator[Path]:
        if name == UNPACKED:
            with tempfile.TemporaryDirectory(prefix="condafuse-bench-") as place:
                subprocess.run(["tar", "-C", place, "--zstd", "-xf", self._root / "env.tar.zst"], check=True)
                yield Path(place)
        elif name == FUSE_ZIP:
            with tempfile.TemporaryDirectory(prefix="condafuse-bench-") as place:
                subprocess.run([peers.need(FUSE_ZIP), "-r", self._root / "env.zip", place], check=True, stdout=subprocess.DEVNULL)
                try:
                    yield Path(place)
                finally:
                    subprocess.run(["umount", place], check=True)
        else:
            with self._mounter.mounted(name) as prefix:
                yield prefix


def _work(bench: Bench, shown: Storage, profile: Profile, image: str, name: str, read_ahead: int, processes: int) -> Table:
    contenders = _Contenders(shown.root, image, bench.cache)
    arguments = WORK[name]

    def once(prefix: Path) -> None:
        running = [subprocess.Popen([prefix / "bin/python", *arguments], stdout=subprocess.DEVNULL) for _ in range(processes)]
        if any(process.wait() for process in running):
            raise RuntimeError(f"{name} failed at {prefix}")

    def by(contender: str) -> Callable[[], dict[str, float]]:
        def measured() -> dict[str, float]:
            drop_caches()
            shown.reset()
            started = time.perf_counter()
            with contenders.usable(contender) as prefix:
                once(prefix)
                cold = time.perf_counter() - started
                traffic = shown.traffic()
                started = time.perf_counter()
                once(prefix)
                warm = time.perf_counter() - started
            figures = {"from nothing, ms": cold * 1e3, "waited, ms": max(cold - warm, 0) * 1e3}
            return figures | {"requests": traffic.requests, "MB": traffic.bytes / 1e6}

        return measured

    with contenders.usable(AHEAD) as prefix:
        once(prefix)  # the next mount knows what to prefetch
    note = f"{profile.name}, read-ahead {read_ahead} KiB, {processes} at once: made usable and run, caches dropped; waited: less the same again, warm"
    return bench.compare(f"network, {name}", note, "", NATIVE, {c: by(c) for c in contenders.names()}, bench.few)
