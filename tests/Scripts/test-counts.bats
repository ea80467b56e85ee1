#!/usr/bin/env bats
# The totals at the end of test.sh: no failure is lost.

setup() {
  set -o pipefail
  source "${BATS_TEST_DIRNAME}/../../scripts/test-counts.sh"
  report=${BATS_TEST_TMPDIR}/report
}

# sums COMMAND...: the totals added by a count.
sums() {
  "$@" >/dev/null
  [ "${passed} ${failed} ${skipped}" = "${expected}" ] || {
    echo "got ${passed} ${failed} ${skipped}, not ${expected}"
    return 1
  }
}

@test "bats: passed, failed, skipped, and planned but never run" {
  printf '1..5\nok 1 a\nnot ok 2 b\n# why\nok 3 c # skip no fuse\nok 4 d\n' >"${report}"
  expected='2 2 1' sums count_tap x 1 "${report}"
}

@test "bats: a run that was stopped says how far it came" {
  printf '1..3\nok 1 a in 5ms\nnot ok 2 b in 6ms\n# why\n' >"${report}"
  [ "$(unfinished_tap x "${report}")" = 'x: 2 of 3 tests have a result; the last: not ok 2 b in 6ms' ]
  printf '1..1\nok 1 a in 5ms\n' >"${report}"
  [ -z "$(unfinished_tap x "${report}")" ]
}

@test "bats: a run that aborts before its first test counts as failed" {
  printf 'syntax error\n' >"${report}"
  expected='0 1 0' sums count_tap x 1 "${report}"
}

@test "dotnet: sums over the reports" {
  printf '<Counters total="3" executed="2" passed="2" failed="0" error="0"/>\n' >"${report}.1"
  printf '<Counters total="4" executed="4" passed="3" failed="1" error="0"/>\n' >"${report}.2"
  expected='5 1 1' sums count_trx x 1 "${report}.1" "${report}.2"
}

@test "dotnet: a failed build counts as failed" {
  expected='0 1 0' sums count_trx x 1
}

@test "dotnet: a project that did not build is reported beside those that passed" {
  printf '<Counters total="3" executed="3" passed="3" failed="0" error="0"/>\n' >"${report}"
  expected='3 1 0' sums count_trx x 1 "${report}"
}

@test "unittest: passed, failed, errors and skipped" {
  printf 'Ran 10 tests in 1.2s\n\nFAILED (failures=1, errors=2, skipped=3)\n' >"${report}"
  expected='4 3 3' sums count_unittest x 1 "${report}"
}

@test "unittest: all passed" {
  printf 'Ran 10 tests in 1.2s\n\nOK (skipped=2)\n' >"${report}"
  expected='8 0 2' sums count_unittest x 0 "${report}"
}

@test "unittest: an aborted run counts as failed" {
  printf 'ModuleNotFoundError\n' >"${report}"
  expected='0 1 0' sums count_unittest x 1 "${report}"
}
