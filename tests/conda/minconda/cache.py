"""The package cache: archives and what they hold, extracted once and linked into many environments."""

import hashlib
import io
import json
import os
import shutil
import tarfile
import zipfile
from pathlib import Path

import zstandard

from . import channels
from .errors import CondaError
from .record import Record


class ChecksumMismatchError(CondaError):
    pass


def extracted(record: Record, directories: list[Path], writable: Path) -> Path:
    """The package's extracted directory, out of any cache; fetched into the writable one where it is in none."""
    for directory in directories:
        if _holds(directory / record.stem, record):
            return directory / record.stem
    archive = _fetch(record, writable)
    scratch = writable / f".{record.stem}.{os.getpid()}"
    scratch.mkdir()
    _extract(archive, scratch)
    described = record.raw | {"channel": record.channel, "fn": record.file_name, "url": record.url}
    (scratch / "info" / "repodata_record.json").write_text(json.dumps(described, indent=2, sort_keys=True))
    target = writable / record.stem
    if target.exists():
        shutil.rmtree(target)
    scratch.rename(target)
    return target


def _holds(directory: Path, record: Record) -> bool:
    try:
        described = json.loads((directory / "info" / "repodata_record.json").read_bytes())
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
    return described.get("sha256") == record.raw["sha256"]


def _fetch(record: Record, directory: Path) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    data = (channels.directory(record.channel) / record.subdir / record.file_name).read_bytes()
    if hashlib.sha256(data).hexdigest() != record.raw["sha256"]:
        raise ChecksumMismatchError(f"The archive's sha256 is not the one in the channel's repodata: {record.url}")
    archive = directory / record.file_name
    archive.write_bytes(data)
    with open(directory / "urls.txt", "a") as urls:
        urls.write(record.url + "\n")
    return archive


def _extract(archive: Path, target: Path) -> None:
    if archive.suffix == ".conda":
        with zipfile.ZipFile(archive) as outer:
            for name in outer.namelist():
                if name.endswith(".tar.zst"):
                    inner = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(outer.read(name)))
                    _untar(tarfile.open(fileobj=inner, mode="r|"), target)
    else:
        _untar(tarfile.open(archive, "r:bz2"), target)


def _untar(tar: tarfile.TarFile, target: Path) -> None:
    with tar:
        tar.extractall(target)
