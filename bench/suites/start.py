"""The cost of starting: init, bash with it, mount and unmount, a long list, and the memory of one server and of fifty.

Page faults do not depend on how busy the machine is; times do. As root; `as an ordinary user` is measured where BENCH_USER names
one who may open /dev/fuse.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

from harness import peers
from harness.bench import Bench
from harness.mounts import KERNEL, NATIVE, environment_of, server_of, unmount_below, unmount_command, wait_for_end
from harness.report import Table

from .imports import import_command

ROUNDS = 15
ARCHIVES, MOUNTED, RESIDENT = 200, 20, 50

REST = 4  # seconds without a request, after which a server has freed unused memory


def run_suite(bench: Bench) -> Iterator[Table]:
    yield _programs(bench)
    yield from _mounts(bench)
    yield _list(bench)
    yield _memory(bench)
    yield _resident(bench)


def _start(command: list, environment: dict[str, str] | None = None) -> tuple[float, int]:
    """Milliseconds and page faults of a program that reads nothing; its output goes nowhere."""
    with open(os.devnull, "r+b") as null:
        words = [str(word) for word in command]
        program = shutil.which(words[0])
        started = time.perf_counter()
        pid = os.posix_spawn(program, words, environment or os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null.fileno(), fd) for fd in (0, 1)])
        _, status, used = os.wait4(pid, 0)
        milliseconds = (time.perf_counter() - started) * 1e3
        if os.waitstatus_to_exitcode(status) != 0:
            raise RuntimeError(f"{words} ended with {os.waitstatus_to_exitcode(status)}")
    return milliseconds, used.ru_minflt


def _programs(bench: Bench) -> Table:
    program = peers.need("condafuse")

    def of(command: list):
        def once() -> dict[str, float]:
            milliseconds, faults = _start(command)
            return {"ms": milliseconds, "page faults": faults}

        return once

    contenders = {
        "/bin/true": of(["true"]),
        "condafuse init bash": of([program, "init", "bash"]),
        "bash": of(["bash", "--norc", "-c", ":"]),
        "bash, evaluating init": of(["bash", "--norc", "-c", 'eval "$("$1" init bash)"', "bash", program]),
    }
    return bench.compare("start", "programs", "ms", "/bin/true", contenders, ROUNDS)


def _mounts(bench: Bench) -> Iterator[Table]:
    mounter = bench.mounter()
    some_file = next(p for p in bench.source.rglob("*.py")).relative_to(bench.source)
    user = os.environ.get("BENCH_USER")

    def by(peer: str, owner: str | None):
        def once() -> dict[str, float]:
            point = Path(tempfile.mkdtemp(prefix="condafuse-bench-"))
            try:
                environment, image = environment_of(peer, bench.cache), mounter.image
                if owner:
                    entry = pwd.getpwnam(owner)
                    image = Path(f"{mounter.image}.{owner}")  # a user's own, so that its changes are kept beside it, as usually
                    if not image.exists():
                        shutil.copy(mounter.image, image)
                        os.chown(image, entry.pw_uid, entry.pw_gid)
                    os.chown(point, entry.pw_uid, -1)
                    environment |= {"HOME": entry.pw_dir}
                    environment.pop("XDG_RUNTIME_DIR", None)

                def mount() -> float:
                    started = time.perf_counter()
                    _start(_mount_command(peer, image, point), environment)
                    os.stat(point / some_file)
                    return time.perf_counter() - started

                def unmounted() -> float:
                    server = None if peer == KERNEL else server_of(point)
                    command = [peers.need("condafuse"), "unmount", point] if peer == "condafuse" else ["fusermount3", "-u", point]
                    started = time.perf_counter()
                    _start(command if owner else unmount_command(peer, point), environment)
                    wait_for_end(server)
                    return time.perf_counter() - started

                mount_time, unmount_time = _as(owner, mount), _as(owner, unmounted)
            finally:
                unmount_below(point.parent / point.name)
                point.rmdir()
            return {"mount to first stat": mount_time * 1e3, "unmount without a change": unmount_time * 1e3}

        return once

    roots = {peer: by(peer, None) for peer in mounter.contenders() if peer != NATIVE}
    yield bench.compare("start", "mounts, as root", "ms", KERNEL, roots, ROUNDS)
    if user:
        users = {peer: by(peer, None if peer == KERNEL else user) for peer in mounter.contenders() if peer != NATIVE}
        yield bench.compare("start", "mounts, as an ordinary user through fusermount3 (the kernel as root)", "ms", KERNEL, users, ROUNDS)


def _as(user: str | None, measured: Callable[[], float]) -> float:
    """Seconds that a function returns, run by a user: in a separate process, which does nothing else."""
    if user is None:
        return measured()
    reader, writer = os.pipe()
    if (child := os.fork()) == 0:
        try:
            entry = pwd.getpwnam(user)
            os.initgroups(user, entry.pw_gid)
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
            os.write(writer, repr(measured()).encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as result:
        seconds = result.read()
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise RuntimeError(f"{user} could not mount or unmount")
    return float(seconds)


def _mount_command(peer: str, image: Path, point: Path) -> list:
    if peer == KERNEL:
        return ["mount", "-t", "squashfs", "-o", "loop,ro", image, point]
    return [peers.need(peer), "mount", image, point] if peer == "condafuse" else [peers.need(peer), image, point]


@contextmanager
def _home(bench: Bench, archives: int, mounted: int) -> Iterator[dict[str, str]]:
    """Makes a home with this many archives of the image, the first of them mounted; returns its variables."""
    home = Path(tempfile.mkdtemp(prefix="condafuse-bench-", dir=bench.cache))
    folder, image = home / "miniconda_fuse/archives", bench.image()
    folder.mkdir(parents=True)
    environment = os.environ | {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "XDG_CACHE_HOME": str(home / "cache")}
    environment.pop("XDG_RUNTIME_DIR", None)
    environment["TMPDIR"] = str(home)
    try:
        for number in range(archives):
            os.link(image, folder / f"env{number:03}.squashfs")
        for number in range(mounted):
            _start([peers.need("condafuse"), "mount", f"env{number:03}"], environment)
        yield environment
    finally:
        for number in range(mounted):
            subprocess.run([peers.need("condafuse"), "unmount", f"env{number:03}"], env=environment, check=False, stdout=subprocess.DEVNULL)
        unmount_below(home)
        shutil.rmtree(home)


def _list(bench: Bench) -> Table:
    with _home(bench, ARCHIVES, MOUNTED) as environment:

        def once() -> dict[str, float]:
            milliseconds, faults = _start([peers.need("condafuse"), "list"], environment)
            return {"ms": milliseconds, "page faults": faults}

        return bench.compare("start", f"list, {ARCHIVES} archives, {MOUNTED} mounted", "ms", "condafuse list", {"condafuse list": once}, ROUNDS)


def _memory(bench: Bench) -> Table:
    mounter = bench.mounter()

    def by(peer: str):
        def once() -> dict[str, float]:
            with mounter.mounted(peer) as prefix:
                server = server_of(prefix)
                figures = {"just mounted": _rollup(server, "Rss")}
                time.sleep(REST)
                figures["idle"] = _rollup(server, "Rss")
                if (prefix / "bin/python").exists():
                    subprocess.run(import_command(prefix), check=True)
                    figures["after the import"] = _rollup(server, "Rss")
                    time.sleep(REST)
                    figures["at rest after the import"] = _rollup(server, "Rss")
                return figures

        return once

    contenders = {peer: by(peer) for peer in mounter.contenders() if peer not in (NATIVE, KERNEL)}
    return bench.compare("start", "RSS of the server", "MB", "squashfuse_ll", contenders, bench.few)


def _resident(bench: Bench) -> Table:
    """The sum of their PSS, which counts pages shared by several servers once."""

    def once() -> dict[str, float]:
        with _home(bench, RESIDENT, RESIDENT) as environment:
            root = f"{environment['HOME']}/miniconda_fuse/envs/"
            points = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines() if line.split()[1].startswith(root)]
            servers = [server_of(Path(point)) for point in points]
            return {"PSS": sum(_rollup(server, "Pss") for server in servers)}

    return bench.compare("start", f"{RESIDENT} mounted environments together", "MB", "condafuse", {"condafuse": once}, 1)


def _rollup(pid: int, name: str) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1e3
    raise RuntimeError(f"process {pid} has no {name}")
