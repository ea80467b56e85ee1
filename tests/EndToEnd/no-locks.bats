#!/usr/bin/env bats
# Writers on a file system without locks (ENOLCK): the installed program with a libc whose locks fail.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
  clang -shared -fPIC -O1 -o "${BATS_FILE_TMPDIR}/no_locks.so" "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/no_locks.c"
}

# Locks fail in the archive folder.
helper() {
  run --separate-stderr in_environment LD_PRELOAD="${BATS_FILE_TMPDIR}/no_locks.so" NO_LOCKS_BELOW="${archives}" "${CONDAFUSE_BIN}" "$@"
}

mount_small() {
  helper mount small "$@"
  expect_status 0
}

lease="small.changes/lease"

write_into() {
  run in_environment /usr/bin/python3 -c 'import sys; open(sys.argv[1], "w").write("written")' "$1"
}

@test "without locks the first writer has a lease, and the second gets EROFS and the name of the first" {
  local other="${home}/other mount"
  small_environment
  mount_small
  mount_small "${other}"
  [[ ! -e "${archives}/${lease}" ]] || fail 'mounting took the write lock'
  write_into "${mounts}/small/small/first"
  [[ "${status}" -eq 0 ]] || fail 'not written'
  [[ -e "${archives}/${lease}" ]] || fail 'no lease'
  write_into "${other}/small/second"
  expect_in_output 'Errno 30'
  mount_small "${other}"
  expect_in_stderr "'small' is read-only here: the write lock is held by $(id -un) on $(uname -n) (process "
  helper unmount small
  expect_status 0
  expect_in_output 'committed as generation 2'
  [[ "$(ls -A "${archives}")" == small.squashfs ]] || fail "left: $(ls -A "${archives}")"
  helper unmount "${other}"
  expect_status 0
  mount_small
  [[ "$(cat "${mounts}/small/small/first")" == written ]]
  helper unmount small
}

@test "the lease of a killed writer is taken over, and its changes are kept" {
  small_environment
  mount_small
  write_into "${mounts}/small/small/first"
  kill -KILL "$(server_of small)"
  mount_small
  [[ "$(cat "${mounts}/small/small/first")" == written ]]
  write_into "${mounts}/small/small/second"
  [[ "${status}" -eq 0 ]] || fail 'the lease of the dead one was not taken over'
  helper unmount small
  expect_status 0
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

@test "writers with and without locks see each other" {
  local other="${home}/other mount"
  small_environment
  mount_small
  write_into "${mounts}/small/small/first"
  in_environment "${CONDAFUSE_BIN}" mount small "${other}"
  write_into "${other}/small/second"
  expect_in_output 'Errno 30'
  helper unmount "${other}"
  expect_status 0
  helper unmount small
  expect_status 0
  in_environment "${CONDAFUSE_BIN}" mount small
  write_into "${mounts}/small/small/third"
  [[ "${status}" -eq 0 ]] || fail 'not written'
  mount_small "${other}"
  write_into "${other}/small/fourth"
  expect_in_output 'Errno 30'
  helper unmount "${other}"
  expect_status 0
  in_environment "${CONDAFUSE_BIN}" unmount small
}

server_of() {
  helper list --json
  /usr/bin/python3 -c 'import json, sys; print(*(e["serverPid"] for e in json.load(sys.stdin)["environments"] if e["name"] == sys.argv[1]))' "$1" <<<"${output}"
}
