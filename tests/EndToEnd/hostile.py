"""Makes images whose claims cost much, and measures what a command takes.

usage: hostile.py make CASE FILE
       hostile.py run SECONDS MEGABYTES COMMAND...   runs it, and fails if it takes more of either, or ends otherwise than
                                                     well (0), failed (1) or with a damaged image (7)
       hostile.py stop SECONDS COMMAND...            ends it by SIGTERM after a second, and fails if it goes on for longer than that
"""

import os
import resource
import signal
import struct
import subprocess
import sys
import time
import zipfile
import zlib

NOTHING = 0xFFFFFFFFFFFFFFFF
NO_INDEX = 0xFFFFFFFF
BLOCK = 1 << 20


def metadata(content):
    """Content as metadata blocks, and where each starts."""
    blocks, starts = b"", []
    for at in range(0, len(content), 8192):
        piece = content[at:at + 8192]
        packed = zlib.compress(piece, 9)
        starts.append(len(blocks))
        blocks += struct.pack("<H", len(packed)) + packed if len(packed) < len(piece) else struct.pack("<H", len(piece) | 0x8000) + piece
    return blocks, starts


def reference(starts, offset):
    return (starts[offset // 8192] << 16) | offset % 8192


def header(kind, number, permissions=0o755):
    return struct.pack("<HHHHII", kind, permissions, 0, 0, 0, number)


def file_inode(number, start, size, xattrs, sizes):
    return header(9, number, 0o644) + struct.pack("<QQQIIII", start, size, 0, 1, NO_INDEX, 0, xattrs) + sizes


def image(path, files, data=b"", xattrs=None, inode_count=None):
    """An image with a root and files: (name, inode without its place)."""
    places, root = [], 0
    for _, inode in files:
        places.append(root)
        root += len(inode)
    inodes = b"".join(inode for _, inode in files)
    inodes += b"\0" * 32  # space for the root, which is written when the listing's length is known
    _, starts = metadata(inodes)  # positions only: sizes of blocks are known only after the last one
    listing, at = bytearray(), 0
    while at < len(files):
        block = starts[places[at] // 8192]
        run = [i for i in range(at, min(at + 256, len(files))) if starts[places[i] // 8192] == block]
        listing += struct.pack("<III", len(run) - 1, block, at + 2)
        for i in run:
            name = files[i][0]
            listing += struct.pack("<HhHH", places[i] % 8192, i - at, 2, len(name) - 1) + name
        at += len(run)
    length = len(listing) + 3
    root_inode = header(8, 1) + struct.pack("<IIIIHHI", 2, length, 0, 0, 0, 0, NO_INDEX)
    inodes = inodes[:root] + root_inode
    table, starts = metadata(inodes)
    listings, _ = metadata(bytes(listing))
    place = 96 + len(data)
    directories = place + len(table)
    ids, _ = metadata(struct.pack("<I", 0))
    id_blocks = directories + len(listings)
    id_list = id_blocks + len(ids)
    body = data + table + listings + ids + struct.pack("<Q", id_blocks)
    xattr_table = NOTHING
    if xattrs is not None:
        values, value_starts = metadata(xattrs[1])
        sets, set_starts = metadata(struct.pack("<QII", reference(value_starts, 0), xattrs[0], len(xattrs[1])))
        first = 96 + len(body)
        xattr_table = first + len(values) + len(sets)
        body += values + sets + struct.pack("<QII", first, 1, 0) + struct.pack("<Q", first + len(values))
    used = 96 + len(body)
    superblock = struct.pack(
        "<IIIIIHHHHHHQQQQQQQQ", 0x73717368, inode_count or len(files) + 1, 0, BLOCK, 0, 1, 20, 0x10 if xattrs is None else 0, 1, 4, 0,
        reference(starts, root), used, id_list, xattr_table, place, directories, NOTHING, NOTHING)
    with open(path, "wb") as output:
        output.write(superblock + body)


def make(case, path):
    if case == "inodes":
        image(path, [], inode_count=400_000_000)
    elif case == "xattrs":
        names = b"".join(struct.pack("<HH", 0, 5) + b"%05d" % i + struct.pack("<I", 0) for i in range(65536))
        image(path, [(b"many", file_inode(2, 0, 0, 0, b""))], xattrs=(65536, names))
    elif case == "hole":
        image(path, [(b"hole", file_inode(2, 0, 4 << 40, NO_INDEX, b"\0" * 4 * ((4 << 40) // BLOCK)))])
    elif case == "shared":
        packed = zlib.compress(b"\0" * BLOCK, 9)
        files = [(b"%06d" % i, file_inode(i + 2, 96, BLOCK, NO_INDEX, struct.pack("<I", len(packed)))) for i in range(40_000)]
        image(path, files, data=packed)
    elif case == "levels":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("a/" * 16_000 + "b", "")
    else:
        sys.exit(f"no case {case}")


def processor_time():
    """Seconds that ended children used: unlike elapsed time, it does not depend on what else the machine does."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(seconds, megabytes, command):
    began = time.monotonic()
    status = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
    took, used, peak = time.monotonic() - began, processor_time(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"# {took:.2f} s, {used:.2f} s of processor time, {peak} MB, status {status}: {' '.join(command[1:])}", file=sys.stderr)
    if status not in (0, 1, 7) or used > seconds or peak > megabytes:
        sys.exit(f"took {used:.2f} s of processor time of {seconds} and {peak} MB of {megabytes}, ended with {status}")


def stop(seconds, command):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    time.sleep(1)
    if process.poll() is not None:
        sys.exit(f"ended by itself, with {process.returncode}")
    with open(f"/proc/{process.pid}/stat") as stat:
        ticks = sum(int(field) for field in stat.read().rsplit(")", 1)[1].split()[11:13])
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    finally:
        process.kill()
    took = processor_time() - ticks / os.sysconf("SC_CLK_TCK")
    print(f"# stopped after {took:.2f} s of processor time", file=sys.stderr)
    if took > seconds:
        sys.exit(f"went on for {took:.2f} s of processor time of {seconds}")


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "make":
        make(*rest)
    elif what == "run":
        run(float(rest[0]), int(rest[1]), rest[2:])
    else:
        stop(float(rest[0]), rest[1:])
