"""A base installation from the channel, a separate home, and conda's command line in it."""

import atexit
import json
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent


def channel() -> Path:
    """Built once and kept: CONDAFUSE_TEST_CHANNEL says where."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    path = Path(os.environ.get("CONDAFUSE_TEST_CHANNEL") or cache / "condafuse-tests" / "channel")
    subprocess.run([HERE / "build-channel", path], check=True, stdout=subprocess.DEVNULL)
    return path


# One package cache for all tests; otherwise each would extract Python again.
PKGS = tempfile.mkdtemp(prefix="condafuse-pkgs-")
atexit.register(shutil.rmtree, PKGS)


class CondaTest(unittest.TestCase):
    face = "conda"

    def setUp(self) -> None:
        self.scratch = Path(tempfile.mkdtemp(prefix="condafuse-conda-"))
        self.addCleanup(shutil.rmtree, self.scratch)
        self.root = self.scratch / "base"
        subprocess.run([HERE / "make-base", self.root, channel()], check=True)
        self.home = self.scratch / "home"
        self.home.mkdir()
        self.exe = self.root / "bin" / self.face
        self.environ = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "CONDA_PKGS_DIRS": PKGS}

    def conda(self, *words: object, code: int = 0, stdin: str = "", **environ: str) -> str:
        """Runs a command that must end with `code`; what it said on stdout, and in self.stderr on stderr."""
        done = subprocess.run(
            [self.exe, *map(str, words)], input=stdin, text=True, capture_output=True, env=self.environ | environ, check=False
        )
        self.stderr = done.stderr
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def conda_json(self, *words: object, code: int = 0) -> dict:
        return json.loads(self.conda(*words, "--json", code=code))

    def create(self, *specs: str, name: str = "env") -> Path:
        prefix = self.scratch / name
        self.conda("create", "-y", "-q", "-p", prefix, *specs)
        return prefix

    def leaves(self, prefix: Path) -> set[str]:
        return {str(p.relative_to(prefix)) for p in prefix.rglob("*") if p.is_symlink() or not p.is_dir()}
