"""The cost of an installer's operations: numpy and pandas are removed, installed and updated (reinstalled) as conda does."""

import os
from pathlib import Path

from harness.bench import Bench
from harness.mounts import NATIVE
from harness.packages import cached_packages
from harness.report import Table

PACKAGES = ["numpy", "pandas"]
PHASES = ("remove", "install", "update")


def run_suite(bench: Bench) -> list[Table]:
    mounts = bench.writable()
    with cached_packages() as cache:
        packages = cache.of_environment(bench.source, PACKAGES)
        operations: dict[str, int] = {}

        def by(peer: str):
            def once() -> dict[str, float]:
                with mounts.mounted(peer) as prefix:
                    os.sync()  # so that earlier copies are not written during the measurement
                    done = cache.replay(prefix, packages, *PHASES)
                    _check(prefix, packages)
                operations.update(done["operations"])
                seconds = done["seconds"] | {"all three": sum(done["seconds"].values())}
                return {phase: value * 1e3 for phase, value in seconds.items()}

            return once

        contenders = {peer: by(peer) for peer in mounts.contenders()}
        rounds = bench.few
        table = bench.compare("install", "", "ms", NATIVE, contenders, rounds)
    counted = ", ".join(f"{count} {name}" for name, count in sorted(operations.items()))
    files = sum(len(package["files"]) for package in packages)
    note = f"{' and '.join(PACKAGES)} ({files} files), fresh mount; operations of all three: {counted}"
    return [Table(table.suite, table.input, note, table.unit, table.reference, table.rows)]


def _check(prefix: Path, packages: list[dict]) -> None:
    """After an update, the package is installed, each file with its tail."""
    for package in packages:
        for path in package["files"][::50]:
            source = Path(package["source"], path)
            if not source.is_symlink() and (prefix / path).read_bytes() != source.read_bytes() + b"update":
                raise RuntimeError(f"{prefix / path} is not what was installed")
