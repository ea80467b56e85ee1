"""Compares two copies of an environment, and prints every difference.

Not compared, because two creations of one environment differ in them:
- times, and how conda linked a file (hard link or copy);
- of byte code, the header (time and length of the source) and the file name in code objects, which import corrects;
- conda-meta/history, which has the commands and times;
- in conda's records, `link`, the digests of byte code, and `arch` and `platform`, which conda knows only of packages from its cache.
"""

import json
import marshal
import os
import stat
import sys
import types


def code_of(value):
    """Code without its file name."""
    if isinstance(value, types.CodeType):
        return value.replace(co_filename="", co_consts=tuple(code_of(constant) for constant in value.co_consts))
    return tuple(code_of(part) for part in value) if isinstance(value, tuple) else value


def byte_code(content: bytes):
    try:
        return code_of(marshal.loads(content[16:]))
    except (ValueError, EOFError, TypeError):
        return content[16:]  # of another Python


def record(content: bytes):
    parsed = json.loads(content)
    for name in ("link", "arch", "platform"):
        parsed.pop(name, None)
    for path in parsed.get("paths_data", {}).get("paths", []):
        if path["_path"].endswith(".pyc"):
            path.pop("sha256_in_prefix", None)
    return parsed


def content_of(root: str, path: str):
    with open(os.path.join(root, path), "rb") as file:
        content = file.read()
    if path.endswith(".pyc"):
        return byte_code(content)
    if path.startswith("conda-meta/") and path.endswith(".json"):
        return record(content)
    return content


def entries(root: str) -> dict:
    found = {}
    for directory, directories, files in os.walk(root):
        for name in directories + files:
            path = os.path.relpath(os.path.join(directory, name), root)
            if path != "conda-meta/history":
                found[path] = os.lstat(os.path.join(directory, name))
    return found


def fields(left, right, name=""):
    """The differing fields of two records."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from fields(left.get(key), right.get(key), f"{name}.{key}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (mine, other) in enumerate(zip(left, right)):
            yield from fields(mine, other, f"{name}[{number}]")
    elif name and left != right:
        yield f"\n  {name}: {left} and {right}"


def differences(left: str, right: str):
    ours, theirs = entries(left), entries(right)
    for path in sorted(ours.keys() ^ theirs.keys()):
        yield f"only in {left if path in ours else right}: {path}"
    for path in sorted(ours.keys() & theirs.keys()):
        mode = ours[path].st_mode
        if mode != theirs[path].st_mode:
            yield f"mode {mode:o} and {theirs[path].st_mode:o}: {path}"
        elif stat.S_ISLNK(mode) and os.readlink(os.path.join(left, path)) != os.readlink(os.path.join(right, path)):
            yield f"target: {path}"
        elif stat.S_ISREG(mode) and content_of(left, path) != content_of(right, path):
            yield f"content: {path}" + "".join(fields(content_of(left, path), content_of(right, path)))
        elif stat.S_ISREG(mode) and not path.endswith((".pyc", ".json")) and ours[path].st_size != theirs[path].st_size:
            yield f"length: {path}"


if __name__ == "__main__":
    print(*differences(sys.argv[1], sys.argv[2]), f"{len(entries(sys.argv[1]))} entries", sep="\n")
