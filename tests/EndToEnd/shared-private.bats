#!/usr/bin/env bats
# What is private stays private, and locks of a reader stop no writer.
# machine.bash has the users.

load helpers
load machine

setup_file() {
  start_machine
}

teardown_file() {
  stop_machine
}

setup() {
  fresh_homes
}

teardown() {
  nothing_left
}

# --- Private stays private

# Files that were created or made accessible so that others could read them, from a trace: with umask 000, the modes are the requested ones.
readable_by_others() {
  /usr/bin/python3 - "$@" <<'PYTHON'
import re, sys
log, stage, *ours = sys.argv[1:]
for line in open(log, errors="replace"):
    if re.search(r"= -1 E", line) or "<unfinished" in line and "resumed" in line:
        continue
    made = re.search(r"\b(openat|open|creat|mkdir|mkdirat|mknod|mknodat|chmod|fchmod|fchmodat)\((.*)", line)
    if not made:
        continue
    call, rest = made.groups()
    if call.startswith("open") and "O_CREAT" not in rest and "O_TMPFILE" not in rest:
        continue
    modes = re.findall(r", (0[0-7]*)(?=[,)]| <unfinished)", rest)
    path = re.search(r'"((?:[^"\\]|\\.)*)"', rest)
    folder = re.search(r"<([^>]*)>", rest)
    name = (path.group(1) if path else "")
    if not name.startswith("/"):
        name = (folder.group(1) if folder else "") + "/" + name
    name = name.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1", "backslashreplace").decode("utf-8", "replace")
    if modes and int(modes[-1], 8) & 0o077 and any(
            name.startswith(place) for place in ours if place.startswith(stage) or not name.startswith(stage)):
        print(line.strip())
PYTHON
}

# Files that would reveal something of a private archive: beside it, in the state folders, and in the runtime folder. Empty mount points do not count.
private_places() {
  printf '%s\n' "${stage}/open" "$(home_of "$1")/miniconda_fuse/archives" "$(home_of "$1")/.local" "$(home_of "$1")/.cache" /tmp/ /var/tmp/ /dev/shm/ /run/user/
}

@test "A7 with umask 000, nothing of an archive of mode 0600 is ever readable by others" {
  local found places
  mapfile -t places < <(private_places alice)
  plain_archive alice "${stage}/open/plain.squashfs" 600
  mask=000
  # Only names below these folders count, not the mounted tree itself.
  tracer=(strace -f -qq -y -s 4096 -e trace=open,openat,creat,mkdir,mkdirat,mknod,mknodat,chmod,fchmod,fchmodat -o "${stage}/work/trace")
  sh_as alice 'archive=$1; export TMPDIR=/tmp
condafuse mount "$archive" "$HOME/seen"
echo new >"$HOME/seen/private"; mkdir "$HOME/seen/folder"; echo more >>"$HOME/seen/note"
condafuse unmount --no-commit "$HOME/seen"
condafuse mount "$archive" "$HOME/seen"
condafuse commit "$archive"
echo again >"$HOME/seen/private"
condafuse unmount "$HOME/seen"
condafuse rollback "$archive" 1
condafuse compact "$archive" --keep 2 --yes
condafuse convert "$archive" --to zip --yes
condafuse mount "${archive%.squashfs}.zip" "$HOME/seen"
echo last >"$HOME/seen/private"
condafuse unmount "$HOME/seen"' "${stage}/open/plain.squashfs" >&2
  tracer=()
  found="$(readable_by_others "${stage}/work/trace" "${CONDAFUSE_TEST_ROOT}" "${places[@]}" | grep -v 'home/alice/seen' || true)"
  [[ -z "${found}" ]] || fail "readable by others: ${found}"
  [[ "$(stat -c '%a %U' "${stage}/open/plain.zip")" == "600 $(user alice)" ]] || fail 'the archive'
}

@test "A7 only the owner can read uncommitted changes of a private archive, and a personal layer" {
  local found
  mask=000
  plain_archive alice "${stage}/open/plain.squashfs" 600
  cf alice mount "${stage}/open/plain.squashfs" "$(home_of alice)/seen"
  sh_as alice 'echo new >"$HOME/seen/private"'
  found="$(find "${stage}/open" "$(home_of alice)/.cache" "$(home_of alice)/.local" -mindepth 1 -perm /077 2>/dev/null || true)"
  [[ -z "${found}" ]] || fail "while it is mounted: ${found}"
  cf alice unmount --no-commit "$(home_of alice)/seen"
  found="$(find "${stage}/open" -mindepth 1 -perm /077)"
  [[ -z "${found}" ]] || fail "${found}"
  plain_archive alice "${stage}/sticky/plain.squashfs" 644
  cf bob mount "${stage}/sticky/plain.squashfs" "$(home_of bob)/seen"
  sh_as bob 'echo new >"$HOME/seen/private"'
  cf bob unmount "$(home_of bob)/seen"
  expect_in_output 'layers/plain-'
  found="$(find "$(home_of bob)/.local/state/condafuse" -mindepth 1 -perm /077)"
  [[ -z "${found}" ]] || fail "a personal layer: ${found}"
}

@test "A7 uncommitted changes have the archive's group and mode, so that only the crew can read them" {
  mask=007
  local found
  plain_archive alice "${stage}/open/plain.squashfs" 660 "$(user crew)"
  cf alice mount "${stage}/open/plain.squashfs" "$(home_of alice)/seen"
  mask=002 sh_as alice 'echo new >"$HOME/seen/private"'
  cf alice unmount --no-commit "$(home_of alice)/seen"
  found="$(find "${stage}/open" -mindepth 1 \( -perm /007 -o ! -perm -060 -o ! -group "$(user crew)" \) -printf '%P %m %g\n')"
  [[ -z "${found}" ]] || fail "${found}"
  cf bob mount "${stage}/open/plain.squashfs" "$(home_of bob)/seen"
  [[ "$(as bob cat "$(home_of bob)/seen/private")" == new ]] || fail 'bob does not see it'
  cf bob unmount "$(home_of bob)/seen"
  expect_in_output 'generation 2'
}

# --- Locks

# Locks every file that WHO may open, with every kind of lock, until the work folder contains `stop`.
start_locking() {
  rm -f "${stage}"/work/{stop,locking}
  as "$1" /usr/bin/python3 - "${stage}/work" "${@:2}" <<'PYTHON' 3>&- &
import fcntl, os, struct, sys, time
work, *folders = sys.argv[1:]
held = {}
def lock_all():
    for folder in folders:
        for path in [folder] + [os.path.join(top, name) for top, _, names in os.walk(folder) for name in names]:
            for flags in (os.O_RDWR, os.O_RDONLY):
                try:
                    descriptor = os.open(path, flags | os.O_NONBLOCK)
                except OSError:
                    continue
                key = (os.fstat(descriptor).st_ino, flags)
                if key in held:
                    os.close(descriptor)
                    break
                held[key] = descriptor
                kind = fcntl.F_RDLCK if flags == os.O_RDONLY else fcntl.F_WRLCK
                for attempt in (lambda: fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", kind, os.SEEK_SET, 0, 0, 0)),
                                lambda: fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)):
                    try:
                        attempt()
                    except OSError:
                        pass
                break
while not os.path.exists(work + "/stop"):
    lock_all()
    if not os.path.exists(work + "/locking"):
        open(work + "/locking", "w").close()
    time.sleep(0.005)
PYTHON
  locker=$!
  eventually exists "${stage}/work/locking"
}

stop_locking() {
  touch "${stage}/work/stop"
  wait "${locker}"
}

@test "A8 a reader of an archive cannot prevent its owner from writing, whatever the reader locks" {
  plain_archive alice "${stage}/sticky/plain.squashfs"
  # There are changes from an earlier mount.
  cf alice mount "${stage}/sticky/plain.squashfs" "$(home_of alice)/seen"
  sh_as alice 'echo first >"$HOME/seen/note"'
  cf alice unmount --no-commit "$(home_of alice)/seen"
  start_locking mallory "${stage}/sticky"
  cf alice mount "${stage}/sticky/plain.squashfs" "$(home_of alice)/seen"
  expect_status 0
  sh_as alice 'echo second >"$HOME/seen/note"' || fail 'not writable'
  cf alice mount "${stage}/sticky/plain.squashfs" "$(home_of alice)/seen"
  cf alice commit "${stage}/sticky/plain.squashfs"
  expect_status 0
  sh_as alice 'echo third >"$HOME/seen/note"' || fail 'not writable after the commit'
  cf alice unmount "$(home_of alice)/seen"
  expect_status 0
  expect_in_output 'generation 3'
  cf alice rollback "${stage}/sticky/plain.squashfs" 1
  expect_status 0
  cf alice compact "${stage}/sticky/plain.squashfs" --keep 2 --yes
  expect_status 0
  stop_locking
}

@test "A8 a reader of an archive sees who changes it" {
  plain_archive alice "${stage}/sticky/plain.squashfs"
  cf alice mount "${stage}/sticky/plain.squashfs" "$(home_of alice)/seen"
  sh_as alice 'echo first >"$HOME/seen/note"'
  mask=022
  plain_archive alice "${stage}/crew/plain.squashfs" 664 "$(user crew)"
  cf alice mount "${stage}/crew/plain.squashfs" "$(home_of alice)/second"
  sh_as alice 'echo first >"$HOME/second/note"'
  cf bob mount "${stage}/crew/plain.squashfs" "$(home_of bob)/seen"
  expect_status 0
  expect_in_stderr "$(user alice)"
  cf bob unmount "$(home_of bob)/seen"
  cf alice unmount "$(home_of alice)/seen"
  cf alice unmount "$(home_of alice)/second"
  expect_status 0
}
