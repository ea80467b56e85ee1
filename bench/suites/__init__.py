"""One suite a file: `run(bench) -> list of tables`."""

from . import create, find, imports, init, memory, mount, pack, read_all

ALL = {
    "pack": pack.run,
    "mount": mount.run,
    "import-cold": imports.cold,
    "import-warm": imports.warm,
    "find-cold": find.cold,
    "read-all": read_all.run_suite,
    "importers-32": imports.many,
    "memory": memory.run_suite,
    "init": init.run_suite,
    "create": create.run_suite,
}
