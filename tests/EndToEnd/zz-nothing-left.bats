#!/usr/bin/env bats
# Runs last: what all the tests before have left behind.

load helpers

@test "no mount is left" {
  [[ -z "$(mounted_below "${CONDAFUSE_TEST_ROOT}")" ]] || fail "$(mounted_below "${CONDAFUSE_TEST_ROOT}")"
}

@test "no process of condafuse is left" {
  # A compaction that began by itself ends by itself.
  for _ in {1..100}; do
    [[ -n "$(servers)" ]] || break
    sleep 0.1
  done
  [[ -z "$(servers)" ]] || fail "pids $(servers)"
}

@test "no mount point and no temporary file is left in any home" {
  local left
  left="$(find "${CONDAFUSE_TEST_ROOT}" -path '*/miniconda_fuse/envs/*' -prune -print -o -path '*/tmp dir/*' -print)"
  [[ -z "${left}" ]] || fail "${left}"
}
