"""Writes a package's info/ directory from the files that it holds."""

import hashlib
import json
import os
from pathlib import Path

from .package import Package
from .placeholder import PLACEHOLDER


def write_info(root: Path, package: Package) -> None:
    entries = [_entry(root, path) for path in _leaves(root)]
    info = root / "info"
    info.mkdir()
    _dump(info / "index.json", package.index())
    _dump(info / "about.json", {"summary": f"{package.name} for CondaFuse's tests"})
    _dump(info / "paths.json", {"paths": entries, "paths_version": 1})
    (info / "files").write_text("".join(e["_path"] + "\n" for e in entries))
    prefixed = [e for e in entries if "prefix_placeholder" in e]
    if prefixed:
        lines = (f'{PLACEHOLDER} {e["file_mode"]} {e["_path"]}\n' for e in prefixed)
        (info / "has_prefix").write_text("".join(lines))
    if package.noarch == "python":
        link = {"entry_points": list(package.entry_points), "type": "python"}
        _dump(info / "link.json", {"noarch": link, "package_metadata_version": 1})
    elif package.noarch:
        _dump(info / "link.json", {"noarch": {"type": package.noarch}, "package_metadata_version": 1})


def _leaves(root: Path) -> list[Path]:
    leaves = []
    for directory, names, files in os.walk(root):
        links = [n for n in names if os.path.islink(os.path.join(directory, n))]
        leaves += [Path(directory, n) for n in files + links]
    return sorted(leaves)


def _entry(root: Path, path: Path) -> dict:
    entry = {"_path": str(path.relative_to(root))}
    if path.is_symlink():
        return entry | {"path_type": "softlink"}
    data = path.read_bytes()
    if PLACEHOLDER.encode() in data:
        mode = "binary" if b"\0" in data else "text"
        entry |= {"file_mode": mode, "prefix_placeholder": PLACEHOLDER}
    return entry | {
        "path_type": "hardlink",
        "sha256": hashlib.sha256(data).hexdigest(),
        "size_in_bytes": len(data),
    }


def _dump(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n")
