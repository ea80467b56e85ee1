#!/usr/bin/env bats
# A mounted environment is an ordinary directory for programs that write in it.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

@test "a mounted environment behaves as programs expect of a directory, and reports unsupported operations" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  POSIX_CONTRACT_OF_MOUNT=1 timeout 120 /usr/bin/python3 -B "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/posix_contract.py" "${prefix}"
  unmount small
}

@test "a remount and a commit preserve the tree: inode numbers, links, owners, holes, every time to the nanosecond" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  (
    cd "${prefix}"
    mkdir -p new/deep/deeper
    echo one >new/one
    ln new/one new/deep/two
    ln -s ../one new/deep/symlink
    mkfifo new/fifo
    truncate -s 10M new/sparse
    echo middle | dd of=new/sparse bs=1 seek=5000000 conv=notrunc status=none
    touch -d '2001-02-03 04:05:06.789012345' new/one
    setfattr -n user.colour -v blue new/one
    mv bin/greeting new/deep/deeper/tool
    mv bin new/moved
    chmod 700 new/moved
  )
  digest() { timeout 60 /usr/bin/python3 -B "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/exact_digest.py" "$@"; }
  digest "${prefix}" >"${home}/before"
  digest --committed "${prefix}" >"${home}/before-commit"
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit small
  prefix="$(prefix_of small)"
  digest "${prefix}" >"${home}/after"
  diff "${home}/before" "${home}/after"
  [[ "$(wc -l <"${home}/before")" -gt 10 ]]
  unmount small
  prefix="$(prefix_of small)"
  digest --committed "${prefix}" >"${home}/after-commit"
  diff "${home}/before-commit" "${home}/after-commit"
  unmount small
}
