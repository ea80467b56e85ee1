"""Builds the packages of the recipes, then the channel's repodata.json files."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import archive, metadata
from .package import Package
from .recipes import packages


def build_channel(channel: Path) -> list[Path]:
    """Builds every package below channel/linux-64 and channel/noarch; the files come back in recipe order."""
    for subdir in ("linux-64", "noarch"):
        (channel / subdir).mkdir(parents=True, exist_ok=True)
    wanted = packages()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        built = list(pool.map(lambda package: _build(channel, package), wanted))
    for subdir in ("linux-64", "noarch"):
        _write_repodata(channel, subdir, [(p, f) for p, f in zip(wanted, built) if p.subdir == subdir])
    return built


def _build(channel: Path, package: Package) -> Path:
    target = channel / package.subdir / package.file_name
    with tempfile.TemporaryDirectory(prefix="condafuse-package-") as scratch:
        root = Path(scratch)
        package.fill(root)
        if package.noarch != "python":
            _compile(root)
        metadata.write_info(root, package)
        archive.write(root, package, target)
    return target


def _compile(root: Path) -> None:
    """Byte code beside its source, as packages bring it: valid for the source's time and size."""
    if not (root / "lib").is_dir():
        return
    command = [sys.executable, "-m", "compileall", "-q", "-x", r"lib2to3/tests/|/test/bad", "lib"]
    subprocess.run(command, cwd=root, check=True, env={"PYTHONHASHSEED": "0"})


def _write_repodata(channel: Path, subdir: str, built: list[tuple[Package, Path]]) -> None:
    records = {".conda": {}, ".tar.bz2": {}}
    for package, path in built:
        data = path.read_bytes()
        sums = {kind: hashlib.new(kind, data).hexdigest() for kind in ("md5", "sha256")}
        records[package.extension][path.name] = package.index() | sums | {"size": len(data)}
    repodata = {
        "info": {"subdir": subdir},
        "packages": records[".tar.bz2"],
        "packages.conda": records[".conda"],
        "removed": [],
        "repodata_version": 1,
    }
    (channel / subdir / "repodata.json").write_text(json.dumps(repodata, indent=2, sort_keys=True) + "\n")
