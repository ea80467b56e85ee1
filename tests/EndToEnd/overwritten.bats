#!/usr/bin/env bats
# An archive overwritten in place while it is mounted, as by cp: reads return the right content or EIO, and nothing is written into the new file.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# Environment $1 with 500 small files of 10 KB, more than a server caches; their checksums are in "${home}/sums".
filled() {
  local prefix
  small_environment "$1"
  prefix="$(prefix_of "$1")"
  /usr/bin/python3 - "${prefix}/files" <<'PYTHON'
import os, random, sys
os.mkdir(sys.argv[1])
for number in range(500):
    with open(f"{sys.argv[1]}/{number:03}", "wb") as file:
        file.write(random.randbytes(10_000))
PYTHON
  (cd "${prefix}/files" && sha256sum -- *) >"${home}/sums"
  unmount "$1"
}

# Reads all files of environment $1: the content is right, or the read fails with EIO. Prints the number of failures.
refused() {
  /usr/bin/python3 - "${mounts}/$1/$1/files" "${home}/sums" <<'PYTHON'
import errno, hashlib, sys
refused = 0
for line in open(sys.argv[2]):
    digest, name = line.split()
    try:
        with open(f"{sys.argv[1]}/{name}", "rb") as file:
            assert hashlib.sha256(file.read()).hexdigest() == digest, f"garbage in {name}"
    except OSError as error:
        assert error.errno == errno.EIO, error
        refused += 1
print(refused)
PYTHON
}

# How often the server reported it in log $1; the prefetcher, which may be running then, writes to the same log.
reports_in() {
  grep -v ' read ahead: ' "$1" | grep -c 'was overwritten while it was in use' || true
}

# Overwrites the mounted archive $2 of environment $1 with $3, reads all files, and unmounts: the copied file is unchanged.
overwritten_by() {
  local archive="$2" other="$3" log count lines
  prefix_of "$1" >/dev/null
  log="$(log_of "${mounts}/$1")"
  lines="$(reports_in "${log}")"
  head -c 1 "${mounts}/$1/$1/files/000" >/dev/null
  cp "${other}" "${archive}"
  count="$(refused "$1")"
  [[ "${count}" -gt 0 ]] || fail "nothing was refused after cp ${other}"
  [[ "$(reports_in "${log}")" == $((lines + 1)) ]] || fail "one line in the log: $(cat "${log}")"
  helper unmount "$1"
  expect_status 0
  cmp "${other}" "${archive}" || fail 'the file that was copied was changed'
}

@test "reads of an overwritten archive get EIO, never garbage: same size, smaller, larger, no archive" {
  local archive="${archives}/work.squashfs" size
  filled work
  cp "${archive}" "${home}/kept"
  size="$(stat -c %s "${archive}")"
  small_environment other
  cp "${archives}/other.squashfs" "${home}/smaller"
  cp "${archives}/other.squashfs" "${home}/same"
  truncate -s "${size}" "${home}/same"
  cp "${archives}/other.squashfs" "${home}/larger"
  truncate -s $((size * 2)) "${home}/larger"
  head -c "${size}" /dev/zero >"${home}/zeros"
  local other
  for other in same smaller larger zeros; do
    cp "${home}/kept" "${archive}"
    overwritten_by work "${archive}" "${home}/${other}"
  done
}

@test "reads of an overwritten zip archive, and of another tool's image, get EIO too" {
  filled work
  local tree="${home}/unpacked"
  unpack "${archives}/work.squashfs" "${tree}"
  small_environment other
  helper convert work --to zip --yes
  expect_status 0
  overwritten_by work "${archives}/work.zip" "${archives}/other.squashfs"
  rm "${archives}/work.zip"
  mksquashfs "${tree}" "${archives}/work.squashfs" -quiet -no-progress -comp zstd
  overwritten_by work "${archives}/work.squashfs" "${archives}/other.squashfs"
}

@test "an earlier state copied over the archive causes EIO; after copying the current one back, it can be read again" {
  local archive="${archives}/work.squashfs"
  filled work
  cp "${archive}" "${home}/second"
  echo more >"$(prefix_of work)/more"
  unmount work
  cp "${archive}" "${home}/third"
  prefix_of work >/dev/null
  cp "${home}/second" "${archive}"
  [[ "$(refused work)" -gt 0 ]]
  cp "${home}/third" "${archive}"
  [[ "$(refused work)" == 0 ]]
  unmount work
}

@test "a commit by another process does not damage the mount" {
  local archive="${archives}/work.squashfs"
  filled work
  prefix_of work >/dev/null
  mkdir "${home}/elsewhere"
  cp "${archive}" "${home}/elsewhere/"
  (
    environment+=(CONDA_FUSE_ARCHIVE_PATH="${home}/elsewhere" CONDA_FUSE_MOUNT_ROOT="${home}/elsewhere/mounts")
    echo more >"$(in_environment "${CONDAFUSE_BIN}" mount --print-prefix work)/more"
    in_environment "${CONDAFUSE_BIN}" unmount work
  )
  # Writes the appended generation in place as another host's commit does: first after the end, the superblock last.
  dd if="${home}/elsewhere/work.squashfs" of="${archive}" bs=4096 skip=1 seek=1 conv=notrunc status=none
  [[ "$(head -c 10000 "${mounts}/work/work/files/000" | sha256sum | cut -d ' ' -f 1)" == "$(head -n 1 "${home}/sums" | cut -d ' ' -f 1)" ]]
  dd if="${home}/elsewhere/work.squashfs" of="${archive}" bs=4096 count=1 conv=notrunc status=none
  [[ "$(refused work)" == 0 ]]
  run ! grep 'was overwritten' "$(log_of "${mounts}/work")"
  unmount work
  [[ "$(generation_of work)" == 3 ]]
}

@test "changes of a mount are not committed into another archive, and stay" {
  local archive="${archives}/work.squashfs"
  filled work
  cp "${archive}" "${home}/kept"
  small_environment other
  echo mine >"$(prefix_of work)/note"
  cp "${archives}/other.squashfs" "${archive}"
  helper unmount work
  [[ "${status}" != 0 ]] || fail 'nothing could be committed'
  cmp "${archives}/other.squashfs" "${archive}" || fail 'the other archive was changed'
  helper unmount --no-commit work
  expect_status 0
  cmp "${archives}/other.squashfs" "${archive}" || fail 'the other archive was changed'
  # The changes fit the archive that they were made for.
  cp "${home}/kept" "${archive}"
  [[ "$(cat "$(prefix_of work)/note")" == mine ]]
  unmount work
  [[ "$(generation_of work)" == 3 ]]
}
