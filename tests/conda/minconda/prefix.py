"""What an environment says of itself: conda-meta/*.json, and conda-meta/history."""

import json
import os
import shutil
import sys
import time
from pathlib import Path

from . import VERSION
from .errors import EnvironmentNotWritableError
from .link import Linked
from .matchspec import MatchSpec
from .record import Record


def is_environment(prefix: Path) -> bool:
    return (prefix / "conda-meta" / "history").is_file()


def installed(prefix: Path) -> list[Record]:
    records = []
    for path in sorted((prefix / "conda-meta").glob("*.json")):
        raw = json.loads(path.read_bytes())
        records.append(Record.from_json(raw, raw["channel"].removesuffix(f"/{raw['subdir']}"), raw["fn"]))
    return records


def meta_file(record: Record) -> str:
    return f"conda-meta/{record.stem}.json"


def remember(prefix: Path, record: Record, package: Path, linked: Linked, requested: str | None) -> None:
    described = {key: value for key, value in record.raw.items() if key not in ("arch", "platform")}
    if described.get("noarch"):
        described["package_type"] = f"noarch_{described['noarch']}"
    described |= {
        "channel": f"{record.channel}/{record.subdir}",
        "constrains": record.raw.get("constrains", []),
        "extracted_package_dir": str(package),
        "files": linked.files,
        "fn": record.file_name,
        "package_tarball_full_path": str(package.parent / record.file_name),
        "link": {"source": str(package), "type": linked.link_type},
        "paths_data": {"paths": linked.paths, "paths_version": 1},
        "requested_spec": str(requested),
        "url": record.url,
    }
    path = prefix / meta_file(record)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(described, indent=2, sort_keys=True))


def check_writable(prefix: Path) -> None:
    """As conda does: by opening the history for writing."""
    path = prefix / "conda-meta" / "history"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.open("a").close()
    except OSError as error:
        raise EnvironmentNotWritableError(
            "The current user does not have write permissions to the target environment.\n"
            f"  environment location: {prefix}\n  uid: {os.geteuid()}\n  gid: {os.getegid()}\n  reason: {error.strerror}\n"
        ) from error


def write_history(prefix: Path, removed: list[Record], added: list[Record], specs: list[str], action: str) -> None:
    lines = [
        time.strftime("==> %Y-%m-%d %H:%M:%S <=="),
        "# cmd: " + " ".join(sys.argv),
        f"# conda version: {VERSION}",
        *sorted(f"-{record.dist}" for record in removed),
        *sorted(f"+{record.dist}" for record in added),
    ]
    if specs:
        lines.append(f"# {action} specs: {[MatchSpec.parse(spec).canonical for spec in specs]}")
    with open(prefix / "conda-meta" / "history", "a") as history:
        history.write("".join(line + "\n" for line in lines))


def delete(prefix: Path) -> None:
    """Deletes the environment wholly, also files that no package owns."""
    shutil.rmtree(prefix)
