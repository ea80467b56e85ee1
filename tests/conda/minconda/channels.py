"""Reads the repodata of local channels: a directory or a file:// address each."""

import json
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from .errors import CondaError
from .record import Record

SUBDIRS = ("linux-64", "noarch")


class UnavailableInvalidChannel(CondaError):
    pass


def address(channel: str) -> str:
    """The channel's canonical address."""
    if "://" in channel:
        return channel.rstrip("/")
    return "file://" + quote(str(Path(channel).expanduser().absolute()))


def directory(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise UnavailableInvalidChannel(f"Only local channels can be read here, not {url}")
    return Path(unquote(parts.path))


def read(channels: list[str]) -> list[Record]:
    records = []
    for url in dict.fromkeys(address(channel) for channel in channels):
        records += _read_one(url)
    return records


def _read_one(url: str) -> list[Record]:
    records, found = [], False
    for subdir in SUBDIRS:
        path = directory(url) / subdir / "repodata.json"
        if not path.exists():
            continue
        found = True
        repodata = json.loads(path.read_bytes())
        for kind in ("packages", "packages.conda"):
            records += [Record.from_json(raw, url, name) for name, raw in repodata[kind].items()]
    if not found:
        raise UnavailableInvalidChannel(f"The channel is not accessible or is invalid: {url}")
    return records
