"""A writable environment by each of the peers: newly created on entering, and gone with its changes on leaving."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

from . import peers
from .mounts import KERNEL, NATIVE, READ_ONLY, unmount

FUSE_OVERLAY = "fuse-overlayfs over squashfuse_ll"
KERNEL_OVERLAY = "kernel overlayfs over kernel squashfs"
CONDAFUSE = "condafuse"

Unmount = Callable[[str, Path], None]


class WritableMounts:
    """Changes are below `scratch`: a copy of the directory, an upper directory, or a copy of the image with its changes."""

    def __init__(self, image: Path, source: Path, scratch: Path) -> None:
        self.original, self._source, self._scratch = image, source, scratch
        self._by = {
            NATIVE: self._native,
            KERNEL: self._kernel,
            KERNEL_OVERLAY: self._kernel_overlay,
            FUSE_OVERLAY: self._fuse_overlay,
            CONDAFUSE: self._condafuse,
            READ_ONLY: self._read_only,
        }

    def contenders(self) -> list[str]:
        """The contenders that support writing."""
        overlay = [FUSE_OVERLAY] if peers.find("fuse-overlayfs") and peers.find("squashfuse_ll") else []
        return [NATIVE, KERNEL_OVERLAY, *overlay, CONDAFUSE]

    @contextmanager
    def mounted(self, peer: str, leave: Unmount = unmount) -> Iterator[Path]:
        """Mounts and returns the root of the tree, without changes."""
        with self._place() as place, self._by[peer](place, leave) as prefix:
            yield prefix

    @contextmanager
    def image(self) -> Iterator[Path]:
        """A copy of the image, to be changed."""
        with self._place() as place:
            yield self._copy(place)

    @contextmanager
    def served(self, image: Path, leave: Unmount = unmount, *options: str) -> Iterator[Path]:
        """Mounted by condafuse beside the image."""
        command = [peers.need("condafuse"), "mount", *options, image]
        with _mounted("condafuse", command, image.with_name("env"), leave) as prefix:
            yield prefix

    @contextmanager
    def _place(self) -> Iterator[Path]:
        place = Path(tempfile.mkdtemp(prefix="condafuse-bench-", dir=self._scratch))
        try:
            yield place
        finally:
            shutil.rmtree(place)

    def _copy(self, place: Path) -> Path:
        image = place / "env.squashfs"
        subprocess.run(["cp", "--reflink=auto", self.original, image], check=True)
        with image.open("rb") as copied:
            os.fsync(copied.fileno())  # as with an older archive, so that a commit's sync writes only the new data
        return image

    @contextmanager
    def _native(self, place: Path, _: Unmount) -> Iterator[Path]:
        subprocess.run(["cp", "-a", "--reflink=auto", self._source, place / "env"], check=True)
        yield place / "env"

    def _condafuse(self, place: Path, leave: Unmount):
        return self.served(self._copy(place), leave)

    def _read_only(self, place: Path, leave: Unmount):
        return self.served(self._copy(place), leave, "--read-only")

    def _kernel(self, place: Path, leave: Unmount):
        return _mounted(KERNEL, ["mount", "-t", "squashfs", "-o", "loop,ro", self.original], place / "lower", leave)

    @contextmanager
    def _kernel_overlay(self, place: Path, leave: Unmount) -> Iterator[Path]:
        overlay = ["mount", "-t", "overlay", "-o", _layers(place), "overlay"]
        with self._kernel(place, unmount), _mounted(KERNEL, overlay, place / "env", leave) as prefix:
            yield prefix

    @contextmanager
    def _fuse_overlay(self, place: Path, leave: Unmount) -> Iterator[Path]:
        below, above = [peers.need("squashfuse_ll"), self.original], [peers.need("fuse-overlayfs"), "-o", _layers(place)]
        with _mounted("squashfuse_ll", below, place / "lower", unmount), _mounted("fuse-overlayfs", above, place / "env", leave) as prefix:
            yield prefix


def _layers(place: Path) -> str:
    for name in ("upper", "work"):
        (place / name).mkdir()
    return f"lowerdir={place / 'lower'},upperdir={place / 'upper'},workdir={place / 'work'}"


@contextmanager
def _mounted(peer: str, command: list, point: Path, leave: Unmount) -> Iterator[Path]:
    point.mkdir(exist_ok=True)
    subprocess.run([*command, point], check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield point
    finally:
        leave(peer, point)
