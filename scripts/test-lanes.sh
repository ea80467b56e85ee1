# shellcheck shell=bash disable=SC2030,SC2031,SC2119,SC2120,SC2154
# Runs kinds of tests in parallel; each report is printed as a whole at its end. Needs scripts/test-counts.sh, and a folder `work`.

declare -gA lane_pids=() # by name

# start_lane NAME COMMAND...: in the background and in a new process group; with CONDAFUSE_TEST_LANES=1, after the previous one has ended.
start_lane() {
  local name=$1
  shift
  set -m
  (
    set +m
    trap - EXIT INT TERM
    passed=0 failed=0 skipped=0
    "$@"
    printf '%d %d %d\n' "${passed}" "${failed}" "${skipped}" >"${work}/lane-${name}.counts"
  ) >"${work}/lane-${name}.log" 2>&1 </dev/null &
  lane_pids[${name}]=$!
  set +m
  [[ ${CONDAFUSE_TEST_LANES:-} != 1 ]] || finish_lanes
}

# finish_lanes [NAME...]: waits until these lanes have ended, or all, and adds up their counts. A lane without a count counts as failed.
finish_lanes() {
  local name pid numbers awaited=("$@")
  (($# > 0)) || awaited=("${!lane_pids[@]}")
  while lanes_run "${awaited[@]}"; do
    wait -n -p pid "${lane_pids[@]}" || true
    for name in "${!lane_pids[@]}"; do
      [[ ${lane_pids[${name}]} == "${pid}" ]] || continue
      unset "lane_pids[${name}]"
      cat -- "${work}/lane-${name}.log"
      if read -r -a numbers 2>/dev/null <"${work}/lane-${name}.counts"; then
        passed=$((passed + numbers[0])) failed=$((failed + numbers[1])) skipped=$((skipped + numbers[2]))
      else
        count "${name}: did not end well" 0 1
      fi
    done
  done
}

# lanes_run NAME...: whether any of these lanes has not been waited for.
lanes_run() {
  local name
  for name; do
    [[ -z ${lane_pids[${name}]:-} ]] || return 0
  done
  return 1
}

# end_lanes: ends the lanes that are still running.
end_lanes() {
  local name
  for name in "${!lane_pids[@]}"; do
    kill -TERM -- "-${lane_pids[${name}]}" 2>/dev/null || true
    cat -- "${work}/lane-${name}.log" 2>/dev/null || true
  done
}
