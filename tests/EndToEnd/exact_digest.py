"""Prints a line for each entry below a directory with all its attributes, which a remount must show unchanged.

usage: exact_digest.py [--committed] DIRECTORY
--committed leaves out what an image does not store: access times, and the disk usage of files with holes.
"""
import hashlib
import os
import stat
import sys

BLOCK = 1 << 20
PAGE = 4096


def content(path, size):
    """A digest of the pages that are not all zeros: files may be mostly holes, and differ in where zeros are stored."""
    digest = hashlib.sha256()
    fd = os.open(path, os.O_RDONLY)
    at = 0
    while at < size:
        try:
            at = os.lseek(fd, at, os.SEEK_DATA) // PAGE * PAGE
        except OSError:
            break
        block = os.pread(fd, BLOCK, at)
        if not block:
            sys.exit(f"{path} ends at {at}, not at {size}")
        for start in range(0, len(block), PAGE):
            page = block[start : start + PAGE]
            if page.strip(b"\0"):
                digest.update(b"%d:" % (at + start) + page)
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
    kept = [s.st_ino, oct(s.st_mode), s.st_nlink, s.st_uid, s.st_gid, s.st_size, s.st_mtime_ns, s.st_ctime_ns]
    print(repr(os.path.relpath(path, root)), *kept, *([] if committed else [s.st_blocks, s.st_atime_ns]), xattrs, detail(path, s))


committed = sys.argv[1] == "--committed"
top = sys.argv[-1]
show(top, top)
for directory, directories, files in os.walk(top):
    directories.sort()
    for name in sorted(directories + files):
        show(top, os.path.join(directory, name))
