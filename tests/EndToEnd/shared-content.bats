#!/usr/bin/env bats
# Dangerous content of images, and odd files beside an archive.
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

# --- Dangerous content of images

special_image() {
  local source="${stage}/work/special"
  mkdir -p "${source}/conda-meta" "${source}/bin"
  cp "${stage}/source/conda-meta/history" "${source}/conda-meta/"
  cp /bin/true "${source}/bin/su"
  cp /bin/true "${source}/bin/group"
  cp /bin/true "${source}/bin/ping"
  setcap cap_net_raw+ep "${source}/bin/ping"
  mkdir "${source}/bin/shared"
  chmod 4755 "${source}/bin/su"
  chmod 2755 "${source}/bin/group"
  chmod 2777 "${source}/bin/shared"
  mknod -m 666 "${source}/memory" c 1 1
  mknod -m 666 "${source}/disk" b 7 0
  setfattr -n trusted.overlay.opaque -v y "${source}/bin" || true
  setfattr -n user.kept -v yes "${source}/bin/su"
  mksquashfs "${source}" "${stage}/work/special.squashfs" -no-progress -quiet >/dev/null
  "${CONDAFUSE_BIN}" pack "${source}" -q -o "${stage}/work/packed.squashfs"
  chmod a+rX "${stage}/work" "${stage}"/work/*.squashfs
}

expect_nothing_special() {
  local found
  found="$(find "$1" -perm /6000 -type f -print -o -type b -print -o -type c -print)"
  [[ -z "${found}" ]] || fail "set-id or a device: ${found}"
  found="$(getfattr -R -d -m '^(security|trusted)\.' "$1" 2>/dev/null | grep -v '^#' | grep -v 'security.selinux' || true)"
  [[ -z "${found//$'\n'/}" ]] || fail "attributes: ${found}"
  [[ -x "$1/bin/su" ]] || fail 'bin/su is not there'
}

@test "A5 extract drops set-id, devices, and attributes of security, for root and for others" {
  local image
  special_image
  for image in special packed; do
    cf root extract "${stage}/work/${image}.squashfs" "$(home_of root)/${image}"
    expect_status 0
    expect_nothing_special "$(home_of root)/${image}"
    cf alice extract "${stage}/work/${image}.squashfs" "$(home_of alice)/${image}"
    expect_status 0
    expect_nothing_special "$(home_of alice)/${image}"
  done
}

@test "A5 extract keeps them if root requests it, and refuses that to others" {
  special_image
  cf root extract --preserve-special "${stage}/work/special.squashfs" "$(home_of root)/out"
  expect_status 0
  [[ "$(stat -c %a "$(home_of root)/out/bin/su")" == 4755 && -c "$(home_of root)/out/memory" ]] || fail 'not kept'
  [[ "$(getcap "$(home_of root)/out/bin/ping")" == *cap_net_raw* ]] || fail 'no capability'
  cf alice extract --preserve-special "${stage}/work/special.squashfs" "$(home_of alice)/out"
  [[ "${status}" -ne 0 ]] || fail 'allowed to alice'
}

@test "A5 pack to a folder drops set-id, devices, and attributes of security" {
  special_image
  cf root pack "${stage}/work/special" --format no-archive -q -o "$(home_of root)/out"
  expect_status 0
  expect_nothing_special "$(home_of root)/out"
  rm -rf "${stage}/work/special/"{memory,disk}
  chmod -R a+rX "${stage}/work/special"
  cf alice pack "${stage}/work/special" --format no-archive -q -o "$(home_of alice)/out"
  expect_status 0
  expect_nothing_special "$(home_of alice)/out"
}

# --- Odd files

# Every command ends with a message.
all_end() {
  local archive="$1" command
  for command in "info ${archive}" "mount ${archive} $(home_of alice)/seen" list "diff ${archive}" "log ${archive}" "verify ${archive}" "run ${archive} -- true" \
    "commit ${archive}" "discard --yes ${archive}" "unmount $(home_of alice)/seen" doctor "doctor --clean"; do
    # shellcheck disable=SC2086 # words
    cf alice ${command}
    [[ "${command}" != mount* ]] || timeout 60 nsenter --mount="/proc/${machine}/ns/mnt" setpriv --reuid "$(user alice)" --clear-groups --regid "$(user alice)" \
      sh -c 'echo more >>"$1/seen/note"' sh "$(home_of alice)" 2>/dev/null || [[ "$?" -ne 124 ]] || fail 'a write does not end'
    [[ "${stderr}" != *'   at '* && "${stderr}" != *nhandled* && "${stderr}" != *verflow* && "${status}" -lt 128 ]] || fail "condafuse ${command}"
  done
  cf alice unmount "$(home_of alice)/seen"
  cf alice unmount "${archive}"
}

# odd KIND PATH
odd() {
  case "$1" in
    fifo) mkfifo -m 666 "$2" ;;
    sparse) truncate -s 3T "$2" ;;
    folder) mkdir -m 777 "$2" ;;
    socket) /usr/bin/python3 -c 'import os, socket, sys; os.chdir(os.path.dirname(sys.argv[1])); socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))' "$2" ;;
    device) mknod -m 666 "$2" c 1 5 ;;
  esac
}

odd_in_changes() {
  local kind="$1" owner name with_journal
  for owner in mallory alice; do
    for name in lease writer 00000001.journal 00000001.data; do
      rm -rf "${stage}"/open/*
      plain_archive alice "${stage}/open/plain.squashfs"
      with=(CONDA_FUSE_ARCHIVE_PATH="${stage}/open")
      as "${owner}" mkdir -m 755 "${stage}/open/plain.changes"
      odd "${kind}" "${stage}/open/plain.changes/${name}"
      chown -h "$(user "${owner}")" "${stage}/open/plain.changes/${name}"
      all_end "${stage}/open/plain.squashfs"
    done
  done
  rm -rf "${stage}"/open/*
}

@test "A6 a fifo as lease, lock, journal or data stops no command" {
  odd_in_changes fifo
}

@test "A6 a file of 3 TB as lease, lock, journal or data stops no command" {
  odd_in_changes sparse
}

@test "A6 a folder as lease, lock, journal or data stops no command" {
  odd_in_changes folder
}

@test "A6 a fifo, a file of 3 TB, a socket, a folder or a device in place of the changes or of the archive stops no command" {
  local kind
  with=(CONDA_FUSE_ARCHIVE_PATH="${stage}/open")
  for kind in fifo sparse socket folder device; do
    rm -rf "${stage}"/open/*
    plain_archive alice "${stage}/open/plain.squashfs"
    [[ "${kind}" == folder ]] || {
      odd "${kind}" "${stage}/open/plain.changes"
      all_end "${stage}/open/plain.squashfs"
    }
    rm -rf "${stage}"/open/*
    odd "${kind}" "${stage}/open/plain.squashfs"
    all_end "${stage}/open/plain.squashfs"
    mv "${stage}/open/plain.squashfs" "${stage}/open/plain.zip"
    all_end plain
  done
  rm -rf "${stage}"/open/*
}
