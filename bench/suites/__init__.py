"""One suite per file: `run(bench) -> list of tables`."""

from . import activate, changed_import, commit, concurrency, conda, create, find, imports, init, install, memory, mount, network, pack
from . import pack_formats, read_all, relocation, removal, start, zips

ALL = {
    "pack": pack.run,
    "pack-formats": pack_formats.usual,
    "pack-levels": pack_formats.every,
    "mount": mount.run,
    "import-cold": imports.cold,
    "import-warm": imports.warm,
    "find-cold": find.cold,
    "find-warm": find.warm,
    "read-all": read_all.run_suite,
    "importers-32": imports.many,
    "memory": memory.run_suite,
    "start": start.run_suite,
    "relocation": relocation.run_suite,
    "init": init.run_suite,
    "activate": activate.run_suite,
    "install": install.run_suite,
    "conda": conda.run_suite,
    "import-warm-writable": changed_import.run_suite,
    "removal-reads": removal.run_suite,
    "commit": commit.run_suite,
    "create": create.run_suite,
    "cycle": create.cycle,
    "zip": zips.run_suite,
    "network": network.run_suite,
    "network-requests": network.requests,
    "concurrency": concurrency.run_suite,
}
