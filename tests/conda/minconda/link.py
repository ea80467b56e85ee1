"""Puts a package's files into a prefix: hard links into the cache, copies where they cannot be made."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import placeholder

HARDLINK, SOFTLINK, COPY = 1, 2, 3


@dataclass
class Linked:
    """What was put into the prefix so far, in order, so that it can be taken out again."""

    files: list[str]
    paths: list[dict]
    link_type: int = HARDLINK


def link_package(package: Path, prefix: Path, python: str | None, wanted: int, linked: Linked) -> None:
    """`python` is the environment's python3.N, for noarch packages."""
    noarch = _noarch(package)
    for entry in json.loads((package / "info" / "paths.json").read_bytes())["paths"]:
        source = package / entry["_path"]
        where = _place(entry["_path"], python) if noarch.get("type") == "python" else entry["_path"]
        target = prefix / where
        target.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(target):
            print(f"ClobberWarning: {target} exists already and is replaced", file=sys.stderr)
            target.unlink()
        linked.files.append(where)
        recorded = dict(entry)  # with the package's own path, even if a noarch Python package's file is installed elsewhere
        if entry["path_type"] == "softlink":
            target.symlink_to(os.readlink(source))
        elif "prefix_placeholder" in entry:
            recorded["sha256_in_prefix"] = _write_replaced(source, target, entry, prefix)
        else:
            recorded["sha256_in_prefix"] = entry["sha256"]
            linked.link_type = max(linked.link_type, _link_or_copy(source, target, wanted))
        linked.paths.append(recorded)
    if noarch.get("type") == "python":
        for compiled in _compile(prefix, [f for f in linked.files if f.endswith(".py")], python):
            _add(linked, compiled, "pyc_file")
        for entry_point in noarch.get("entry_points", ()):
            _add(linked, _entry_point(prefix, entry_point, python), "unix_python_entry_point")


def _noarch(package: Path) -> dict:
    path = package / "info" / "link.json"
    return json.loads(path.read_bytes())["noarch"] if path.exists() else {}


def _place(path: str, python: str | None) -> str:
    """Where a noarch python package's file goes."""
    if path.startswith("site-packages/"):
        return f"lib/{python}/{path}"
    return path.replace("python-scripts/", "bin/", 1) if path.startswith("python-scripts/") else path


def _add(linked: Linked, path: str, kind: str) -> None:
    linked.files.append(path)
    linked.paths.append({"_path": path, "path_type": kind})


def _link_or_copy(source: Path, target: Path, wanted: int) -> int:
    if wanted == SOFTLINK:
        target.symlink_to(source)
        return SOFTLINK
    if wanted == HARDLINK:
        try:
            os.link(source, target)
            return HARDLINK
        except OSError:
            pass  # another file system, a file of another user, or a file system without hard links
    shutil.copy2(source, target)
    return COPY


def _write_replaced(source: Path, target: Path, entry: dict, prefix: Path) -> str:
    """The digest of what was written."""
    data = placeholder.replace(source.read_bytes(), entry["prefix_placeholder"], str(prefix), entry["file_mode"])
    target.write_bytes(data)
    shutil.copymode(source, target)
    return hashlib.sha256(data).hexdigest()


def _entry_point(prefix: Path, definition: str, python: str | None) -> str:
    command, _, target = (part.strip() for part in definition.partition("="))
    module, _, function = target.partition(":")
    text = (
        f"{placeholder.entry_point_shebang(f'{prefix}/bin/{python}')}# -*- coding: utf-8 -*-\n"
        f"import re\nimport sys\n\nfrom {module} import {function}\n\n"
        "if __name__ == '__main__':\n    sys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])\n"
        f"    sys.exit({function}())\n"
    )
    path = prefix / "bin" / command
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return f"bin/{command}"


def _compile(prefix: Path, sources: list[str], python: str | None) -> list[str]:
    """Byte code, by the environment's own interpreter. Its paths: conda records them also where a source could not be compiled."""
    interpreter = prefix / "bin" / "python"
    if not sources or not interpreter.exists():
        return []
    tag = "cpython-" + (python or "").removeprefix("python").replace(".", "")
    subprocess.run(
        [interpreter, "-Wi", "-I", "-m", "py_compile", "-"],
        input="\n".join(sources),
        text=True,
        cwd=prefix,
        stderr=subprocess.DEVNULL,  # a source for another Python version stays uncompiled, as with conda
        check=False,
    )
    return [str(Path(s).parent / "__pycache__" / f"{Path(s).stem}.{tag}.pyc") for s in sources]
