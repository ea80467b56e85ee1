"""Kills a mount's server, an installer in it, the shell that it was started from, or a program that writes to it at random moments, and compares
what is there after the next mount with what had been acknowledged.

usage: kills.py CONDAFUSE CONDA NAME KILLS [SEED]
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

WRITER = r'''
import json, os, random, stat, sys
folder, log, seed = sys.argv[1], os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND), int(sys.argv[3])
rnd = random.Random(seed)
names = sorted(os.listdir(folder))
handle = 0
while True:
    handle += 1
    kinds = ["write", "write", "write", "append", "rename", "unlink", "link", "mkdir", "chmod", "symlink", "truncate"]
    kind = "unlink" if len(names) > 300 else rnd.choice(kinds)
    name, other = f"{seed}-{handle}", rnd.choice(names) if names else None
    if other is None and kind != "write":
        continue
    count = rnd.choice([1, 10, 3000])
    text = f"{seed} {handle} " * count
    operation = {"kind": kind, "name": name, "other": other, "words": f"{seed} {handle} ", "count": count}
    os.write(log, (json.dumps({"begin": operation}) + "\n").encode())
    path, old = os.path.join(folder, name), os.path.join(folder, other or "-")
    # lstat raises an error where isfile would return False: with a dead server, nothing is a file.
    mode = os.lstat(old).st_mode if other is not None else 0
    is_file = stat.S_ISREG(mode)
    if kind == "write":
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        os.write(log, (json.dumps({"made": name}) + "\n").encode())
        assert os.write(descriptor, text.encode()) == len(text)
        os.close(descriptor)
    elif kind == "append" and is_file:
        descriptor = os.open(old, os.O_WRONLY | os.O_APPEND)
        assert os.write(descriptor, text.encode()) == len(text)
        os.close(descriptor)
    elif kind == "truncate" and is_file:
        os.truncate(old, 5)
    elif kind == "rename":
        os.rename(old, path)
        names.remove(other)
    elif kind == "unlink":
        (os.rmdir if stat.S_ISDIR(mode) else os.unlink)(old)
        names.remove(other)
    elif kind == "link" and is_file:
        os.link(old, path)
    elif kind == "mkdir":
        os.mkdir(path)
    elif kind == "symlink":
        os.symlink(text[:100], path)
    elif kind == "chmod" and is_file:
        os.chmod(old, 0o600)
    try:
        os.lstat(path)
        names.append(name)
    except FileNotFoundError:
        pass
    os.write(log, (json.dumps({"done": sorted([name] + ([other] if other else []))}) + "\n").encode())
'''

SHELL = r'''
eval "$("$0" init bash)"
conda-fuse-activate "$2" && "$1" install -y -q -p "$3" "${@:4}"
exit
'''


class Model:
    """The folder as it must be: a path's state is what stat and read give; hard links share one object."""

    def __init__(self) -> None:
        self.entries: dict[str, dict] = {}

    def apply(self, operation: dict, only_made: bool = False) -> None:
        kind, name, other = (operation[key] for key in ("kind", "name", "other"))
        text = operation["words"] * operation["count"]
        old = self.entries.get(other) if other else None
        is_file = old is not None and old["kind"] == "file"
        if kind == "write":
            self.entries[name] = {"kind": "file", "text": "" if only_made else text, "mode": 0o644}
        elif kind == "append" and is_file:
            old["text"] += text
        elif kind == "truncate" and is_file:
            old["text"] = old["text"][:5].ljust(5, "\0")
        elif kind == "rename" and old is not None:
            self.entries[name] = self.entries.pop(other)
        elif kind == "unlink" and old is not None:
            del self.entries[other]
        elif kind == "link" and is_file:
            self.entries[name] = old
        elif kind == "mkdir":
            self.entries[name] = {"kind": "directory"}
        elif kind == "symlink":
            self.entries[name] = {"kind": "symlink", "text": text[:100]}
        elif kind == "chmod" and is_file:
            old["mode"] = 0o600

    def copy(self) -> "Model":
        shared: dict[int, dict] = {}
        model = Model()
        model.entries = {name: shared.setdefault(id(entry), dict(entry)) for name, entry in self.entries.items()}
        return model

    def states(self) -> dict:
        return {name: dict(entry) for name, entry in self.entries.items()}


def states_on_disk(folder: Path) -> dict:
    found = {}
    for path in folder.iterdir():
        if path.is_symlink():
            found[path.name] = {"kind": "symlink", "text": os.readlink(path)}
        elif path.is_dir():
            found[path.name] = {"kind": "directory"}
        else:
            found[path.name] = {"kind": "file", "text": path.read_text(), "mode": path.stat().st_mode & 0o777}
    return found


def is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
        return True
    except ValueError:
        return False


class Test:
    def __init__(self, condafuse: str, conda: str, name: str, seed: int) -> None:
        self.condafuse, self.conda, self.name = condafuse, conda, name
        self.random = random.Random(seed)
        self.log = Path(os.environ["HOME"]) / "acknowledged.log"
        self.log.touch()
        self.model = Model()
        self.read = 0
        self.started: list[subprocess.Popen] = []

    def helper(self, *words: str) -> str:
        return subprocess.run([self.condafuse, *words], check=True, stdout=subprocess.PIPE, text=True, timeout=120).stdout.strip()

    def server(self) -> int:
        environments = json.loads(self.helper("list", "--json"))["environments"]
        return next(e["serverPid"] for e in environments if e["name"] == self.name)

    def start(self, *words: str) -> subprocess.Popen:
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.started.append(process)
        return process

    def end_all(self) -> None:
        for process in self.started:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait(timeout=60)
        self.started.clear()

    def round(self, number: int) -> str:
        prefix = Path(self.helper("mount", "--print-prefix", self.name))
        folder = prefix / "written"
        folder.mkdir(exist_ok=True)
        writer = self.start("/usr/bin/python3", "-c", WRITER, str(folder), str(self.log), str(number))
        version = self.random.choice(["1.0", "2.0"])
        shell = self.start(
            "bash", "-c", SHELL, self.condafuse, self.conda, self.name, str(prefix), f"greeting={version}", self.random.choice(["six", "tqdm"]))
        server = self.server()
        victim = self.random.choice(["server", "server", "server", "shell", "installer", "writer"])
        time.sleep(self.random.uniform(0.02, 1.5))
        {"server": lambda: os.kill(server, signal.SIGKILL), "installer": lambda: os.killpg(shell.pid, signal.SIGKILL),
         "shell": shell.kill, "writer": writer.kill}[victim]()
        if victim in ("installer", "shell"):
            time.sleep(self.random.uniform(0, 0.3))
        self.end_all()
        # 3: the shell was killed while it cleared the mount of the killed server.
        if subprocess.run([self.condafuse, "unmount", self.name], stdout=subprocess.DEVNULL, timeout=120, check=False).returncode not in (0, 3):
            raise SystemExit("it could not be unmounted")
        prefix = Path(self.helper("mount", "--print-prefix", self.name))
        self.compare(prefix / "written", number, victim)
        return victim

    def compare(self, folder: Path, number: int, victim: str) -> None:
        """What was acknowledged is there; the one operation that was not may be there, or be there in part as a kernel may leave it."""
        open_operation, made = None, False
        with self.log.open("rb") as log:
            log.seek(self.read)
            lines = log.read().splitlines()
            self.read = log.tell()
        for line in lines:
            record = json.loads(line)
            if "begin" in record:
                open_operation, made = record["begin"], False
            elif "made" in record:
                made = True
            else:
                self.model.apply(open_operation)
                open_operation, made = None, False
        possible = [self.model] if not made else []
        if open_operation is not None:
            if open_operation["kind"] == "write":
                empty = self.model.copy()
                empty.apply(open_operation, only_made=True)
                possible.append(empty)
            whole = self.model.copy()
            whole.apply(open_operation)
            possible.append(whole)
        found = states_on_disk(folder)
        if open_operation is not None and open_operation["kind"] in ("write", "append"):
            # A program killed during a write may have written a part: the kernel stops at a page.
            name = open_operation["name" if open_operation["kind"] == "write" else "other"]
            before = self.model.entries.get(name, {}).get("text", "")
            text, part = found.get(name, {}).get("text", ""), whole.copy()
            if part.entries.get(name, {}).get("text", "").startswith(text) and text.startswith(before):
                part.entries[name]["text"] = text
                possible.insert(0, part)
        for model in possible:
            if model.states() == found:
                self.model = model
                return
        expected = possible[-1].states()
        for name in sorted(expected.keys() | found.keys()):
            if expected.get(name) != found.get(name):
                difference = f"expected {str(expected.get(name))[:200]}, found {str(found.get(name))[:200]}"
                print(f"kill {number} of {victim}: {name}: {difference}", file=sys.stderr)
        print(f"the operation that was not acknowledged: {str(open_operation)[:200]}", file=sys.stderr)
        raise SystemExit("something was lost or invented")

    def install_again(self) -> None:
        """The installer can be run again, whatever state its predecessor was killed in."""
        prefix = self.helper("mount", "--print-prefix", self.name)
        for record in Path(prefix, "conda-meta").glob("*.json"):
            # conda requires this of its users after it was killed while writing one.
            if not is_json(record):
                record.unlink()
        for version in ("1.0", "2.0"):
            subprocess.run(
                [self.conda, "install", "-y", "-q", "-p", prefix, f"greeting={version}"], check=True, stdout=subprocess.DEVNULL, timeout=300)
            said = subprocess.run([f"{prefix}/bin/greeting"], check=True, stdout=subprocess.PIPE, text=True, timeout=60).stdout
            assert f"version {version}" in said, said


def main() -> None:
    condafuse, conda, name, kills = sys.argv[1:5]
    seed = int(sys.argv[5]) if len(sys.argv) > 5 else int(time.time())
    print(f"seed {seed}")
    test = Test(condafuse, conda, name, seed)
    victims = []
    for number in range(1, int(kills) + 1):
        victims.append(test.round(number))
        if number % 5 == 0 or number == int(kills):
            test.install_again()
    test.helper("unmount", name)
    print(f"{kills} kills, nothing lost: " + ", ".join(f"{victims.count(victim)} {victim}" for victim in sorted(set(victims))))


main()
