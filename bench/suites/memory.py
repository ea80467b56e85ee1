"""The server's resident memory: after mounting, after an import, after a walk over the whole tree."""

from harness.bench import Bench
from harness.measure import drop_caches, run
from harness.mounts import KERNEL, NATIVE, resident_bytes, server_of
from harness.report import Table

from .imports import import_command


def run_suite(bench: Bench) -> list[Table]:
    mounter = bench.mounter()

    def by(peer: str):
        def once() -> dict[str, float]:
            drop_caches()
            with mounter.mounted(peer) as prefix:
                server, figures = server_of(prefix), {}
                figures["mounted"] = resident_bytes(server) / 1e6
                if (prefix / "bin/python").exists():
                    run(import_command(prefix))
                    figures["after the import"] = resident_bytes(server) / 1e6
                run(["find", prefix])
                figures["after find"] = resident_bytes(server) / 1e6
                return figures

        return once

    contenders = {peer: by(peer) for peer in mounter.contenders() if peer not in (NATIVE, KERNEL)}
    return [bench.compare("memory", "VmRSS of the serving process", "MB", "squashfuse_ll", contenders, bench.few)]
