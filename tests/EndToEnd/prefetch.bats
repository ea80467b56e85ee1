#!/usr/bin/env bats
# The first-used parts of an archive are prefetched on later mounts (docs/decisions/0015-reading-ahead.md).

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# The log of prefetches so far, one line per mount.
read_ahead() {
  cat "$(log_of "${home}/mnt")" "$(log_of "${mounts}/work")" 2>/dev/null | grep 'read ahead:' || true
}

was_prefetched() {
  [[ -n "$(read_ahead | sed -n "$1p")" ]]
}

# Waits until mount number $1 was prefetched, and prints the number of files.
files_ahead() {
  local line
  eventually was_prefetched "$1"
  line="$(read_ahead | sed -n "$1p")"
  [[ "${line}" =~ ahead:\ ([0-9]+)\ files ]] || fail "nothing was read ahead"
  echo "${BASH_REMATCH[1]}"
}

# Beside that of a zip archive is the list of the archive's own parts, NAME.archive.
lists() {
  find "${home}/.cache/condafuse/first-use" -type f ! -name '*.archive' 2>/dev/null || true
}

# An image with 120 files of 200 kB, in no cache.
image() {
  local number
  mkdir -p "${home}/source/lib" "${home}/mnt"
  for number in {1..120}; do
    head -c 200000 /dev/urandom >"${home}/source/lib/f${number}"
  done
  in_environment "${CONDAFUSE_BIN}" pack "${home}/source" -o "${home}/image.$1" "${@:2}" >/dev/null
}

mount_image() {
  in_environment "${CONDAFUSE_BIN}" mount "${@:2}" "${home}/image.$1" "${home}/mnt" >/dev/null
}

unmount_image() {
  helper unmount "$@" "${home}/mnt"
  expect_status 0
}

@test "a later mount prefetches what an earlier one read, in both formats, read-only or not, and shows the same" {
  local format mode mount=0
  for format in squashfs zip; do
    image "${format}"
    mount_image "${format}"
    diff -r "${home}/source" "${home}/mnt"
    unmount_image
    [[ "$(read_ahead | wc -l)" == "${mount}" ]]
    for mode in '' --read-only; do
      mount_image "${format}" ${mode:+"${mode}"}
      mount=$((mount + 1))
      [[ "$(files_ahead "${mount}")" == 120 ]]
      diff -r "${home}/source" "${home}/mnt"
      unmount_image
    done
  done
  [[ "$(lists | wc -l)" == 2 && "$(find "${home}/.cache/condafuse/first-use" -name '*.archive' -size +0 | wc -l)" == 1 ]]
}

# Waits until mount number $1 was prefetched, and prints how many bytes of the archive were read for that.
archive_bytes_ahead() {
  files_ahead "$1" >/dev/null
  [[ "$(read_ahead | sed -n "$1p")" =~ and\ ([0-9]+)\ bytes\ of\ the\ archive ]] || fail "no part of the archive was read ahead"
  echo "${BASH_REMATCH[1]}"
}

@test "after compact --repack, the first mount of another user or machine prefetches what was recorded here" {
  local number
  image squashfs
  mount_image squashfs
  for number in 70 3 110 25 61; do
    cat "${home}/mnt/lib/f${number}" >/dev/null
  done
  unmount_image
  helper compact --repack --yes "${home}/image.squashfs"
  expect_status 0
  unsquashfs -no-progress -quiet -d "${home}/unpacked" "${home}/image.squashfs"
  diff -r "${home}/source" "${home}/unpacked"
  mv "${home}/.cache/condafuse" "${home}/here"

  mount_image squashfs
  cat "${home}/mnt/lib/f70" >/dev/null
  (($(archive_bytes_ahead 1) > 1000000 && $(archive_bytes_ahead 1) < 2000000))
  diff -r "${home}/source" "${home}/mnt"
  unmount_image

  # A list of this user's own takes precedence.
  rm -r "${home}/.cache/condafuse"
  mv "${home}/here" "${home}/.cache/condafuse"
  mount_image squashfs
  [[ "$(files_ahead 2)" == 5 ]]
  unmount_image
}

@test "what the command of create --try reads is stored together, and prefetched from the next mount on" {
  # shellcheck disable=SC2016 # expands in the environment
  helper create work -y -q greeting --try 'cat "$CONDA_PREFIX/share/greeting/message"'
  expect_status 0
  expect_in_output 'hello 2.0'
  grep -q 'work/share/greeting/message' "$(lists)"
  (($(files_ahead 1) > 0))
  touch "${mounts}/work/work/writable"
  unmount work

  helper create failing -y -q greeting --try 'exit 3' --json
  expect_status 0
  expect_in_stderr 'failed with exit code 3'
  unmount failing

  helper create nothing -y -q greeting --format zip --try true
  expect_status 2
  [[ ! -e "${mounts}/nothing" ]]
}

@test "compact --repack contradicts options that keep generations" {
  image squashfs
  for options in '--keep 2' --expired; do
    # shellcheck disable=SC2086 # options with their values
    helper compact --repack ${options} "${home}/image.squashfs"
    expect_status 2
    expect_in_stderr "--repack keeps the newest generation only"
  done
}

@test "with CONDA_FUSE_PREFETCH=off nothing is prefetched or recorded; an invalid value is reported in the log" {
  image squashfs
  environment+=(CONDA_FUSE_PREFETCH=off)
  mount_image squashfs
  diff -r "${home}/source" "${home}/mnt"
  unmount_image
  [[ ! -e "${home}/.cache/condafuse/first-use" ]]
  environment+=(CONDA_FUSE_PREFETCH=auto)
  mount_image squashfs
  diff -r "${home}/source" "${home}/mnt"
  unmount_image
  [[ -n "$(lists)" ]]
  environment+=(CONDA_FUSE_PREFETCH=off)
  mount_image squashfs
  unmount_image
  environment+=(CONDA_FUSE_PREFETCH=never)
  mount_image squashfs
  unmount_image
  [[ -z "$(read_ahead)" ]]
  cat "$(log_of "${home}/mnt")" | grep "CONDA_FUSE_PREFETCH is 'never'" >/dev/null
}

@test "XDG_CACHE_HOME is respected; without a writable cache everything works" {
  image squashfs
  environment+=(XDG_CACHE_HOME="${home}/somewhere else")
  mount_image squashfs
  diff -r "${home}/source" "${home}/mnt"
  unmount_image
  [[ -z "$(lists)" && -n "$(ls "${home}/somewhere else/condafuse/first-use")" ]]
  environment+=(XDG_CACHE_HOME=/dev/null)
  mount_image squashfs
  diff -r "${home}/source" "${home}/mnt"
  unmount_image
}

@test "a damaged list is ignored and replaced" {
  image squashfs
  mount_image squashfs
  diff -r "${home}/source" "${home}/mnt"
  unmount_image
  head -c 100 /dev/urandom >"$(lists)"
  mount_image squashfs
  diff -r "${home}/source" "${home}/mnt"
  unmount_image
  [[ "$(files_ahead 1)" == 0 ]]
  mount_image squashfs
  [[ "$(files_ahead 2)" == 120 ]]
  unmount_image
}

lists_two() {
  [[ "$(strings "$(lists)" | grep -c lib/)" == 2 ]]
}

@test "additional reads are added, missing files are removed" {
  image squashfs
  mount_image squashfs
  cat "${home}/mnt/lib/f7" "${home}/mnt/lib/f8" >/dev/null
  unmount_image
  mount_image squashfs
  [[ "$(files_ahead 1)" == 2 ]]
  cat "${home}/mnt/lib/f9" >/dev/null
  rm "${home}/mnt/lib/f7"
  unmount_image
  [[ "$(strings "$(lists)" | grep -c lib/)" == 3 ]]
  mount_image squashfs
  [[ "$(files_ahead 2)" == 2 ]]
  eventually lists_two
  unmount_image
}

@test "unmounting during prefetching works at once, and leaves nothing" {
  local before
  image squashfs
  mount_image squashfs
  diff -r "${home}/source" "${home}/mnt"
  unmount_image
  before="$(sha256sum "$(lists)")"
  for _ in {1..20}; do
    mount_image squashfs
    unmount_image
  done
  [[ "$(sha256sum "$(lists)")" == "${before}" ]]
  [[ -z "$(servers)" ]]
}

@test "killing a server during prefetching ends the prefetcher too" {
  local server
  image squashfs
  mount_image squashfs
  diff -r "${home}/source" "${home}/mnt"
  unmount_image
  for _ in {1..10}; do
    mount_image squashfs
    server="$(pgrep -f "condafuse mount ${home}/image.squashfs")"
    kill -9 "${server}"
    all_ended
    unmount_image
  done
}

@test "writes before, during or after prefetching are kept" {
  local round
  image squashfs
  mount_image squashfs
  diff -r "${home}/source" "${home}/mnt"
  unmount_image
  for round in {1..8}; do
    rm -rf "${home}/expected" "${home}"/image.changes "$(log_of "${home}/mnt")"
    cp -r "${home}/source" "${home}/expected"
    mount_image squashfs
    /usr/bin/python3 "${BATS_TEST_DIRNAME}/racing_writer.py" "${home}/mnt/lib" "${home}/expected/lib" "${round}"
    [[ "$(files_ahead 1)" -gt 0 ]]
    diff -r "${home}/expected" "${home}/mnt"
    unmount_image --no-commit
    mount_image squashfs --read-only
    diff -r "${home}/expected" "${home}/mnt"
    unmount_image
  done
}
