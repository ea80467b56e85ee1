#!/usr/bin/env bats
# Tests that run in parallel: no counts or output are lost, and the longest tests are named.

setup() {
  source "${BATS_TEST_DIRNAME}/../../scripts/test-counts.sh"
  source "${BATS_TEST_DIRNAME}/../../scripts/test-lanes.sh"
  work=${BATS_TEST_TMPDIR}
}

# A lane that waits until the other lanes have started, which proves that they run in parallel.
meeting() {
  : >"${work}/$1.here"
  until [[ -e ${work}/one.here && -e ${work}/two.here ]]; do sleep 0.01; done
  echo "report of $1"
  count "$1" "$2" "$3" "$4" >/dev/null
}

@test "lanes run in parallel, and their counts add up" {
  start_lane one meeting one 3 1 2
  start_lane two meeting two 4 0 1
  finish_lanes >"${work}/printed"
  [ "${passed} ${failed} ${skipped}" = '7 1 3' ]
  grep -q 'report of one' "${work}/printed"
  grep -q 'report of two' "${work}/printed"
}

@test "waiting for some lanes leaves the others running" {
  waits() {
    until [[ -e ${work}/go ]]; do sleep 0.01; done
    count waits 5 0 0 >/dev/null
  }
  counts() { count counts 2 0 0 >/dev/null; }
  start_lane long waits
  start_lane short counts
  finish_lanes short never-started
  [ "${passed} ${failed}" = '2 0' ]
  : >"${work}/go"
  finish_lanes
  [ "${passed} ${failed}" = '7 0' ]
}

@test "an aborted lane counts as failed" {
  breaks() { exit 3; }
  start_lane one breaks
  finish_lanes
  [ "${passed} ${failed}" = '0 1' ]
}

@test "ending lanes ends their children too" {
  waits() {
    sleep 300 &
    echo $! >"${work}/child"
    wait
  }
  start_lane one waits
  until [[ -s ${work}/child ]]; do sleep 0.01; done
  end_lanes
  for _ in {1..100}; do
    kill -0 "$(<"${work}/child")" 2>/dev/null || return 0
    sleep 0.05
  done
  false
}

@test "with one lane, one after the other" {
  CONDAFUSE_TEST_LANES=1
  first() { echo first >>"${work}/order"; }
  second() { echo second >>"${work}/order"; }
  start_lane one first
  start_lane two second
  finish_lanes
  [ "$(cat "${work}/order")" = $'first\nsecond' ]
}

@test "the longest tests are named, over bats and dotnet" {
  printf '1..2\nok 1 quick in 12ms\nnot ok 2 slow, in parts in 83012ms\nok 3 none in 1ms # skip no fuse\n' >"${work}/report.tap"
  durations_tap 'end to end' "${work}/report.tap" >"${work}/a.durations"
  printf '<UnitTestResult executionId="x" testName="Room.Tests.Says(text: &quot;a&quot;)" computerName="c" duration="00:01:02.5000000" outcome="Passed" />\n' >"${work}/report.trx"
  durations_trx "${work}/report.trx" >"${work}/b.durations"
  [ "$(print_longest 2 "${work}"/*.durations)" = 'The longest 2 tests:
   83.0 s  end to end: slow, in parts
   62.5 s  unit: Room.Tests.Says(text: "a")' ]
}

@test "the tests that failed are named, over bats and dotnet" {
  printf '1..2\nok 1 quick in 12ms\nnot ok 2 slow, in parts in 83012ms\n# not ok either\nnot ok 3 setup_file failed\n' >"${work}/report.tap"
  [ "$(failed_tap 'end to end' "${work}/report.tap")" = $'failed: end to end: slow, in parts\nfailed: end to end: setup_file failed' ]
  printf '<UnitTestResult executionId="x" testName="%s" computerName="c" outcome="%s">
    <Output><ErrorInfo>
      <Message>%s
second line</Message>
    </ErrorInfo></Output>
  </UnitTestResult>\n' \
    'Room.Tests.Says(text: &quot;a&quot;)' Failed 'open: denied' 'Room.Tests.Other' NotExecuted 'only root' >"${work}/report.trx"
  [ "$(failed_trx "${work}/report.trx")" = $'failed: unit: Room.Tests.Says(text: "a")\n  open: denied' ]
}

@test "naming the longest of very many tests does not fail" {
  seq 1 200000 | sed 's/$/\ta test/' >"${work}/many.durations"
  run bash -o pipefail -ec "$(declare -f print_longest); print_longest 1 '${work}/many.durations'"
  [ "${status}" -eq 0 ]
  [ "${lines[1]}" = "200000.0 s  a test" ]
}

@test "skipped tests are reported with their reason" {
  printf 'ok 1 a in 1ms # skip no fuse\nok 2 b in 3ms\nok 3 c # skip no fuse\nok 4 d in 2ms # skip only as root\n' >"${work}/report"
  run skipped_tap "${work}/report"
  [ "${output}" = $'skipped: 2, no fuse\nskipped: 1, only as root' ]
}
