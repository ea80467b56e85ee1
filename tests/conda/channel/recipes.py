"""What the channel holds: the scientific python stack of the tests, and small packages that are odd on purpose."""

import importlib.metadata
import os
import platform
from pathlib import Path

from . import debian, greeting
from .package import Package
from .placeholder import PLACEHOLDER
from .scripts import symlink, write

PYTHON = debian.PYTHON
_SITECUSTOMIZE = f'''import site
import sys

site.addsitedir(sys.prefix + "/lib/{PYTHON}/site-packages")
'''


def packages() -> list[Package]:
    return [
        Package("python", platform.python_version(), _python),
        _module("pip", ("pip",), ("setuptools", "wheel"), commands={"pip": "pip._internal.cli.main:main"}),
        _module("setuptools", ("setuptools", "pkg_resources", "_distutils_hack")),
        _module("wheel", ("wheel",), noarch=True, entry_points=("wheel = wheel.cli:main",)),
        _module("six", ("six.py",), noarch=True, extension=".tar.bz2"),
        _module("pytz", ("pytz",), noarch=True, extension=".tar.bz2"),
        _module("python-dateutil", ("dateutil",), ("six >=1.5",), noarch=True),
        _module("tqdm", ("tqdm",), noarch=True, entry_points=("tqdm = tqdm.cli:main",)),
        _module("numpy", ("numpy",), commands={"f2py": "numpy.f2py.f2py2e:main"}),
        _module("scipy", ("scipy",), ("numpy >=1.19,<3",)),
        _module("pandas", ("pandas",), ("numpy >=1.21", "pytz", "python-dateutil >=2.8.1")),
        *greeting.packages(),
    ]


def _python(root: Path) -> None:
    binary = root / "bin" / PYTHON
    debian.copy(Path("/usr/bin", PYTHON), binary)
    times = binary.stat()
    # An interpreter built by conda contains its prefix; here a trailer after the ELF sections imitates that.
    binary.write_bytes(binary.read_bytes() + b"\0PREFIX=" + PLACEHOLDER.encode() + b"/lib\0END")
    os.utime(binary, ns=(times.st_mtime_ns, times.st_mtime_ns))
    symlink(root / "bin/python3", PYTHON)
    symlink(root / "bin/python", PYTHON)
    _command(root, "pydoc3", "pydoc:cli")
    stdlib = root / "lib" / PYTHON
    debian.copy(debian.STDLIB, stdlib)
    # Debian's own site module, frozen into the interpreter, searches only dist-packages; pip's target is in sysconfig.
    write(stdlib / "sitecustomize.py", _SITECUSTOMIZE)
    virtual = 'sys.base_prefix != sys.prefix or hasattr(sys, "real_prefix")'
    debian.replace_in(stdlib / "sysconfig.py", virtual, "True", 1)
    write(stdlib / "site-packages/README.txt", "Packages go here.\n")


def _module(
    name: str,
    modules: tuple[str, ...],
    depends: tuple[str, ...] = (),
    *,
    noarch: bool = False,
    commands: dict[str, str] | None = None,
    entry_points: tuple[str, ...] = (),
    extension: str = ".conda",
) -> Package:
    def fill(root: Path) -> None:
        site = root / "site-packages" if noarch else root / "lib" / PYTHON / "site-packages"
        debian.distribution(name, modules, site)
        for command, target in (commands or {}).items():
            _command(root, command, target)

    needed = "python >=3.6" if noarch else f"python {PYTHON.removeprefix('python')}.*"
    return Package(
        name,
        importlib.metadata.version(name),
        fill,
        (needed, *depends),
        build="py_0" if noarch else PYTHON.replace("python", "py").replace(".", "") + "_0",
        noarch="python" if noarch else None,
        entry_points=entry_points,
        extension=extension,
    )


def _command(root: Path, name: str, target: str) -> None:
    module, function = target.split(":")
    body = f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n"
    write(root / "bin" / name, f"#!{PLACEHOLDER}/bin/python\n{body}", 0o755)
