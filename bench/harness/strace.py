"""Records the parts of a file that a process reads: positions and lengths, according to strace."""

import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

_READ = re.compile(r"(?:pread64|preadv2?)\(\d+<(?P<path>[^>]*)>.*, (?P<offset>\d+)(?:, \w+)?\)\s+= (?P<length>\d+)$")
_OTHER = re.compile(r"(?:read|readv|mmap|sendfile|splice|copy_file_range|io_uring_enter)\(.*<(?P<path>[^>]*)>")


@dataclass(frozen=True)
class Read:
    offset: int
    length: int


class Strace:
    """`with Strace(pid) as trace: ...`, then `trace.reads(path)`."""

    def __init__(self, pid: int) -> None:
        self._pid, self._said = pid, Path(tempfile.mkdtemp(prefix="condafuse-bench-"))

    def __enter__(self) -> "Strace":
        calls = "trace=pread64,preadv,preadv2,read,readv,mmap,sendfile,splice,copy_file_range,io_uring_enter"
        command = ["strace", "-f", "-y", "-s", "0", "-e", calls, "-o", self._said / "calls", "-p", str(self._pid)]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        if "attached" not in self._process.stderr.readline():
            raise RuntimeError("strace could not attach")
        return self

    def __exit__(self, *_) -> None:
        time.sleep(0.2)  # the last request has been answered, but may not be in the trace yet
        self._process.terminate()
        self._process.communicate()
        self._lines = (self._said / "calls").read_text().splitlines()
        shutil.rmtree(self._said)

    def reads(self, path: Path) -> list[Read]:
        """Fails if the file was read with a call that has no position."""
        found, halves = [], {}
        for line in self._lines:
            thread, _, call = line.partition(" ")
            call = call.strip()
            if call.endswith("<unfinished ...>"):
                halves[thread] = call.removesuffix("<unfinished ...>")
                continue
            if call.startswith("<... "):
                call = halves.pop(thread, "") + call.partition("resumed>")[2]
            if match := _READ.match(call):
                if match["path"] == str(path):
                    found.append(Read(int(match["offset"]), int(match["length"])))
            elif (match := _OTHER.match(call)) and match["path"] == str(path):
                raise RuntimeError(f"read without a position: {call}")
        return found
