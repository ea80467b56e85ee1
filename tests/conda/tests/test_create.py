import json
import os
import subprocess
from pathlib import Path

from .base import PKGS, CondaTest, channel


class CreatingAnEnvironment(CondaTest):
    def test_a_scientific_python_runs_out_of_its_own_prefix(self):
        prefix = self.create("numpy", "scipy", "pandas", name="with space")
        code = "import sys, numpy, pandas, scipy.optimize as o; print(sys.prefix, numpy.__file__, o.root(lambda x: x-2, 0).x[0])"
        said = subprocess.run([prefix / "bin/python", "-c", code], check=True, capture_output=True, text=True).stdout
        self.assertEqual(said, f"{prefix} {prefix}/lib/python3.11/site-packages/numpy/__init__.py 2.0\n")

    def test_byte_code_is_valid_as_installed(self):
        prefix = self.create("numpy", "tqdm")
        code = "import numpy, tqdm, importlib.util as u; print(tqdm.__cached__, numpy.__cached__)"
        before = self.leaves(prefix)
        said = subprocess.run([prefix / "bin/python", "-v", "-c", code], check=True, capture_output=True, text=True)
        self.assertEqual(self.leaves(prefix), before)
        self.assertNotIn("bytecode is stale", said.stderr)
        self.assertNotIn("# wrote", said.stderr)

    def test_files_are_hard_links_into_the_cache_unless_they_hold_the_prefix(self):
        prefix = self.create("greeting=2.0")
        cached = Path(PKGS) / "greeting-2.0-0"
        self.assertTrue(os.path.samefile(prefix / "share/greeting/message", cached / "share/greeting/message"))
        self.assertFalse(os.path.samefile(prefix / "bin/greeting", cached / "bin/greeting"))

    def test_always_copy_links_nothing(self):
        prefix = self.scratch / "env"
        self.conda("create", "-y", "-p", prefix, "greeting", CONDA_ALWAYS_COPY="1")
        linked = [p for p in self.leaves(prefix) if os.lstat(prefix / p).st_nlink > 1]
        self.assertEqual(linked, [])
        meta = json.loads((prefix / "conda-meta/greeting-2.0-0.json").read_text())
        self.assertEqual(meta["link"]["type"], 3)

    def test_always_softlink_links_into_the_cache_and_excludes_always_copy(self):
        prefix = self.scratch / "env"
        (self.home / ".condarc").write_text("always_softlink: true\n")
        self.conda("create", "-y", "-p", prefix, "greeting=2.0")
        self.assertEqual(os.readlink(prefix / "share/greeting/message"), f"{PKGS}/greeting-2.0-0/share/greeting/message")
        self.assertFalse((prefix / "bin/greeting").is_symlink())
        self.assertEqual(json.loads((prefix / "conda-meta/greeting-2.0-0.json").read_text())["link"]["type"], 2)
        self.conda("create", "-y", "-p", self.scratch / "other", "greeting=2.0", code=1, CONDA_ALWAYS_COPY="1")
        self.assertIn("mutually exclusive", self.stderr)

    def test_another_file_system_gets_copies(self):
        if os.stat("/dev/shm").st_dev == os.stat(self.scratch).st_dev:
            self.skipTest("/dev/shm is on the same file system")
        prefix = Path("/dev/shm") / self.scratch.name
        self.addCleanup(subprocess.run, ["rm", "-rf", prefix], check=True)
        self.conda("create", "-y", "-p", prefix, "greeting=1.0")
        self.assertEqual((prefix / "share/greeting/message").read_text(), "hello 1.0\n")
        self.assertEqual(os.stat(prefix / "share/greeting/message").st_mode & 0o777, 0o444)

    def test_the_prefix_stands_in_text_and_in_binaries(self):
        prefix = self.create("greeting=1.0")
        said = subprocess.run([prefix / "bin/greeting"], check=True, capture_output=True, text=True).stdout
        self.assertEqual(said, f"hello from {prefix}, version 1.0\n")
        installed = (prefix / "lib/libgreeting.so").read_bytes()
        packaged = (Path(PKGS) / "greeting-1.0-0/lib/libgreeting.so").read_bytes()
        self.assertEqual(len(installed), len(packaged))
        self.assertTrue(installed.startswith(b"\x7fELF\0" + str(prefix).encode() + b"/share/greeting\0\0"))
        self.assertTrue(installed.endswith(bytes(range(256))))

    def test_a_prefix_longer_than_the_placeholder_is_refused_and_leaves_nothing(self):
        prefix = self.scratch / ("x" * 200) / ("y" * 200)
        self.conda("create", "-y", "-p", prefix, "greeting", code=1)
        self.assertIn("PaddingError", self.stderr)
        self.assertFalse(prefix.exists())

    def test_links_within_a_package_stay_links(self):
        prefix = self.create("greeting")
        self.assertEqual(os.readlink(prefix / "share/greeting/link"), "message")
        self.assertEqual(os.readlink(prefix / "share/greeting-link"), "greeting")

    def test_noarch_python_goes_to_site_packages_with_byte_code_and_commands(self):
        prefix = self.create("tqdm")
        files = self.leaves(prefix)
        self.assertIn("lib/python3.11/site-packages/tqdm/std.py", files)
        self.assertIn("lib/python3.11/site-packages/tqdm/__pycache__/std.cpython-311.pyc", files)
        said = subprocess.run([prefix / "bin/tqdm", "--version"], check=True, capture_output=True, text=True).stdout
        self.assertRegex(said, r"^\d+\.\d+")

    def test_conda_meta_owns_every_file(self):
        prefix = self.create("pandas", "greeting")
        owned = {f for p in (prefix / "conda-meta").glob("*.json") for f in json.loads(p.read_text())["files"]}
        self.assertEqual({f for f in self.leaves(prefix) if not f.startswith("conda-meta/")}, owned)

    def test_the_environment_is_registered(self):
        prefix = self.create("greeting")
        self.assertEqual((self.home / ".conda/environments.txt").read_text(), f"{prefix}\n")

    def test_a_name_goes_below_envs(self):
        self.conda("create", "-y", "-n", "named", "greeting-data")
        self.assertTrue((self.root / "envs/named/share/greeting-data/words").exists())

    def test_the_plan_is_confirmed_on_stdin(self):
        prefix = self.scratch / "env"
        said = self.conda("create", "-p", prefix, "greeting-data", stdin="maybe\ny\n")
        self.assertEqual(said.count("Proceed ([y]/n)? "), 2)
        self.assertTrue((prefix / "conda-meta/history").exists())

    def test_no_at_the_prompt_makes_nothing_and_is_no_failure(self):
        self.conda("create", "-p", self.scratch / "env", "greeting-data", stdin="n\n")
        self.assertIn("CondaSystemExit: Exiting.", self.stderr)
        self.assertFalse((self.scratch / "env").exists())

    def test_a_dry_run_makes_nothing(self):
        said = self.conda("create", "--dry-run", "-p", self.scratch / "env", "greeting")
        self.assertIn("greeting-2.0", said)
        self.assertIn("DryRunExit: Dry run. Exiting.", self.stderr)
        self.assertFalse((self.scratch / "env").exists())

    def test_the_answer_as_json(self):
        answer = self.conda_json("create", "-y", "-p", self.scratch / "env", "greeting=2.0")
        self.assertTrue(answer["success"])
        self.assertEqual({p["name"] for p in answer["actions"]["LINK"]}, {"greeting", "greeting-data"})

    def test_an_unknown_package_is_named(self):
        self.conda("create", "-y", "-p", self.scratch / "env", "no-such-thing", code=1)
        self.assertRegex(self.stderr, r"PackagesNotFoundError: [\s\S]*no-such-thing")
        self.assertFalse((self.scratch / "env").exists())

    def test_a_directory_that_is_no_environment_is_not_used_unasked(self):
        prefix = self.scratch / "env"
        prefix.mkdir()
        (prefix / "mine").write_text("mine")
        self.conda("create", "-p", prefix, "greeting", stdin="\n")
        self.assertEqual(self.leaves(prefix), {"mine"})

    def test_channels_by_option(self):
        self.conda("create", "-y", "-p", self.scratch / "env", "-c", f"file://{channel()}", "--override-channels", "greeting-data")
        self.conda("create", "-y", "-p", self.scratch / "two", "-c", self.scratch / "nowhere", "greeting", code=1)
        self.assertIn("not accessible", self.stderr)

    def test_help_and_usage(self):
        self.assertIn("--prefix", self.conda("create", "--help"))
        self.conda("create", "--no-such-option", code=2)
        self.conda("create", "-y", "greeting", code=2)
