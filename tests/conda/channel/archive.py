"""The two file formats of conda packages; same tree, same bytes.

.tar.bz2 holds everything; .conda is an uncompressed zip of metadata.json, info-*.tar.zst and pkg-*.tar.zst.
"""

import bz2
import io
import json
import tarfile
import zipfile
from pathlib import Path

import zstandard

from .package import TIMESTAMP_MS, Package


def write(root: Path, package: Package, target: Path) -> None:
    names = sorted(p.name for p in root.iterdir())
    if package.extension == ".tar.bz2":
        target.write_bytes(bz2.compress(_tar(root, names)))
        return
    payload = [name for name in names if name != "info"]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        _store(archive, "metadata.json", json.dumps({"conda_pkg_format_version": 2}).encode())
        _store(archive, f"pkg-{package.stem}.tar.zst", _zstd(_tar(root, payload)))
        _store(archive, f"info-{package.stem}.tar.zst", _zstd(_tar(root, ["info"])))


def _tar(root: Path, names: list[str]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in names:
            tar.add(root / name, arcname=name, filter=_plain)
    return buffer.getvalue()


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Owned by nobody in particular, in whole seconds; what was made during the build has one fixed time."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    made_here = member.isdir() or member.name.startswith("info/") or member.name.endswith(".pyc")
    member.mtime = TIMESTAMP_MS // 1000 if made_here else int(member.mtime)
    return member


def _zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3, threads=-1).compress(data)


def _store(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name), data)
