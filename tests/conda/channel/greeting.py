"""A small package in two versions, with every kind of file and hook a package may have, and one that is noarch generic."""

from pathlib import Path

from .package import Package
from .placeholder import PLACEHOLDER
from .scripts import symlink, write


def packages() -> list[Package]:
    return [
        Package("greeting", "1.0", lambda root: _greeting(root, "1.0"), extension=".tar.bz2"),
        Package("greeting", "2.0", lambda root: _greeting(root, "2.0"), depends=("greeting-data >=1",)),
        Package("greeting-data", "1.5", _data, noarch="generic", extension=".tar.bz2"),
    ]


def _greeting(root: Path, version: str) -> None:
    write(root / "bin/greeting", f'#!/bin/sh\necho "hello from {PLACEHOLDER}, version {version}"\n', 0o755)
    write(root / "lib/libgreeting.so", b"\x7fELF\0" + PLACEHOLDER.encode() + b"/share/greeting\0" + bytes(range(256)))
    write(root / "share/greeting/message", f"hello {version}\n", 0o444)
    write(root / "share/greeting/with space and ünïcode", "names are bytes\n")
    write(root / "share/greeting/empty", "")
    symlink(root / "share/greeting/link", "message")
    symlink(root / "share/greeting-link", "greeting")
    for event, value in (("activate", f"hello-{version}"), ("deactivate", "")):
        write(root / f"etc/conda/{event}.d/greeting.sh", f'export GREETING="{value}"\n')
        write(root / f"etc/conda/{event}.d/greeting.fish", f'set -gx GREETING "{value}"\n')


def _data(root: Path) -> None:
    write(root / "share/greeting-data/words", "good morning\ngood night\n")
