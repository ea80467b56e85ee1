#!/usr/bin/env bats
# Runs last: checks for leftovers of all earlier tests.

load helpers

@test "no mount is left" {
  [[ -z "$(mounted_below "${CONDAFUSE_TEST_ROOT}")" ]] || fail "$(mounted_below "${CONDAFUSE_TEST_ROOT}")"
}

@test "no process of condafuse is left" {
  # An automatic compaction ends without help.
  all_ended || fail "pids $(servers)"
}

@test "no mount point and no temporary file is left in any home" {
  local left
  left="$(find "${CONDAFUSE_TEST_ROOT}" -path '*/miniconda_fuse/envs/*' -prune -print -o -path '*/tmp dir/*' -print)"
  [[ -z "${left}" ]] || fail "${left}"
}
