"""What is written down beside what a real conda 23.11 wrote down over the same channel."""

import json
from pathlib import Path

from .base import CondaTest

RECORDS = Path(__file__).parent / "records"
NOARCH_RECORDS = Path(__file__).parents[2] / "Packing.Tests" / "Metadata" / "Records"

# Paths and digests that depend on the machine and the prefix.
LOCAL = {"channel", "url", "extracted_package_dir", "package_tarball_full_path", "link", "md5", "sha256", "size"}


class RecordsAsCondaWritesThem(CondaTest):
    def test_small_packages_have_the_same_record(self):
        prefix = self.create("greeting>=2")
        for real in sorted(RECORDS.glob("*.json")):
            with self.subTest(real.name):
                expected, written = (json.loads(path.read_text()) for path in (real, prefix / "conda-meta" / real.name))
                self.assertEqual(set(written), set(expected))
                self.assertEqual(_comparable(written), _comparable(expected))

    def test_noarch_python_packages_have_the_packages_own_paths(self):
        prefix = self.create("tqdm", "wheel")
        for real in sorted(NOARCH_RECORDS.glob("*.json")):
            with self.subTest(real.name):
                name = real.name.partition("-")[0]
                (written,) = (prefix / "conda-meta").glob(f"{name}-*.json")
                expected, record = json.loads(real.read_text()), json.loads(written.read_text())
                self.assertEqual(set(record), set(expected))
                self.assertEqual(_kinds(record), _kinds(expected))
                self.assertEqual([p["path_type"] for p in record["paths_data"]["paths"]][-1], "unix_python_entry_point")
                self.assertTrue(all((prefix / path).exists() for path in record["files"]))

    def test_where_records_say_a_package_is_from(self):
        prefix = self.create("greeting>=2", "greeting-data=1.5")
        records = {path.name: json.loads(path.read_text()) for path in (prefix / "conda-meta").glob("*.json")}
        self.assertRegex(records["greeting-2.0-0.json"]["channel"], "^file:///.*/linux-64$")
        self.assertRegex(records["greeting-2.0-0.json"]["package_tarball_full_path"], r"/greeting-2\.0-0\.conda$")
        history = (prefix / "conda-meta/history").read_text().splitlines()
        self.assertEqual(history[3:5], [f"+{r['channel']}::{name.removesuffix('.json')}" for name, r in sorted(records.items())])
        self.assertEqual(history[5], "# update specs: [\"greeting[version='>=2']\", 'greeting-data=1.5']")


class PrefixesAsCondaWritesThem(CondaTest):
    def test_commands_of_noarch_packages_below_a_long_prefix_or_one_with_spaces_run(self):
        for name in ("x" * 100, "with space"):
            with self.subTest(name):
                prefix = self.create("tqdm", name=name)
                first, second = (prefix / "bin/tqdm").read_text().splitlines()[:2]
                self.assertEqual(first, "#!/bin/sh")
                self.assertEqual(second, f"'''exec' \"{prefix}/bin/python3.11\" \"$0\" \"$@\" #'''")


def _comparable(record: dict) -> dict:
    paths = [
        {key: value for key, value in path.items() if key != "sha256_in_prefix" or "prefix_placeholder" not in path}
        for path in record["paths_data"]["paths"]
    ]
    return {key: value for key, value in record.items() if key not in LOCAL and key != "paths_data"} | {"paths": paths}


def _kinds(record: dict) -> set[tuple]:
    """Which fields there are of files of each kind, and whether their paths are the package's."""
    paths = record["paths_data"]["paths"]
    return {(path["path_type"], path["_path"].startswith("site-packages/"), tuple(sorted(path))) for path in paths}
