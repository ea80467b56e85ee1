"""Files that a recipe writes itself: of one fixed time, so that packages are the same each time."""

import os
from pathlib import Path

from .package import TIMESTAMP_MS


def write(path: Path, text: str | bytes, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    os.utime(path, (TIMESTAMP_MS // 1000,) * 2)


def symlink(path: Path, points_to: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(points_to)
    os.utime(path, (TIMESTAMP_MS // 1000,) * 2, follow_symlinks=False)
