"""Replays the file operations of conda from a plan, without solving, downloading or hashing, in a separate process.

usage: replay.py PLAN PREFIX

PLAN is JSON: `phases` (of `remove`, `install`, `update`), `records` (whether conda-meta is read before each) and `packages`, each with
`name`, `record` (its file below conda-meta), `files` (paths below the prefix) and `source` (a directory with the same paths, on another
file system). Prints JSON: `seconds` per phase, and `operations`: the number of calls of each kind.

The operations per file of a package, as counted with conda 23.11: two stats that fail (verifying, linking), one of its directory, a link
that fails with EXDEV, then a copy: create, TCGETS (from Python's open), write, chmod, utimes. To remove a file: a rename to a trash name,
later an unlink and a listing of its directory, which is removed if it is empty.
"""

import errno
import json
import os
import sys
import time
from collections import Counter

TRASH = ".c~"


class Prefix:
    def __init__(self, root: str) -> None:
        self._root = root
        self.counts: Counter = Counter()

    def load_records(self) -> None:
        folder = os.path.join(self._root, "conda-meta")
        self.counts["opendir"] += 1
        for name in os.listdir(folder):
            if name.endswith(".json"):
                with open(os.path.join(folder, name), "rb") as record:
                    self.counts["TCGETS"] += 1
                    record.read()

    def install(self, package: dict, tail: bytes) -> None:
        for path in package["files"]:
            self._must_be_missing(path)
        for path in package["files"]:
            self._make_directory(os.path.dirname(path))
            self._must_be_missing(path)
            self._link_or_copy(os.path.join(package["source"], path), path, tail)
        text = json.dumps({"name": package["name"], "files": package["files"]}, indent=2)
        self._write(package["record"], text.encode())
        with open(os.path.join(self._root, "conda-meta/history"), "a") as history:
            self.counts["TCGETS"] += 1
            history.write(f"+{package['name']}\n")

    def rename_away(self, package: dict) -> None:
        for path in (*package["files"], package["record"]):
            os.rename(os.path.join(self._root, path), os.path.join(self._root, path + TRASH))
            self.counts["rename"] += 1

    def empty_trash(self, package: dict) -> None:
        for path in (*package["files"], package["record"]):
            os.unlink(os.path.join(self._root, path + TRASH))
            self.counts["unlink"] += 1
            self._remove_if_empty(os.path.dirname(path))

    def _remove_if_empty(self, directory: str) -> None:
        while directory:
            absolute = os.path.join(self._root, directory)
            self.counts["opendir"] += 1
            if os.listdir(absolute):
                return
            os.rmdir(absolute)
            self.counts["rmdir"] += 1
            directory = os.path.dirname(directory)

    def _must_be_missing(self, path: str) -> None:
        self.counts["failing stat"] += 1
        if os.path.lexists(os.path.join(self._root, path)):
            raise SystemExit(f"{path} already exists")

    def _make_directory(self, directory: str) -> None:
        absolute = os.path.join(self._root, directory)
        if os.path.isdir(absolute):
            self.counts["stat"] += 1
            return
        self.counts["failing stat"] += 1
        os.makedirs(absolute, exist_ok=True)
        self.counts["mkdir"] += 1

    def _link_or_copy(self, source: str, path: str, tail: bytes) -> None:
        if os.path.islink(source):
            os.symlink(os.readlink(source), os.path.join(self._root, path))
            self.counts["symlink"] += 1
            return
        try:
            os.link(source, os.path.join(self._root, path))
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self.counts["failing link"] += 1
        else:
            raise SystemExit(f"{source} is on the prefix's own file system")
        with open(source, "rb") as opened:
            data = opened.read()
        self._write(path, data + tail)
        status = os.stat(source)
        target = os.path.join(self._root, path)
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        os.chmod(target, status.st_mode & 0o7777)
        self.counts.update(("utimes", "chmod"))

    def _write(self, path: str, data: bytes) -> None:
        with open(os.path.join(self._root, path), "wb") as target:
            target.write(data)
        self.counts.update(("create", "TCGETS"))


def run(plan: dict, prefix: Prefix) -> dict[str, float]:
    seconds = {}
    for phase in plan["phases"]:
        started = time.perf_counter()
        if plan["records"]:
            prefix.load_records()
        packages = plan["packages"]
        if phase != "install":
            for package in reversed(packages):
                prefix.rename_away(package)
        if phase != "remove":
            for package in packages:
                prefix.install(package, phase.encode() if phase == "update" else b"")
        if phase != "install":
            for package in reversed(packages):
                prefix.empty_trash(package)
        seconds[phase] = time.perf_counter() - started
    return seconds


if __name__ == "__main__":
    with open(sys.argv[1]) as text:
        asked = json.load(text)
    into = Prefix(sys.argv[2])
    print(json.dumps({"seconds": run(asked, into), "operations": into.counts}))
