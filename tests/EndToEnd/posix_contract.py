"""What programs may expect of a writable directory, checked through the real kernel.

usage: posix_contract.py DIRECTORY [unittest's arguments]
Everything except NotSupported holds for a plain directory (ext4, xfs) too. Tests that need root run only as root.
"""
import ctypes
import errno
import fcntl
import mmap
import os
import shutil
import signal
import socket
import stat
import sys
import tempfile
import threading
import time
import unittest

AT_FDCWD, AT_SYMLINK_FOLLOW, AT_EMPTY_PATH = -100, 0x400, 0x1000
RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT = 1, 2, 4
KEEP_SIZE, PUNCH_HOLE, COLLAPSE_RANGE, ZERO_RANGE, INSERT_RANGE = 1, 2, 8, 16, 32
STRANGER = 54321
libc = ctypes.CDLL(None, use_errno=True)
target = "."


def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), name)


def allocate(fd, mode, offset, length):
    call("fallocate", fd, mode, ctypes.c_long(offset), ctypes.c_long(length))


def rename2(source, destination, flags):
    call("renameat2", AT_FDCWD, source.encode(), AT_FDCWD, destination.encode(), flags)


def write(path, content=b"content", mode=0o644):
    fd = os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, mode)
    os.write(fd, content)
    os.close(fd)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def clocks():
    """Lets the kernel's coarse clock go on."""
    time.sleep(0.012)


def as_user(uid, gid, action, groups=()):
    """Runs an action in a process of another user; what it raises comes back as an errno."""
    child = os.fork()
    if child == 0:
        code = 255
        try:
            os.setgroups(groups)
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
            action()
            code = 0
        except OSError as failure:
            code = failure.errno
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Contract(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.mkdtemp(prefix="contract-", dir=target)
        os.chmod(self.place, 0o755)
        self.before = os.getcwd()
        os.chdir(self.place)

    def tearDown(self):
        os.chdir(self.before)
        shutil.rmtree(self.place)

    def fails(self, code, action, *arguments, **names):
        with self.assertRaises(OSError) as raised:
            action(*arguments, **names)
        self.assertEqual(errno.errorcode[code], errno.errorcode[raised.exception.errno])


class Files(Contract):
    def test_a_new_file_can_be_written_though_its_mode_forbids_it(self):
        fd = os.open("f", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o444)
        self.assertEqual(3, os.write(fd, b"abc"))
        os.close(fd)
        self.assertEqual((0o100444, 3), (os.stat("f").st_mode, os.stat("f").st_size))
        self.fails(errno.EEXIST, os.open, "f", os.O_CREAT | os.O_EXCL | os.O_WRONLY)

    def test_the_umask_counts(self):
        before = os.umask(0o027)
        write("f", mode=0o666)
        os.mkdir("d", 0o777)
        os.umask(before)
        self.assertEqual((0o640, 0o750), (os.stat("f").st_mode & 0o7777, os.stat("d").st_mode & 0o7777))

    def test_opening_with_truncation_truncates_and_counts_as_a_change(self):
        write("f")
        old = os.stat("f")
        clocks()
        os.close(os.open("f", os.O_WRONLY | os.O_TRUNC))
        new = os.stat("f")
        self.assertEqual(0, new.st_size)
        self.assertGreater(new.st_mtime_ns, old.st_mtime_ns)
        self.assertGreater(new.st_ctime_ns, old.st_ctime_ns)

    def test_appends_go_to_the_end_whoever_wrote_last(self):
        first, second = (os.open("f", os.O_CREAT | os.O_WRONLY | os.O_APPEND) for _ in range(2))
        for number in range(100):
            os.write(first, b"a%02d" % number)
            os.write(second, b"b%02d" % number)
        os.close(first)
        os.close(second)
        self.assertEqual(b"".join(b"a%02db%02d" % (number, number) for number in range(100)), read("f"))

    def test_writing_changes_size_and_times(self):
        write("f", b"123")
        old = os.stat("f")
        clocks()
        fd = os.open("f", os.O_RDWR)
        os.pwrite(fd, b"xyz", 10)
        new = os.fstat(fd)
        os.close(fd)
        self.assertEqual(13, new.st_size)
        self.assertGreater(new.st_mtime_ns, old.st_mtime_ns)
        self.assertGreater(new.st_ctime_ns, old.st_ctime_ns)
        self.assertEqual(b"123" + bytes(7) + b"xyz", read("f"))

    def test_an_unlinked_file_lives_as_long_as_it_is_open(self):
        write("f")
        fd = os.open("f", os.O_RDWR)
        os.unlink("f")
        self.assertEqual(0, os.fstat(fd).st_nlink)
        os.pwrite(fd, b"more", 7)
        self.assertEqual(b"contentmore", os.pread(fd, 100, 0))
        os.ftruncate(fd, 3)
        os.fchmod(fd, 0o600)
        self.assertEqual((3, 0o100600), (os.fstat(fd).st_size, os.fstat(fd).st_mode))
        os.close(fd)
        self.assertEqual([], os.listdir("."))

    def test_a_file_that_was_replaced_lives_as_long_as_it_is_open(self):
        write("old", b"old")
        write("new", b"new")
        fd = os.open("old", os.O_RDONLY)
        os.rename("new", "old")
        self.assertEqual((b"old", 0), (os.pread(fd, 10, 0), os.fstat(fd).st_nlink))
        self.assertEqual(b"new", read("old"))
        os.close(fd)

    def test_a_file_without_a_name_can_get_one(self):
        fd = os.open(".", os.O_TMPFILE | os.O_RDWR, 0o640)
        os.write(fd, b"temporary")
        self.assertEqual(0, os.fstat(fd).st_nlink)
        self.assertEqual([], os.listdir("."))
        call("linkat", AT_FDCWD, b"/proc/self/fd/%d" % fd, AT_FDCWD, b"named", AT_SYMLINK_FOLLOW)
        self.assertEqual(1, os.fstat(fd).st_nlink)
        os.close(fd)
        self.assertEqual((b"temporary", 0o640), (read("named"), os.stat("named").st_mode & 0o777))

    def test_a_file_without_a_name_can_be_kept_from_getting_one(self):
        fd = os.open(".", os.O_TMPFILE | os.O_EXCL | os.O_RDWR, 0o600)
        self.fails(errno.ENOENT, call, "linkat", AT_FDCWD, b"/proc/self/fd/%d" % fd, AT_FDCWD, b"named", AT_SYMLINK_FOLLOW)
        os.close(fd)

    def test_a_shared_mapping_is_the_file(self):
        write("f", bytes(10000))
        fd = os.open("f", os.O_RDWR)
        with mmap.mmap(fd, 10000) as mapping:
            mapping[5000:5003] = b"abc"
            self.assertEqual(b"abc", os.pread(fd, 3, 5000))
            os.pwrite(fd, b"xyz", 9000)
            self.assertEqual(b"xyz", mapping[9000:9003])
            mapping.flush()
        os.close(fd)
        content = read("f")
        self.assertEqual((b"abc", b"xyz", 10000), (content[5000:5003], content[9000:9003], len(content)))

    def test_a_mapping_outlives_its_descriptor(self):
        write("f", bytes(4096))
        fd = os.open("f", os.O_RDWR)
        mapping = mmap.mmap(fd, 4096)
        os.close(fd)
        mapping[0:4] = b"late"
        mapping.close()
        self.assertEqual(b"late", read("f")[:4])

    def test_a_private_mapping_is_not_the_file(self):
        write("f", b"content")
        fd = os.open("f", os.O_RDONLY)
        with mmap.mmap(fd, 7, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE) as mapping:
            mapping[0:3] = b"abc"
            self.assertEqual(b"content", os.pread(fd, 10, 0))
        os.close(fd)

    def test_direct_io(self):
        fd = os.open("f", os.O_CREAT | os.O_RDWR | os.O_DIRECT)
        with mmap.mmap(-1, 1 << 20) as memory:
            memory[:] = bytes(range(256)) * 4096
            self.assertEqual(1 << 20, os.pwrite(fd, memory, 0))
            memory[:] = bytes(1 << 20)
            self.assertEqual(1 << 20, os.preadv(fd, [memory], 0))
            self.assertEqual(bytes(range(256)) * 4096, memory[:])
        os.close(fd)
        self.assertEqual(bytes(range(256)) * 4096, read("f"))

    def test_large_writes_and_reads(self):
        content = os.urandom(5_000_001)
        write("f", content)
        self.assertEqual(content, read("f"))
        fd = os.open("f", os.O_RDWR)
        os.pwrite(fd, b"!" * 3_000_000, 1_000_000)
        os.close(fd)
        self.assertEqual(content[:1_000_000] + b"!" * 3_000_000 + content[4_000_000:], read("f"))

    def test_truncation_forgets_what_it_cut_off(self):
        write("f", b"x" * 10000)
        os.truncate("f", 5)
        os.truncate("f", 10000)
        self.assertEqual(b"xxxxx" + bytes(9995), read("f"))

    def test_a_file_may_be_long_and_hold_little(self):
        fd = os.open("f", os.O_CREAT | os.O_RDWR)
        os.pwrite(fd, b"end", (1 << 40) - 3)
        self.assertEqual(1 << 40, os.fstat(fd).st_size)
        self.assertLess(os.fstat(fd).st_blocks, 1000)
        self.assertEqual(bytes(3) + b"end", os.pread(fd, 10, (1 << 40) - 6))
        os.close(fd)

    def test_writers_in_parallel_do_not_disturb_each_other(self):
        def fill(number):
            fd = os.open("f", os.O_WRONLY)
            for block in range(number, 400, 4):
                os.pwrite(fd, bytes([number]) * 1000, block * 1000)
            os.close(fd)

        write("f", b"")
        threads = [threading.Thread(target=fill, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(b"".join(bytes([block % 4]) * 1000 for block in range(400)), read("f"))

    def test_syncing_works_on_files_and_directories(self):
        fd = os.open("f", os.O_CREAT | os.O_WRONLY)
        os.write(fd, b"x")
        os.fsync(fd)
        os.fdatasync(fd)
        os.close(fd)
        directory = os.open(".", os.O_RDONLY)
        os.fsync(directory)
        os.close(directory)

    def test_a_program_can_be_written_and_run_and_not_be_written_while_it_runs(self):
        shutil.copy("/bin/sleep", "program")
        child = os.posix_spawn("./program", ["program", "20"], {})
        try:
            self.fails(errno.ETXTBSY, os.open, "program", os.O_WRONLY)
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


class Ranges(Contract):
    def test_holes_are_found(self):
        fd = os.open("f", os.O_CREAT | os.O_RDWR)
        os.pwrite(fd, b"x" * 65536, 1 << 20)
        os.ftruncate(fd, 2 << 20)
        self.assertEqual(1 << 20, os.lseek(fd, 0, os.SEEK_DATA))
        self.assertEqual(0, os.lseek(fd, 0, os.SEEK_HOLE))
        self.assertEqual((1 << 20) + 65536, os.lseek(fd, 1 << 20, os.SEEK_HOLE))
        self.fails(errno.ENXIO, os.lseek, fd, (1 << 20) + 65536, os.SEEK_DATA)
        self.fails(errno.ENXIO, os.lseek, fd, 2 << 20, os.SEEK_HOLE)
        os.close(fd)

    def test_room_is_reserved_with_and_without_growth(self):
        fd = os.open("f", os.O_CREAT | os.O_RDWR)
        os.posix_fallocate(fd, 0, 10000)
        self.assertEqual(10000, os.fstat(fd).st_size)
        allocate(fd, KEEP_SIZE, 0, 50000)
        self.assertEqual(10000, os.fstat(fd).st_size)
        self.assertEqual(bytes(10000), os.pread(fd, 20000, 0))
        os.close(fd)

    def test_holes_are_punched_and_ranges_made_zeros(self):
        write("f", b"x" * 300_000)
        fd = os.open("f", os.O_RDWR)
        blocks = os.fstat(fd).st_blocks
        self.assertEqual(b"x" * 10, os.pread(fd, 10, 70_000))
        allocate(fd, PUNCH_HOLE | KEEP_SIZE, 65_536, 131_072)
        self.assertEqual(b"x" * 6 + bytes(10), os.pread(fd, 16, 65_530))
        self.assertEqual(300_000, os.fstat(fd).st_size)
        self.assertLess(os.fstat(fd).st_blocks, blocks)
        allocate(fd, ZERO_RANGE, 290_000, 20_000)
        self.assertEqual(310_000, os.fstat(fd).st_size)
        self.assertEqual(b"x" + bytes(20_000), os.pread(fd, 30_000, 289_999))
        allocate(fd, ZERO_RANGE | KEEP_SIZE, 300_000, 20_000)
        self.assertEqual(310_000, os.fstat(fd).st_size)
        os.close(fd)

    def test_ranges_are_copied(self):
        write("a", bytes(range(256)) * 1000)
        write("b", b"b" * 1000)
        old = os.stat("b")
        clocks()
        source, destination = os.open("a", os.O_RDONLY), os.open("b", os.O_RDWR)
        copied = os.copy_file_range(source, destination, 100_000, 1000, 500)
        self.assertEqual(100_000, copied)
        os.close(source)
        self.assertEqual(100_500, os.fstat(destination).st_size)
        self.assertGreater(os.fstat(destination).st_mtime_ns, old.st_mtime_ns)
        os.close(destination)
        self.assertEqual(b"b" * 500 + (bytes(range(256)) * 1000)[1000:101_000], read("b"))

    def test_a_range_is_copied_within_a_file(self):
        write("f", b"abcdefgh" * 1000)
        fd = os.open("f", os.O_RDWR)
        self.assertEqual(b"abcdefgh", os.pread(fd, 8, 4000))
        self.assertEqual(100, os.copy_file_range(fd, fd, 100, 1, 4000))
        self.assertEqual((b"bcdefgha" * 20)[:100], os.pread(fd, 100, 4000))
        os.close(fd)


class Names(Contract):
    def test_hard_links_are_one_file(self):
        write("a")
        os.link("a", "b")
        clocks()
        with open("b", "ab") as file:
            file.write(b"+")
        first, second = os.stat("a"), os.stat("b")
        self.assertEqual((first.st_ino, 2, 8), (second.st_ino, second.st_nlink, first.st_size))
        clocks()
        os.unlink("a")
        left = os.stat("b")
        self.assertEqual(1, left.st_nlink)
        self.assertGreater(left.st_ctime_ns, second.st_ctime_ns)

    def test_renaming_one_link_to_the_other_leaves_both(self):
        write("a")
        os.link("a", "b")
        os.rename("a", "b")
        self.assertEqual(["a", "b"], sorted(os.listdir(".")))

    def test_parents_change_with_their_names(self):
        actions = [
            ("create", lambda: write("d/f")),
            ("link", lambda: os.link("d/f", "d/g")),
            ("rename", lambda: os.rename("d/g", "d/h")),
            ("rename away", lambda: os.rename("d/h", "e/h")),
            ("rename back", lambda: os.rename("e/h", "d/h")),
            ("exchange", lambda: rename2("d/f", "e/x", RENAME_EXCHANGE)),
            ("unlink", lambda: os.unlink("d/f")),
            ("mkdir", lambda: os.mkdir("d/s")),
            ("rmdir", lambda: os.rmdir("d/s")),
            ("symlink", lambda: os.symlink("x", "d/l")),
            ("mkfifo", lambda: os.mkfifo("d/p")),
        ]
        os.mkdir("d")
        os.mkdir("e")
        write("e/x")
        for name, action in actions:
            with self.subTest(name):
                old = os.stat("d")
                clocks()
                action()
                new = os.stat("d")
                self.assertGreater(new.st_mtime_ns, old.st_mtime_ns)
                self.assertGreater(new.st_ctime_ns, old.st_ctime_ns)

    def test_directories_count_their_subdirectories(self):
        def links(*paths):
            return tuple(os.stat(path).st_nlink for path in paths)

        os.mkdir("a")
        os.mkdir("b")
        os.mkdir("a/s")
        self.assertEqual((3, 2, 2), links("a", "b", "a/s"))
        os.rename("a/s", "b/s")
        self.assertEqual((2, 3), links("a", "b"))
        write("a/f")
        rename2("a/f", "b/s", RENAME_EXCHANGE)
        self.assertEqual((3, 2), links("a", "b"))
        self.assertTrue(os.path.isdir("a/f") and os.path.isfile("b/s"))
        os.rmdir("a/f")
        self.assertEqual(2, links("a")[0])

    def test_a_renamed_directory_knows_its_new_parent(self):
        os.makedirs("a/s/t")
        os.mkdir("b")
        os.rename("a/s", "b/s")
        os.chdir("b/s/t")
        self.assertTrue(os.path.samefile("../..", os.path.join(self.before, self.place, "b")))
        os.chdir(os.path.join(self.before, self.place))

    def test_renaming_as_asked(self):
        write("a", b"a")
        write("b", b"b")
        self.fails(errno.EEXIST, rename2, "a", "b", RENAME_NOREPLACE)
        rename2("a", "c", RENAME_NOREPLACE)
        self.fails(errno.ENOENT, rename2, "c", "nothing", RENAME_EXCHANGE)
        rename2("b", "c", RENAME_EXCHANGE)
        self.assertEqual((b"a", b"b"), (read("b"), read("c")))

    def test_renaming_onto_other_kinds(self):
        os.makedirs("full/x")
        os.mkdir("empty")
        write("f")
        self.fails(errno.ENOTEMPTY, os.rename, "empty", "full")
        self.fails(errno.EISDIR, os.rename, "f", "empty")
        self.fails(errno.ENOTDIR, os.rename, "empty", "f")
        self.fails(errno.EINVAL, os.rename, "full", "full/x/y")
        self.fails(errno.ENOTEMPTY, os.rename, "full/x", "full")
        os.rename("full/", "empty/")
        self.assertEqual(["empty", "f"], sorted(os.listdir(".")))

    def test_removing_other_kinds(self):
        os.makedirs("full/x")
        write("f")
        self.fails(errno.ENOTEMPTY, os.rmdir, "full")
        self.fails(errno.EISDIR, os.unlink, "full")
        self.fails(errno.ENOTDIR, os.rmdir, "f")
        self.fails(errno.EPERM, os.link, "full", "again")

    def test_names_have_up_to_255_bytes(self):
        longest, longer = "n" * 255, "n" * 256
        write(longest)
        self.assertEqual([longest], os.listdir("."))
        write("f")
        os.mkdir("d")
        for name, action in {
            "open": lambda: os.open(longer, os.O_CREAT | os.O_WRONLY),
            "stat": lambda: os.stat(longer),
            "mkdir": lambda: os.mkdir(longer),
            "mkfifo": lambda: os.mkfifo(longer),
            "symlink": lambda: os.symlink("x", longer),
            "link": lambda: os.link("f", longer),
            "rename": lambda: os.rename("f", longer),
            "rename from": lambda: os.rename(longer, "g"),
            "unlink": lambda: os.unlink(longer),
            "rmdir": lambda: os.rmdir(longer),
            "inside": lambda: os.stat("d/" + longer + "/x"),
        }.items():
            with self.subTest(name):
                self.fails(errno.ENAMETOOLONG, action)

    def test_names_are_any_bytes(self):
        names = [b"\xff\xfe", b"new\nline", "žluťoučký".encode(), b" ", b"...", b"\\"]
        for name in names:
            write(name)
        self.assertEqual(sorted(names), sorted(os.listdir(b".")))

    def test_trees_may_be_deeper_than_the_longest_path(self):
        here = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
        directories = [here]
        for _ in range(40):
            os.mkdir("d" * 200, dir_fd=directories[-1])
            directories.append(os.open("d" * 200, os.O_RDONLY | os.O_DIRECTORY, dir_fd=directories[-1]))
        fd = os.open("deep", os.O_CREAT | os.O_WRONLY, dir_fd=directories[-1])
        os.write(fd, b"deep")
        os.close(fd)
        self.assertEqual(["deep"], os.listdir(directories[-1]))
        os.rename("deep", "up", src_dir_fd=directories[-1], dst_dir_fd=here)
        self.assertEqual(b"deep", read("up"))
        while len(directories) > 1:
            os.close(directories.pop())
            os.rmdir("d" * 200, dir_fd=directories[-1])
        os.close(here)

    def test_symlinks(self):
        longest = "t" * 4095
        os.symlink(longest, "l")
        self.assertEqual((longest, 4095), (os.readlink("l"), os.lstat("l").st_size))
        self.fails(errno.ENAMETOOLONG, os.stat, "l")
        os.symlink("f", "to-f")
        write("f")
        os.utime("to-f", ns=(1, 2), follow_symlinks=False)
        self.assertEqual((1, 2), (os.lstat("to-f").st_atime_ns, os.lstat("to-f").st_mtime_ns))
        self.assertNotEqual(2, os.stat("f").st_mtime_ns)
        os.symlink("loop", "loop")
        self.fails(errno.ELOOP, os.stat, "loop")

    def test_fifos_and_sockets(self):
        os.mkfifo("p", 0o600)
        fd = os.open("p", os.O_RDWR)
        os.write(fd, b"through")
        self.assertEqual(b"through", os.read(fd, 10))
        os.close(fd)
        with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
            server.bind("s")
            server.listen()
            client.connect("s")
            self.assertTrue(stat.S_ISSOCK(os.stat("s").st_mode))

    def test_a_removed_directory_is_empty_and_takes_nothing(self):
        os.mkdir("d")
        fd = os.open("d", os.O_RDONLY)
        os.rmdir("d")
        self.assertEqual(0, os.fstat(fd).st_nlink)
        self.assertEqual([], os.listdir(fd))
        self.fails(errno.ENOENT, os.open, "f", os.O_CREAT | os.O_WRONLY, dir_fd=fd)
        self.fails(errno.ENOENT, os.mkdir, "s", dir_fd=fd)
        os.close(fd)

    def test_listing_loses_nothing_while_others_come_and_go(self):
        stay = {f"stay-{number:04}" for number in range(1500)}
        for number, name in enumerate(sorted(stay)):
            write(name, b"")
            write(f"go-{number:04}", b"")
        seen = []
        with os.scandir(".") as entries:
            for number, entry in enumerate(entries):
                seen.append(entry.name)
                if number < 1500:
                    os.unlink(f"go-{number:04}")
                    write(f"come-{number:04}", b"")
        kept = [name for name in seen if name.startswith("stay")]
        self.assertEqual(len(kept), len(set(kept)))
        self.assertEqual(stay, set(kept))
        self.assertEqual(3000, len(os.listdir(".")))

    def test_a_listing_can_be_gone_back_to(self):
        for number in range(500):
            write(f"file-{number}", b"")
        libc.fdopendir.restype = ctypes.c_void_p
        libc.telldir.restype = ctypes.c_long
        libc.readdir.restype = ctypes.c_void_p
        stream = ctypes.c_void_p(libc.fdopendir(os.open(".", os.O_RDONLY)))

        def name():
            entry = libc.readdir(stream)
            return ctypes.string_at(entry + 19) if entry else None

        places, names = [], []
        while True:
            places.append(libc.telldir(stream))
            entry = name()
            if entry is None:
                break
            names.append(entry)
        self.assertEqual(502, len(names))
        for index in (501, 7, 250, 0):
            libc.seekdir(stream, ctypes.c_long(places[index]))
            self.assertEqual(names[index], name())
        libc.closedir(stream)

    def test_everything_can_be_removed_while_it_is_listed(self):
        for number in range(1000):
            write(f"file-{number}", b"")
        with os.scandir(".") as entries:
            for entry in entries:
                os.unlink(entry.name)
        self.assertEqual([], os.listdir("."))


class Attributes(Contract):
    def test_times_are_kept_to_the_nanosecond(self):
        write("f")
        for accessed, modified in [(1, 2), (1_600_000_000_123_456_789, -1), (5_000_000_000_000_000_001, 0)]:
            os.utime("f", ns=(accessed, modified))
            self.assertEqual((accessed, modified), (os.stat("f").st_atime_ns, os.stat("f").st_mtime_ns))

    def test_now_is_now(self):
        write("f")
        os.utime("f", ns=(0, 0))
        os.utime("f")
        self.assertLess(abs(time.time() - os.stat("f").st_mtime), 5)

    def test_changing_attributes_changes_the_time_of_change_only(self):
        write("f")
        for name, action in {"chmod": lambda: os.chmod("f", 0o600), "chown": lambda: os.chown("f", os.getuid(), -1)}.items():
            with self.subTest(name):
                old = os.stat("f")
                clocks()
                action()
                new = os.stat("f")
                self.assertGreater(new.st_ctime_ns, old.st_ctime_ns)
                self.assertEqual(new.st_mtime_ns, old.st_mtime_ns)

    def test_extended_attributes(self):
        write("f")
        self.assertEqual([], os.listxattr("f"))
        os.setxattr("f", "user.a", b"\x00binary\xff", os.XATTR_CREATE)
        self.fails(errno.EEXIST, os.setxattr, "f", "user.a", b"", os.XATTR_CREATE)
        self.fails(errno.ENODATA, os.setxattr, "f", "user.b", b"", os.XATTR_REPLACE)
        os.setxattr("f", "user.b", b"")
        os.setxattr("f", "user.a", b"x" * 3000, os.XATTR_REPLACE)
        self.assertEqual(["user.a", "user.b"], sorted(os.listxattr("f")))
        self.assertEqual((b"x" * 3000, b""), (os.getxattr("f", "user.a"), os.getxattr("f", "user.b")))
        os.removexattr("f", "user.a")
        self.fails(errno.ENODATA, os.removexattr, "f", "user.a")
        self.fails(errno.ENODATA, os.getxattr, "f", "user.a")
        os.mkdir("d")
        os.setxattr("d", "user.d", b"1")
        self.assertEqual(b"1", os.getxattr("d", "user.d"))

    def test_free_room_is_told(self):
        told = os.statvfs(".")
        self.assertEqual(255, told.f_namemax)
        self.assertGreater(told.f_blocks, 0)
        self.assertGreater(told.f_bavail, 0)
        self.assertGreater(told.f_ffree, 0)

    def test_locks_are_seen_by_other_processes(self):
        write("f")
        with open("f", "r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            fcntl.lockf(file, fcntl.LOCK_EX)
            child = os.fork()
            if child == 0:
                code = 0
                for lock in (fcntl.flock, fcntl.lockf):
                    try:
                        with open("f", "r+") as other:
                            lock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
                            code += 1
                    except BlockingIOError:
                        pass
                os._exit(code)
            self.assertEqual(0, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))

    def test_a_set_group_id_directory_hands_itself_on(self):
        os.mkdir("d")
        os.chmod("d", 0o2775)
        os.mkdir("d/s")
        write("d/f")
        self.assertEqual(os.stat("d").st_gid, os.stat("d/f").st_gid)
        self.assertEqual((True, os.stat("d").st_gid), (bool(os.stat("d/s").st_mode & stat.S_ISGID), os.stat("d/s").st_gid))


@unittest.skipIf(os.geteuid() == 0, "root may do everything")
class OrdinaryUser(Contract):
    def test_modes_are_obeyed(self):
        write("f", mode=0o000)
        self.fails(errno.EACCES, os.open, "f", os.O_RDONLY)
        os.mkdir("d", 0o500)
        self.fails(errno.EACCES, write, "d/f")
        os.chmod("d", 0o600)
        self.fails(errno.EACCES, os.stat, "d/f")
        self.fails(errno.EPERM, os.chown, "f", 0, -1)
        self.fails(errno.EPERM, os.mknod, "n", stat.S_IFCHR | 0o600, os.makedev(1, 3))

    def test_what_is_new_is_the_user_s_own(self):
        write("f")
        os.mkdir("d")
        os.symlink("x", "l")
        for name in "fdl":
            self.assertEqual(os.getuid(), os.lstat(name).st_uid)

    def test_set_id_bits_go_when_content_changes(self):
        for name, action in {
            "write": lambda fd: os.write(fd, b"x"),
            "truncate": lambda fd: os.ftruncate(fd, 1),
            "allocate": lambda fd: allocate(fd, 0, 0, 100),
            "copy": lambda fd: os.copy_file_range(source, fd, 5),
        }.items():
            with self.subTest(name):
                write("source")
                source = os.open("source", os.O_RDONLY)
                write(name, b"#!/bin/sh\n")
                os.chmod(name, 0o6775)
                self.assertEqual(0o6775, os.stat(name).st_mode & 0o7777)
                fd = os.open(name, os.O_RDWR)
                action(fd)
                os.close(fd)
                os.close(source)
                self.assertEqual(0o775, os.stat(name).st_mode & 0o7777)


@unittest.skipUnless(os.geteuid() == 0, "only root can become another user")
class ManyUsers(Contract):
    def setUp(self):
        super().setUp()
        os.chmod(".", 0o1777)

    def test_what_is_new_is_its_maker_s(self):
        def make():
            write("f")
            os.mkdir("d")
            os.symlink("x", "l")
            os.mkfifo("p")
            os.link("f", "g")

        self.assertEqual(0, as_user(STRANGER, STRANGER + 1, make))
        for name in "fdlpg":
            told = os.lstat(name)
            self.assertEqual((STRANGER, STRANGER + 1), (told.st_uid, told.st_gid))

    def test_a_set_group_id_directory_gives_its_group(self):
        os.mkdir("d")
        os.chown("d", 0, 777)
        os.chmod("d", 0o2777)
        self.assertEqual(0, as_user(STRANGER, STRANGER, lambda: (write("d/f"), os.mkdir("d/s"))))
        self.assertEqual((STRANGER, 777), (os.stat("d/f").st_uid, os.stat("d/f").st_gid))
        self.assertEqual(777, os.stat("d/s").st_gid)
        self.assertTrue(os.stat("d/s").st_mode & stat.S_ISGID)

    def test_sticky_directories_keep_strangers_out(self):
        write("f")
        self.assertEqual(errno.EPERM, as_user(STRANGER, STRANGER, lambda: os.unlink("f")))
        self.assertEqual(errno.EPERM, as_user(STRANGER, STRANGER, lambda: os.rename("f", "g")))

    def test_modes_are_obeyed(self):
        write("f", mode=0o600)
        self.assertEqual(errno.EACCES, as_user(STRANGER, STRANGER, lambda: os.open("f", os.O_RDONLY)))
        self.assertEqual(errno.EPERM, as_user(STRANGER, STRANGER, lambda: os.chmod("f", 0o666)))
        self.assertEqual(errno.EPERM, as_user(STRANGER, STRANGER, lambda: os.utime("f", ns=(1, 1))))
        os.chown("f", STRANGER, STRANGER)
        self.assertEqual(0, as_user(STRANGER, STRANGER, lambda: os.chmod("f", 0o640)))
        self.assertEqual(errno.EPERM, as_user(STRANGER, STRANGER, lambda: os.chown("f", 0, -1)))

    def test_set_id_bits_go_with_a_stranger_s_write_and_stay_with_root_s(self):
        for who, left in ((0, 0o6777), (STRANGER, 0o777)):
            with self.subTest(who):
                write("f")
                os.chown("f", 1, 1)
                os.chmod("f", 0o6777)
                self.assertEqual(0, as_user(who, who, lambda: os.pwrite(os.open("f", os.O_WRONLY), b"x", 0)))
                self.assertEqual(left, os.stat("f").st_mode & 0o7777)

    def test_a_new_owner_does_not_get_set_id_bits_along(self):
        write("f")
        os.chmod("f", 0o6755)
        os.chown("f", STRANGER, STRANGER)
        self.assertEqual((0o755, STRANGER, STRANGER), (os.stat("f").st_mode & 0o7777, os.stat("f").st_uid, os.stat("f").st_gid))

    def test_devices(self):
        os.mknod("c", stat.S_IFCHR | 0o600, os.makedev(1, 300))
        os.mknod("b", stat.S_IFBLK | 0o600, os.makedev(259, 70000))
        self.assertEqual((os.makedev(1, 300), os.makedev(259, 70000)), (os.stat("c").st_rdev, os.stat("b").st_rdev))

    def test_attributes_that_only_root_may_set(self):
        write("f")
        os.setxattr("f", "trusted.t", b"1")
        os.setxattr("f", "security.s", b"2")
        self.assertEqual((b"1", b"2"), (os.getxattr("f", "trusted.t"), os.getxattr("f", "security.s")))


@unittest.skipUnless(os.environ.get("POSIX_CONTRACT_OF_MOUNT"), "of a plain directory more is supported")
class NotSupported(Contract):
    """docs/posix.md"""

    def test_it_is_said(self):
        write("f", bytes(100_000))
        fd = os.open("f", os.O_RDWR)
        for mode in (COLLAPSE_RANGE, INSERT_RANGE):
            self.fails(errno.EOPNOTSUPP, allocate, fd, mode, 0, 4096)
        self.fails(errno.EOPNOTSUPP, os.setxattr, "f", "system.posix_acl_access", b"\x02\x00\x00\x00")
        self.fails(errno.EOPNOTSUPP, os.getxattr, "f", "system.posix_acl_access")
        self.fails(errno.EOPNOTSUPP, fcntl.ioctl, fd, 0x40049409, fd)  # FICLONE
        self.fails(errno.ENOTTY, fcntl.ioctl, fd, 0x80086601)  # FS_IOC_GETFLAGS
        os.close(fd)
        if os.geteuid() == 0:
            self.fails(errno.EINVAL, rename2, "f", "g", RENAME_WHITEOUT)


if __name__ == "__main__":
    target = os.path.abspath(sys.argv.pop(1))
    unittest.main()
