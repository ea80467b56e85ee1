"""Zip archives like the original script's: imports compared with fuse-zip, and the cost of a small change at unmount."""

import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

from harness import peers
from harness.bench import Bench
from harness.measure import drop_caches, run
from harness.mounts import AHEAD, KERNEL, environment_of, unmount
from harness.packages import cached_packages
from harness.report import Table

from .commit import figures_of_unmount
from .imports import WARM_RUNS, import_command, note_first_use

FUSE_ZIP, OURS = "fuse-zip", "condafuse"


def run_suite(bench: Bench) -> list[Table]:
    archive = _archive(bench)
    mounter = bench.mounter()

    def mounted(peer: str):
        return mounter.mounted(KERNEL) if peer == KERNEL else _mounted(peer, archive, unmount, read_only=True)

    note_first_use(lambda: mounted(AHEAD))
    return [
        _imports(bench, "zip-import-cold", "caches dropped, fresh mount, mounting included", lambda peer: _cold(mounted, peer), AHEAD),
        _imports(bench, "zip-import-warm", f"best of {WARM_RUNS} after a first import on the same mount", lambda peer: _warm(mounted, peer)),
        _write_back(bench, archive),
    ]


def _archive(bench: Bench) -> Path:
    """Created like the original script's archives: written through fuse-zip."""
    archive = bench.cache / "python.zip"
    if not archive.exists():
        made = archive.with_suffix(".made.zip")
        made.unlink(missing_ok=True)
        with _mounted(FUSE_ZIP, made, unmount) as root:
            subprocess.run(["cp", "-a", f"{bench.source}/.", root], check=True)
        made.rename(archive)
    return archive


@contextmanager
def _mounted(peer: str, archive: Path, leave: Callable[[str, Path], None], read_only: bool = False) -> Iterator[Path]:
    point = Path(tempfile.mkdtemp(prefix="condafuse-bench-"))
    if peer == FUSE_ZIP:
        command = [peers.need(FUSE_ZIP), *(["-r"] if read_only else [])]
    else:
        command = [peers.need(OURS), "mount", *(["--read-only"] if read_only else [])]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    subprocess.run([*command, archive, point], check=True, env=environment_of(peer, archive.parent), **quiet)
    try:
        yield point
    finally:
        leave(peer, point)
        point.rmdir()


def _imports(bench: Bench, suite: str, note: str, once: Callable[[str], dict[str, float]], *others: str) -> Table:
    def by(peer: str):
        return lambda: once(peer)

    title = f"the same tree in a zip archive of fuse-zip's; {note}"
    return bench.compare(suite, title, "ms", KERNEL, {peer: by(peer) for peer in (KERNEL, FUSE_ZIP, OURS, *others)})


def _cold(mounted: Callable, peer: str) -> dict[str, float]:
    drop_caches()
    started = time.perf_counter()
    with mounted(peer) as prefix:
        run(import_command(prefix))
        return {"mount and import": (time.perf_counter() - started) * 1e3}


def _warm(mounted: Callable, peer: str) -> dict[str, float]:
    with mounted(peer) as prefix:
        run(import_command(prefix))
        return {"import again": min(run(import_command(prefix)) for _ in range(WARM_RUNS)) * 1e3}


def _write_back(bench: Bench, archive: Path) -> Table:
    with cached_packages() as cache:
        package = cache.seeded()

        def by(peer: str):
            def once() -> dict[str, float]:
                figures: dict[str, float] = {}
                with tempfile.TemporaryDirectory(prefix="condafuse-bench-", dir=bench.cache) as place:
                    copy = Path(shutil.copy2(archive, Path(place) / "env.zip"))
                    with _mounted(peer, copy, figures_of_unmount(figures, "unmount")) as prefix:
                        cache.replay(prefix, [package], "install", records=False)
                    _check(copy, package)
                return figures

            return once

        note = "34 files, 100 kB installed; until the archive is written and the server gone"
        return bench.compare("zip-commit", note, "ms", FUSE_ZIP, {peer: by(peer) for peer in (FUSE_ZIP, OURS)})


def _check(archive: Path, package: dict) -> None:
    """Checks that fuse-zip reads the installed files."""
    with _mounted(FUSE_ZIP, archive, unmount, read_only=True) as prefix:
        for path in package["files"]:
            if (prefix / path).read_bytes() != Path(package["source"], path).read_bytes():
                raise RuntimeError(f"{path} is not what was installed")
