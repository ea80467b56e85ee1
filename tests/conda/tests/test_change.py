import json
import os
import subprocess

from .base import PKGS, CondaTest


class ChangingAnEnvironment(CondaTest):
    def test_install_adds_and_history_says_so(self):
        prefix = self.create("greeting-data")
        self.conda("install", "-y", "-p", prefix, "greeting=2.0")
        self.assertTrue((prefix / "bin/greeting").exists())
        history = (prefix / "conda-meta/history").read_text()
        self.assertRegex(history, r"\+file:///.*/linux-64::greeting-2\.0-0\n# update specs: \['greeting=2\.0'\]\n$")

    def test_another_version_takes_the_place_of_the_first(self):
        prefix = self.create("greeting=1.0")
        self.conda("install", "-y", "-p", prefix, "greeting>=2")
        self.assertEqual((prefix / "share/greeting/message").read_text(), "hello 2.0\n")
        self.assertEqual([p.name for p in (prefix / "conda-meta").glob("*.json") if "data" not in p.name], ["greeting-2.0-0.json"])
        self.assertEqual([f for f in self.leaves(prefix) if f.endswith(".c~")], [])

    def test_env_update_adds_the_packages_of_a_file(self):
        prefix = self.create("greeting-data")
        file = self.scratch / "environment.yml"
        file.write_text("dependencies:\n  - greeting=2.0\n")
        self.conda("env", "update", "-p", prefix, "-f", file)
        self.assertEqual((prefix / "share/greeting/message").read_text(), "hello 2.0\n")

    def test_config_appends_to_a_list(self):
        self.conda("config", "--append", "envs_dirs", "/one", "--append", "envs_dirs", "/two")
        self.conda("config", "--append", "envs_dirs", "/one")
        self.assertEqual(self.conda_json("config", "--get", "envs_dirs"), {"envs_dirs": ["/two", "/one"]})

    def test_what_is_there_already_is_said(self):
        prefix = self.create("greeting=1.0")
        self.assertIn("already installed", self.conda("install", "-y", "-p", prefix, "greeting"))

    def test_remove_takes_dependents_along_and_leaves_no_file_or_directory(self):
        prefix = self.create("greeting=2.0")
        self.conda("remove", "-y", "-p", prefix, "greeting-data")
        self.assertEqual(self.leaves(prefix), {"conda-meta/history"})
        self.assertEqual(sorted(p.name for p in prefix.iterdir()), ["conda-meta"])

    def test_remove_renames_each_file_to_trash_first(self):
        prefix = self.create("greeting=1.0")
        trace = self.scratch / "trace"
        command = ["strace", "-f", "-o", trace, "-e", "trace=rename,unlink", self.exe, "remove", "-y", "-p", prefix, "greeting"]
        if subprocess.run(["sh", "-c", "strace true"], check=False, capture_output=True).returncode:
            self.skipTest("strace cannot be used here")
        subprocess.run(command, check=True, env=self.environ, capture_output=True)
        lines = trace.read_text().splitlines()
        renames = [i for i, line in enumerate(lines) if "rename(" in line and ".c~" in line]
        unlinks = [i for i, line in enumerate(lines) if "unlink(" in line and ".c~" in line]
        self.assertEqual(len(renames), len(unlinks))
        self.assertGreater(len(renames), 10)
        self.assertLess(max(renames), min(unlinks))

    def test_a_failed_change_leaves_the_environment_as_it_was(self):
        prefix = self.create("greeting=1.0")
        before = {f: (prefix / f).lstat().st_ino for f in self.leaves(prefix)}
        # There is a directory at the path of a new package's file.
        (prefix / "share/greeting-data/words/in the way").mkdir(parents=True)
        self.conda("install", "-y", "-p", prefix, "greeting=2.0", code=1)
        (prefix / "share/greeting-data/words/in the way").rmdir()
        (prefix / "share/greeting-data/words").rmdir()
        self.assertEqual({f: (prefix / f).lstat().st_ino for f in self.leaves(prefix)}, before)
        self.assertEqual(json.loads(self.conda("list", "-p", prefix, "--json"))[0]["version"], "1.0")

    def test_an_environment_that_cannot_be_written_is_said(self):
        if os.geteuid() == 0:
            self.skipTest("root can write anywhere")
        prefix = self.create("greeting=1.0")
        (prefix / "conda-meta/history").chmod(0o444)
        self.conda("install", "-y", "-p", prefix, "greeting=2.0", code=1)
        self.assertIn("EnvironmentNotWritableError", self.stderr)

    def test_remove_all_deletes_and_unregisters(self):
        prefix = self.create("greeting")
        self.conda("remove", "--all", "-y", "-p", prefix)
        self.assertFalse(prefix.exists())
        self.assertEqual((self.home / ".conda/environments.txt").read_text(), "\n")

    def test_env_remove(self):
        prefix = self.create("greeting")
        self.conda("env", "remove", "-y", "-p", prefix)
        self.assertFalse(prefix.exists())

    def test_not_an_environment(self):
        self.conda("install", "-y", "-p", self.scratch / "none", "greeting", code=1)
        self.assertIn("EnvironmentLocationNotFound: Not a conda environment", self.stderr)


class AskingAboutEnvironments(CondaTest):
    def test_list(self):
        prefix = self.create("greeting=2.0")
        self.assertRegex(self.conda("list", "-p", prefix), r"\ngreeting +2\.0 +0 +file:///.*\n")
        self.assertEqual([p["name"] for p in json.loads(self.conda("list", "-p", prefix, "--json"))], ["greeting", "greeting-data"])

    def test_env_list_forgets_a_prefix_that_is_gone(self):
        prefix = self.create("greeting")
        self.assertEqual(self.conda_json("env", "list")["envs"], [str(self.root), str(prefix)])
        prefix.rename(self.scratch / "away")
        self.assertEqual(self.conda_json("env", "list")["envs"], [str(self.root)])
        self.assertEqual((self.home / ".conda/environments.txt").read_text(), "\n")

    def test_info(self):
        facts = self.conda_json("info")
        self.assertEqual(facts["root_prefix"], str(self.root))
        self.assertEqual(facts["pkgs_dirs"], [PKGS])
        self.assertEqual(self.conda("info", "--base"), f"{self.root}\n")

    def test_config_show_merges_condarc_and_environment(self):
        (self.home / ".condarc").write_text("changeps1: false\nenvs_dirs:\n  - /somewhere\n")
        self.assertEqual(self.conda("config", "--show", "changeps1"), "changeps1: False\n")
        shown = self.conda_json("config", "--show", "envs_dirs", "changeps1")
        self.assertEqual(shown["envs_dirs"][0], "/somewhere")
        self.assertIs(shown["changeps1"], False)
        self.assertIn("True", self.conda("config", "--show", "changeps1", CONDA_CHANGEPS1="true"))

    def test_config_set(self):
        self.conda("config", "--set", "env_prompt", "<{name}>")
        self.assertEqual(self.conda("config", "--get", "env_prompt"), "env_prompt: <{name}>\n")

    def test_version(self):
        self.assertRegex(self.conda("--version"), r"^conda \d+\.\d+\.\d+\n$")


class AnotherUsersBase(CondaTest):
    def test_without_write_access_the_cache_is_in_the_home(self):
        if os.geteuid() == 0:
            self.skipTest("root can write anywhere")
        for directory in ("pkgs", "envs"):
            (self.root / directory).chmod(0o555)
        del self.environ["CONDA_PKGS_DIRS"]
        self.create("greeting")
        self.assertTrue((self.home / ".conda/pkgs/greeting-2.0-0").is_dir())
