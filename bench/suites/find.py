"""Walking the whole tree: names only, and with every file's attributes; cold and warm."""

from harness.bench import Bench
from harness.measure import drop_caches, run
from harness.mounts import KERNEL
from harness.report import Table

WALKS = {"names": [], "names and attributes": ["-newermt", "2001-01-01"]}


def cold(bench: Bench) -> list[Table]:
    mounter = bench.mounter()

    def by(peer: str):
        def once() -> dict[str, float]:
            figures = {}
            for figure, tests in WALKS.items():
                drop_caches()
                with mounter.mounted(peer) as prefix:
                    figures[figure] = run(["find", prefix, *tests]) * 1e3
            return figures

        return once

    contenders = {peer: by(peer) for peer in mounter.contenders()}
    return [bench.compare("find-cold", "caches dropped, fresh mount", "ms", KERNEL, contenders)]


def warm(bench: Bench) -> list[Table]:
    mounter = bench.mounter()

    def by(peer: str):
        def once() -> dict[str, float]:
            with mounter.mounted(peer) as prefix:
                run(["find", prefix, *WALKS["names and attributes"]])
                return {figure: run(["find", prefix, *tests]) * 1e3 for figure, tests in WALKS.items()}

        return once

    contenders = {peer: by(peer) for peer in mounter.contenders()}
    return [bench.compare("find-warm", "after a first walk on the same mount", "ms", KERNEL, contenders)]
