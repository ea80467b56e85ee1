#!/usr/bin/env bats
# Mounts of ordinary users for other users (--allow-other): who may create them, who can use them, and who may write through them.

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
  [[ -e /etc/fuse.conf ]] || skip 'there is no /etc/fuse.conf to put another one over'
  envs="${stage}/crew/envs"
  archive="${stage}/crew/archives/plain.squashfs"
  mkdir "${stage}/crew/archives"
  mkdir -m 755 "${envs}"
  chown "$(user alice)" "${stage}/crew/archives" "${envs}"
  plain_archive alice "${archive}"
  with=(CONDA_FUSE_ARCHIVE_PATH="${archive%/*}" CONDA_FUSE_MOUNT_ROOT="${envs}")
}

teardown() {
  nothing_left
}

# fuse_conf LINE...: sets the content of /etc/fuse.conf for the test, with a bind mount over the real file.
fuse_conf() {
  printf '%s\n' "$@" >"${stage}/fuse.conf"
  nsenter --mount="/proc/${machine}/ns/mnt" sh -c 'mountpoint -q /etc/fuse.conf || mount --bind "$1" /etc/fuse.conf' sh "${stage}/fuse.conf"
}

mount_for_all() {
  fuse_conf 'user_allow_other'
  cf alice mount --allow-other plain
  expect_status 0
}

@test "without user_allow_other it is refused before anything is mounted" {
  local text
  for text in '# user_allow_other' 'mount_max = 10' 'user_allow_others'; do
    fuse_conf "${text}"
    cf alice mount --allow-other plain
    [[ "${status}" -ne 0 ]] || fail "mounted with: ${text}"
    expect_in_stderr "/etc/fuse.conf does not contain the line 'user_allow_other'"
    [[ -z "$(servers)" && -z "$(mounts_of_machine)" && ! -e "${envs}/plain" ]] || fail 'something was begun'
  done
}

@test "another user runs, mounts and reads through it, but only with the option" {
  fuse_conf 'user_allow_other'
  cf alice mount plain
  expect_status 0
  cf bob run plain -- cat "${envs}/plain/note"
  [[ "${status}" -ne 0 ]] || fail 'used although it is not open to others'
  cf alice mount --allow-other plain
  [[ "${status}" -ne 0 && "${stderr}" == *'is mounted without --allow-other'* ]] || fail 'claims to be open to others'
  cf alice unmount plain
  mount_for_all
  cf bob run plain -- cat "${envs}/plain/note"
  expect_status 0
  expect_output text
  cf bob mount plain
  expect_status 0
  cf bob mount --print-prefix plain
  expect_output "${envs}/plain"
  cf root run plain -- cat "${envs}/plain/note"
  expect_output text
  [[ "$(servers | wc -l)" -eq 1 ]] || fail 'a second mount was made'
  cf bob unmount plain
  [[ "${status}" -ne 0 ]] || fail 'another user could unmount it'
  cf alice unmount plain
  expect_status 0
}

@test "only its user and writers of the archive can change anything in it, whatever the modes" {
  mount_for_all
  sh_as alice 'cd "$1"; chmod 666 note; mkdir -m 777 open; mkdir -m 1777 sticky; echo x >all; chmod 777 all' "${envs}/plain"
  run as bob sh -c 'cd "$1"; echo bad >note; echo bad >open/x; touch sticky/x; mv note open/; rm -f all; chmod 600 all; ln note open/y; echo bad >>all' sh "${envs}/plain"
  run as bob /usr/bin/python3 -c 'import mmap, sys; f = open(sys.argv[1], "r+b"); mmap.mmap(f.fileno(), 0)[0] = 66' "${envs}/plain/note"
  [[ "${status}" -ne 0 ]] || fail 'mapped to be written'
  [[ "$(as bob cat "${envs}/plain/note")" == text ]] || fail 'changed'
  [[ -z "$(as bob ls "${envs}/plain/open" "${envs}/plain/sticky" | grep -v :)" ]] || fail 'something was made'
  sh_as alice 'cd "$1"; echo mine >note; echo mine >open/x' "${envs}/plain"
  cf alice unmount plain
  expect_status 0
  # The archive has the modes that were set.
  [[ "$(unsquashfs -ll "${archive}" | grep -c -- '-rw-rw-rw-.* squashfs-root/note$')" -eq 1 ]] || fail 'the mode'

  chmod 666 "${archive}"
  mount_for_all
  sh_as bob 'echo shared >"$1/note"; echo shared >"$1/open/y"' "${envs}/plain"
  cf alice unmount plain
  expect_status 0
  expect_in_output 'generation 3'
}

@test "a mount with a personal layer refuses other users' changes" {
  chmod 666 "${archive}"
  chown root "${archive%/*}"
  chmod 755 "${archive%/*}"
  mount_for_all
  sh_as alice 'chmod 666 "$1/note"' "${envs}/plain"
  run as bob sh -c 'echo bad >"$1/note"' sh "${envs}/plain"
  [[ "${status}" -ne 0 && "$(as bob cat "${envs}/plain/note")" == text ]] || fail 'changed'
  cf alice unmount plain
  expect_status 0
}
