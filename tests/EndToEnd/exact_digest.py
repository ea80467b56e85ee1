"""Prints a line for each entry below a directory, with all that stat tells of it: what a remount must show again.

usage: exact_digest.py DIRECTORY
"""
import hashlib
import os
import stat
import sys

BLOCK = 1 << 20


def content(path, size):
    """A digest of what is not zeros: files may be mostly holes."""
    digest = hashlib.sha256()
    fd = os.open(path, os.O_RDONLY)
    at = 0
    while at < size:
        try:
            at = os.lseek(fd, at, os.SEEK_DATA)
        except OSError:
            break
        end = os.lseek(fd, at, os.SEEK_HOLE)
        while at < end:
            block = os.pread(fd, min(BLOCK, end - at), at)
            if not block:
                sys.exit(f"{path} ends at {at}, not at {size}")
            if block.strip(b"\0"):
                digest.update(b"%d:" % at + block)
            at += len(block)
    os.close(fd)
    return digest.hexdigest()


def detail(path, status):
    if stat.S_ISLNK(status.st_mode):
        return os.readlink(path)
    if stat.S_ISREG(status.st_mode):
        return content(path, status.st_size)
    if stat.S_ISDIR(status.st_mode):
        return sorted(os.listdir(path))
    return status.st_rdev


def show(root, path):
    s = os.lstat(path)
    xattrs = [(name, os.getxattr(path, name, follow_symlinks=False)) for name in sorted(os.listxattr(path, follow_symlinks=False))]
    print(repr(os.path.relpath(path, root)), s.st_ino, oct(s.st_mode), s.st_nlink, s.st_uid, s.st_gid, s.st_size, s.st_blocks,
          s.st_mtime_ns, s.st_ctime_ns, s.st_atime_ns, xattrs, detail(path, s))


top = sys.argv[1]
show(top, top)
for directory, directories, files in os.walk(top):
    directories.sort()
    for name in sorted(directories + files):
        show(top, os.path.join(directory, name))
