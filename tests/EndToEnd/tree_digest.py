"""Prints a line for each entry below a directory: what any reader of an image must show alike.

usage: tree_digest.py DIRECTORY
Path, kind, mode, modification time in seconds, target or content's hash, and for hard links the first of their names.
"""
import hashlib
import os
import stat
import sys


def describe(path, status):
    if stat.S_ISLNK(status.st_mode):
        return os.readlink(path)
    if stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    return ""


def entries(root):
    yield "."
    for directory, directories, files in os.walk(root):
        for name in directories + files:
            yield os.path.relpath(os.path.join(directory, name), root)


first_names = {}
for relative in sorted(entries(sys.argv[1])):
    path = os.path.join(sys.argv[1], relative)
    status = os.lstat(path)
    key = status.st_dev, status.st_ino
    first = relative if stat.S_ISDIR(status.st_mode) else first_names.setdefault(key, relative)
    # A symlink's own mode depends on the file system.
    mode = "link" if stat.S_ISLNK(status.st_mode) else oct(status.st_mode)
    print(repr(relative), mode, int(status.st_mtime), describe(path, status), repr(first))
