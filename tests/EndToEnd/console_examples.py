"""Runs the console examples of a document and compares their output.

usage: console_examples.py DOCUMENT [--write]

A fenced block of kind "console" holds commands ("$ ", continued by "> ") and what they print. All of a document run in one
bash with the conda-fuse functions, on a wide terminal. A comment "<!-- setup" ... "-->" holds commands that run
without being shown. Sizes, times, versions, large numbers and the width of columns may differ; a line "..." stands for any lines.
The home directory is written /home/ada. --write puts the present output into the document.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

COLUMNS = 160
HOME = "/home/ada"
BLOCK = re.compile(r"^```console\n(?P<console>.*?)^```$|^<!-- setup\n(?P<setup>.*?)^-->$", re.MULTILINE | re.DOTALL)
VARYING = [
    (r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?Z?", "TIME"),
    (r"\bjust now\b|\b\d+ (second|minute)s? ago\b", "AGO"),
    (r"\b\d+(\.\d+)?(B|K|M|G|KiB|MiB| [kMG]?B|%| %)(?!\w)", "SIZE"),
    (r"\b\d+(\.\d+)? ?(s|ms)\b", "DURATION"),
    (r"\b\d+(\.\d+){2,}\b", "VERSION"),
    (r"\b[0-9a-f]{16,}\b", "HASH"),
    (r"\bpid \d+|\b\d{3,}\b", "N"),
    (r"(?m)^(\d+|N) in all,.*", "TOTAL"),
    (r" +", " "),
]


class Session:
    """A bash whose commands print on a terminal."""

    def __init__(self, folder: Path):
        self._script = folder / "command"
        self._mark = f"end-{os.getpid()}"
        self._terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        modes = termios.tcgetattr(theirs)
        modes[1] &= ~termios.OPOST
        termios.tcsetattr(theirs, termios.TCSANOW, modes)
        environment = os.environ | {"PAGER": "cat", "PS1": "$ ", "COLUMNS": str(COLUMNS)}
        self._bash = subprocess.Popen(
            ["bash", "--norc", "--noprofile"], stdin=subprocess.PIPE, stdout=theirs, stderr=theirs, env=environment, cwd=os.environ["HOME"]
        )
        os.close(theirs)
        self.run('eval "$(condafuse init bash)"')

    def run(self, command: str) -> tuple[str, int]:
        self._script.write_text(command + "\n")
        self._bash.stdin.write(f"source '{self._script}' </dev/null; printf '{self._mark} %d\\n' $?\n".encode())
        self._bash.stdin.flush()
        seen = b""
        while not (end := re.search(rf"{self._mark} (\d+)\n$".encode(), seen)):
            seen += os.read(self._terminal, 65536)
        lines = seen[: end.start()].decode().split("\n")
        # Only the last state of a progress line stays.
        # Mounts of this user elsewhere may be listed.
        lines = [line for line in lines if " /tmp/" not in line.replace(os.environ["HOME"], HOME)]
        return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1].replace("\x1b[K", "").rstrip() for line in lines).rstrip("\n"), int(end[1])

    def end(self) -> None:
        self._bash.stdin.close()
        self._bash.wait()


def normal(text: str) -> list[str]:
    for pattern, word in VARYING:
        text = re.sub(pattern, word, text)
    return [line.strip() for line in text.splitlines() if line.strip()]


def same(expected: str, actual: str) -> bool:
    pattern = "".join(r"(?:.*\n)*" if line == "..." else re.escape(line) + "\n" for line in normal(expected))
    return re.fullmatch(pattern, "".join(line + "\n" for line in normal(actual))) is not None


def examples(block: str) -> list[tuple[str, str]]:
    found: list[tuple[list[str], list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line)
    return [("\n".join(command), "\n".join(output)) for command, output in found]


def main(document: Path, write: bool) -> int:
    text = document.read_text()
    wrong = 0

    def check(block: re.Match) -> str:
        nonlocal wrong
        if block["setup"] is not None:
            output, code = session.run(block["setup"])
            if code:
                wrong += 1
                print(f"{document.name}: the setup failed with {code}:\n{block['setup']}{output}")
            return block[0]
        lines = ["```console"]
        for command, expected in examples(block["console"]):
            output = session.run(command)[0].replace(os.environ["HOME"], HOME)
            ok = same(expected, output)
            if not ok and not write:
                wrong += 1
                print(f"{document.name}: $ {command}\n--- in the document\n{expected}\n--- printed\n{output}\n---")
            kept = (expected if ok else output).rstrip("\n")
            lines += ["$ " + command.replace("\n", "\n> ")] + ([kept] if kept else [])
        return "\n".join([*lines, "```"])

    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder))
        new = BLOCK.sub(check, text)
        session.end()
    if write and new != text:
        document.write_text(new)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), "--write" in sys.argv))
