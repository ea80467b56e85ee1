#!/usr/bin/env bats
# A packed environment shown by the kernel, squashfuse, unsquashfs, our mount and our extract equals the original tree.

load helpers

export shared="${CONDAFUSE_TEST_ROOT:-}/readers"

setup_file() {
  bats_require_minimum_version 1.5.0
  local BATS_TEST_TMPDIR="${BATS_FILE_TMPDIR}"
  setup
  mkdir -p "${shared}"
  in_environment "${base}/bin/conda" create -y -q -p "${shared}/source" python numpy
  # Kinds of entries that the test packages lack.
  ln "${shared}/source/bin/python3.11" "${shared}/source/bin/a hard link"
  ln -s "nowhere/ñ" "${shared}/source/dangling"
  mkfifo "${shared}/source/fifo"
  mkdir -m 1777 "${shared}/source/sticky"
  # Only root's unsquashfs sets set-id bits.
  install -m "$([[ "${EUID}" -eq 0 ]] && echo 4755 || echo 711)" /dev/null "${shared}/source/odd-mode"
  touch -d '1970-01-01 00:00:01 UTC' "${shared}/source/old"
  "${CONDAFUSE_BIN}" pack "${shared}/source" -o "${shared}/image.squashfs"
  digest "${shared}/source" >"${shared}/expected"
}

digest() {
  /usr/bin/python3 "${BATS_TEST_DIRNAME}/tree_digest.py" "$1"
}

expect_same_tree() {
  diff "${shared}/expected" <(digest "$1") | head -n 20 || true
  [[ "$(sha256sum <"${shared}/expected")" == "$(digest "$1" | sha256sum)" ]]
}

@test "the expectation itself holds files, links, modes and times" {
  [[ "$(wc -l <"${shared}/expected")" -gt 1500 ]]
  grep -q "^'bin/python3.11' 0o100755 .* 'bin/a hard link'$" "${shared}/expected"
  grep -Eq "^'odd-mode' 0o10(4755|0711) " "${shared}/expected"
}

@test "our mount" {
  in_environment "${CONDAFUSE_BIN}" mount "${shared}/image.squashfs" "${home}/mnt"
  expect_same_tree "${home}/mnt"
  in_environment "${CONDAFUSE_BIN}" unmount "${home}/mnt"
}

@test "our extract" {
  local options=()
  [[ "$(id -u)" -ne 0 ]] || options=(--preserve-special)
  "${CONDAFUSE_BIN}" extract "${options[@]}" "${shared}/image.squashfs" "${home}/out"
  expect_same_tree "${home}/out"
}

@test "unsquashfs" {
  unsquashfs -quiet -no-progress -d "${home}/out" "${shared}/image.squashfs"
  expect_same_tree "${home}/out"
}

@test "squashfuse" {
  mkdir "${home}/mnt"
  squashfuse_ll "${shared}/image.squashfs" "${home}/mnt"
  expect_same_tree "${home}/mnt" || {
    fusermount3 -u "${home}/mnt"
    return 1
  }
  fusermount3 -u "${home}/mnt"
}

@test "the kernel, where root may mount" {
  # Ordinary users have the other four readers.
  [[ "${EUID}" -eq 0 ]] || skip 'only root may mount images with the kernel'
  mkdir "${home}/mnt"
  mount -t squashfs -o loop,ro "${shared}/image.squashfs" "${home}/mnt"
  expect_same_tree "${home}/mnt" || {
    umount "${home}/mnt"
    return 1
  }
  umount "${home}/mnt"
}

@test "7z finds nothing wrong" {
  7z t "${shared}/image.squashfs" >"${home}/said" || fail "$(<"${home}/said")"
}
