"""The unpacked content of archives, and the differences of two of them."""

import hashlib
import json
import os
import shutil
import stat
import subprocess
from fnmatch import fnmatch
from pathlib import Path

# Files that packers add, with different content.
OWN = ("bin/activate", "bin/activate.fish", "bin/deactivate", "bin/conda-unpack", "bin/conda_unpack_progress.py")

# conda-pack's conda-unpack does not replace the prefix in interpreters, so their content differs.
INTERPRETERS = "bin/python*"

# conda-pack leaves an empty temporary file in a directory.
LITTER = "tmp????????"


def unpacked(archive: Path, place: Path) -> dict[str, tuple]:
    """An archive unpacked at a place, conda-unpack run there, as name -> (kind, mode, content or target). The folder is empty again afterwards."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    name = archive.name
    if archive.is_dir():
        command = ["cp", "-a", f"{archive}/.", place]
    elif name.endswith(".squashfs"):
        command = ["unsquashfs", "-quiet", "-no-progress", "-force", "-dest", place, archive]
    elif name.endswith(".zip"):
        command = ["unzip", "-q", archive, "-d", place]
    else:
        command = ["tar", "-xpf", archive, "-C", place]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    path = f"{place}/bin:{os.environ['PATH']}"
    subprocess.run([place / "bin/conda-unpack"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ | {"PATH": path})
    seen = {str(file.relative_to(place)): _entry(file) for file in place.rglob("*")}
    shutil.rmtree(place)
    return seen


def differences(ours: dict[str, tuple], theirs: dict[str, tuple]) -> list[str]:
    """Names that are in only one of them, or differ, except for improvements listed in docs/parity.md."""
    theirs = {name: entry for name, entry in theirs.items() if not (fnmatch(name, LITTER) and name not in ours)}
    names = sorted((ours.keys() | theirs.keys()) - set(OWN))
    pairs = [(name, ours.get(name, ("nothing",)), theirs.get(name, ("nothing",))) for name in names]
    return [f"{name}: {mine} against {other}" for name, mine, other in pairs if _seen(name, mine) != _seen(name, other)]


def _seen(name: str, entry: tuple) -> tuple:
    return entry[:-1] if entry[0] == "file" and fnmatch(name, INTERPRETERS) else entry


def _entry(file: Path) -> tuple:
    status = file.lstat()
    if stat.S_ISLNK(status.st_mode):
        return ("link", os.readlink(file))
    if stat.S_ISDIR(status.st_mode):
        return ("directory",)  # conda-pack stores none, so that modes depend on the unpacking user
    content = file.read_bytes()
    if file.parent.name == "conda-meta" and file.suffix == ".json":
        content = json.dumps(json.loads(content), sort_keys=True).encode()  # the same record, regardless of whitespace
    return ("file", oct(stat.S_IMODE(status.st_mode)), hashlib.sha256(content).hexdigest())
