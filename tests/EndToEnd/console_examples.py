"""Runs the examples of a document and compares the output of its console examples.

usage: console_examples.py DOCUMENT [--write]        run its blocks of kind console and sh
       console_examples.py DOCUMENT --print LINE     print the block that starts with LINE
       console_examples.py --check DOCUMENT...       every code block runs here or is listed in examples-elsewhere.txt

A fenced block of kind "console" holds commands ("$ ", continued by "> ") and what they print. A block of kind "sh" is a script
that must succeed, run in a subshell; its output is not compared. All of a document run in one
bash with the conda-fuse functions, on a wide terminal. A comment "<!-- setup" ... "-->" holds commands that run
without being shown. Sizes, times, versions, large numbers and the width of columns may differ; a line "..." stands for any lines.
/home/ada stands for the home directory, /project and /apps for directories in it. --write puts the present output into the document.
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
PLACES = ["/project", "/apps"]
BLOCK = re.compile(
    r"^```console\n(?P<console>.*?)^```$|^```sh\n(?P<sh>.*?)^```$|^<!-- setup\n(?P<setup>.*?)^-->$", re.MULTILINE | re.DOTALL
)
# Without commands: a usage or a picture.
OTHER_KINDS = ["text", "mermaid"]
ELSEWHERE = Path(__file__).with_name("examples-elsewhere.txt")
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


def elsewhere() -> list[list[str]]:
    """Document, first line, and the test that runs the block or the reason why none does."""
    lines = ELSEWHERE.read_text().splitlines()
    return [[part.strip() for part in line.split(" | ")] for line in lines if line and not line.startswith("#")]


def placed(script: str) -> str:
    """The script with directories of the home instead of directories that a user cannot make."""
    return re.sub(rf"(?<![\w/~.])({'|'.join(PLACES)})(?=/)", r"~\1", script)


def block_that_starts(document: Path, line: str) -> str:
    blocks = re.findall(r"^```\w+\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL)
    (block,) = [block for block in blocks if block.split("\n")[0] == line]
    return block


def unlisted(documents: list[Path]) -> list[str]:
    """Blocks that neither run nor are listed, and entries of the list that fit no block or that their test does not use."""
    wrong = []
    listed = elsewhere()
    used = []
    for document in documents:
        text = re.sub(r"<!--.*?-->", "", document.read_text(), flags=re.DOTALL)
        for kind, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            first = block.split("\n")[0]
            entry = [str(document), first]
            if entry in [line[:2] for line in listed]:
                used.append(entry)
            elif kind not in ["console", "sh", *OTHER_KINDS]:
                wrong.append(f"{document}: a block of kind '{kind}' is not listed: {first}")
        prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        wrong += [f"{document}: an indented block: {line}" for line in re.findall(r"(?m)(?<=\n\n)    .*", prose)]
    for document, first, place in listed:
        if used.count([document, first]) != 1:
            wrong.append(f"{ELSEWHERE.name}: {document} has no single block that starts with: {first}")
        if place.endswith(".bats") and f"example_of {document} '{first}'" not in ELSEWHERE.with_name(place).read_text():
            wrong.append(f"{ELSEWHERE.name}: {place} does not use {document}: {first}")
    return wrong


def main(document: Path, write: bool) -> int:
    text = document.read_text()
    wrong = 0
    others = [first for name, first, _ in elsewhere() if document.as_posix().endswith("/" + name)]

    def check(block: re.Match) -> str:
        nonlocal wrong
        if block["console"] is None:
            script = block["setup"] or block["sh"]
            if block["sh"] is not None and script.split("\n")[0] in others:
                return block[0]
            output, code = session.run(placed(script) if block["sh"] is None else f"(set -e\n{placed(script)})")
            if code:
                wrong += 1
                print(f"{document.name}: this failed with {code}:\n{script}{output}")
            return block[0]
        lines = ["```console"]
        for command, expected in examples(block["console"]):
            output = session.run(placed(command))[0].replace(os.environ["HOME"], HOME)
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
    if sys.argv[1] == "--check":
        mistakes = unlisted([Path(argument) for argument in sys.argv[2:]])
        print("\n".join(mistakes))
        sys.exit(1 if mistakes else 0)
    if "--print" in sys.argv:
        print(block_that_starts(Path(sys.argv[1]), sys.argv[3]), end="")
        sys.exit(0)
    sys.exit(main(Path(sys.argv[1]), "--write" in sys.argv))
