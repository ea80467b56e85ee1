"""The parts of the image that a server reads while an installer removes a package, according to strace: its data, or only its tables."""

import struct
from pathlib import Path

from harness.bench import Bench
from harness.measure import drop_caches
from harness.mounts import server_of
from harness.packages import cached_packages
from harness.report import Table
from harness.strace import Strace
from harness.writable import CONDAFUSE, FUSE_OVERLAY

PACKAGE = "scipy"
SUPERBLOCK_BYTES = 96  # read again at the first change, to see that the generation is still the last


def run_suite(bench: Bench) -> list[Table]:
    mounts = bench.writable()
    tables = tables_start(mounts.original)
    with cached_packages() as cache:
        package = cache.of_environment(bench.source, [PACKAGE])

        def by(peer: str, image_of, server_point_of):
            def once() -> dict[str, float]:
                drop_caches()
                with mounts.mounted(peer) as prefix:
                    with Strace(server_of(server_point_of(prefix))) as trace:
                        cache.replay(prefix, package, "remove", records=False)
                    reads = trace.reads(image_of(prefix))
                data = [read for read in reads if SUPERBLOCK_BYTES <= read.offset < tables]
                data_bytes = sum(read.length for read in data)
                return {"reads of data": len(data), "bytes of data": data_bytes, "reads of tables": len(reads) - len(data)}

            return once

        contenders = {CONDAFUSE: by(CONDAFUSE, lambda prefix: prefix.with_name("env.squashfs"), lambda prefix: prefix)}
        if FUSE_OVERLAY in mounts.contenders():
            contenders[FUSE_OVERLAY] = by(FUSE_OVERLAY, lambda _: mounts.original, lambda prefix: prefix.with_name("lower"))
        note = f"{PACKAGE} ({len(package[0]['files'])} files) removed; caches dropped, fresh mount"
        return [bench.compare("removal-reads", note, "1", FUSE_OVERLAY, contenders, 1)]


def tables_start(image: Path) -> int:
    """The end of the data: the start of the private tables, or else of the inode table (docs/formats.md)."""
    with image.open("rb") as opened:
        opened.seek(64)
        (inodes,) = struct.unpack("<Q", opened.read(8))
        opened.seek(inodes - 64)
        footer = opened.read(64)
        if not footer.startswith(b"CondaFs\x1a"):
            return inodes
        opened.seek(struct.unpack_from("<Q", footer, 16)[0] + 176)
        (private,) = struct.unpack("<Q", opened.read(8))
    return private or inodes
