"""Explicit lists: addresses of packages below @EXPLICIT, installed in their order without solving."""

from pathlib import Path

from . import channels
from .errors import CondaError, CondaValueError
from .record import Record

_MARK = "@EXPLICIT"


class ChecksumMismatchError(CondaError):
    pass


def records_of(paths: list[str]) -> list[Record] | None:
    """The packages that the files name; None if they are no explicit lists."""
    lines = [line.strip() for path in paths for line in Path(path).read_text().splitlines()]
    if _MARK not in lines:
        return None
    return [_record(line) for line in lines if line and not line.startswith(("#", "@"))]


def _record(line: str) -> Record:
    url, _, checksum = line.partition("#")
    channel, subdir, name = url.rsplit("/", 2)
    found = next((r for r in channels.read([channel]) if (r.subdir, r.file_name) == (subdir, name)), None)
    if found is None:
        raise CondaValueError(f"no such package: {url}")
    if checksum and checksum.removeprefix("sha256:") not in (found.raw.get("md5"), found.raw.get("sha256")):
        raise ChecksumMismatchError(f"Conda detected a mismatch between the expected content and downloaded content for {url}")
    return found
