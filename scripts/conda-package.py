"""Writes a conda package (.tar.bz2) of a staged installation.

usage: conda-package.py STAGE RECIPE VERSION MACHINE GLIBC DIRECTORY
"""

import bz2
import hashlib
import io
import json
import sys
import tarfile
from pathlib import Path

SUBDIRS = {"x86_64": "linux-64", "aarch64": "linux-aarch64"}


def main(stage: Path, recipe: Path, version: str, machine: str, glibc: str, target: Path) -> None:
    files = sorted(path for path in stage.rglob("*") if path.is_file())
    paths = [
        {
            "_path": str(path.relative_to(stage)),
            "path_type": "hardlink",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "size_in_bytes": path.stat().st_size,
        }
        for path in files
    ]
    index = {
        "arch": machine,
        "build": "0",
        "build_number": 0,
        "depends": ["__linux", f"__glibc >={glibc}"],
        "license": "MIT",
        "name": "condafuse",
        "platform": "linux",
        "subdir": SUBDIRS[machine],
        "version": version,
    }
    info = {
        "index.json": json.dumps(index, indent=2, sort_keys=True),
        "paths.json": json.dumps({"paths": paths, "paths_version": 1}, indent=2, sort_keys=True),
        "files": "\n".join(path["_path"] for path in paths),
        "about.json": json.dumps({"summary": "conda environments as one compressed file each", "license": "MIT"}, indent=2),
        "recipe/meta.yaml": (recipe / "meta.yaml").read_text(),
    }
    tree = io.BytesIO()
    with tarfile.open(fileobj=tree, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, text in sorted(info.items()):
            _add(tar, f"info/{name}", (text.rstrip("\n") + "\n").encode(), 0o644)
        for path in files:
            _add(tar, str(path.relative_to(stage)), path.read_bytes(), path.stat().st_mode & 0o777)
    (target / f"condafuse-{version}-0.{index['subdir']}.tar.bz2").write_bytes(bz2.compress(tree.getvalue()))


def _add(tar: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    tar.addfile(member, io.BytesIO(content))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:6], Path(sys.argv[6]))
