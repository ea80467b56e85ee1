"""Takes packages out of a prefix as conda does: every file is renamed to a trash name, and deleted when all went well."""

import os
from pathlib import Path

TRASH = ".c~"


def rename_away(prefix: Path, files: list[str], renamed: list[str]) -> None:
    for path in files:
        try:
            os.rename(prefix / path, prefix / (path + TRASH))
        except FileNotFoundError:
            continue  # the user deleted it
        renamed.append(path)


def bring_back(prefix: Path, renamed: list[str]) -> None:
    for path in reversed(renamed):
        os.rename(prefix / (path + TRASH), prefix / path)


def empty_trash(prefix: Path, renamed: list[str]) -> None:
    for path in renamed:
        os.unlink(prefix / (path + TRASH))
    remove_empty(prefix, renamed)


def remove_empty(prefix: Path, files: list[str]) -> None:
    """Removes the directories above the files that are empty now, deepest first."""
    above = {parent for path in files for parent in Path(path).parents if parent != Path(".")}
    for directory in sorted(above, key=lambda p: len(p.parts), reverse=True):
        try:
            os.rmdir(prefix / directory)
        except OSError:
            pass  # not empty, or gone already
