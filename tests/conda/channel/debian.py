"""Copies out of Debian's python: whole trees, without what ties them to /usr."""

import importlib.metadata
import os
import shutil
import sys
from pathlib import Path

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
STDLIB = Path("/usr/lib", PYTHON)
DIST_PACKAGES = Path("/usr/lib/python3/dist-packages")

# Byte code is recompiled; static libraries come with -dev packages only; the rest are Debian's own hooks.
_SKIPPED = ("__pycache__", "EXTERNALLY-MANAGED", "sitecustomize.py", "config-*", "dist-packages", "*.a")


def copy(source: Path, target: Path) -> None:
    """Copies a file or tree with its times; a link that leaves the tree becomes what it points to."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not source.is_dir():
        shutil.copy2(source, target)
        return
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns(*_SKIPPED), ignore_dangling_symlinks=True)
    for directory, names, files in os.walk(target):
        for name in names + files:
            link = Path(directory, name)
            if link.is_symlink():
                _settle(link, source / link.relative_to(target), source)


def distribution(name: str, modules: tuple[str, ...], site: Path) -> None:
    """Copies a Debian-packaged python distribution, with its metadata, into a site-packages directory."""
    for module in modules:
        copy(DIST_PACKAGES / module, site / module)
    metadata = Path(importlib.metadata.distribution(name)._path)
    copy(metadata, site / metadata.name)


def replace_in(path: Path, old: str, new: str, count: int) -> None:
    """Edits a copied file, and fails where Debian's text is not the one that was expected."""
    text = path.read_text()
    if text.count(old) != count:
        raise ValueError(f"{path.name}: expected {count} times {old!r}, found {text.count(old)}")
    time = path.stat().st_mtime_ns
    path.write_text(text.replace(old, new))
    os.utime(path, ns=(time, time))


def _settle(link: Path, original: Path, tree: Path) -> None:
    points_to = original.resolve()
    if not os.path.isabs(os.readlink(link)) and points_to.is_relative_to(tree.resolve()) and points_to.exists():
        return
    link.unlink()
    if points_to.is_file():
        shutil.copy2(points_to, link)
    elif points_to.is_dir():
        shutil.copytree(points_to, link)
