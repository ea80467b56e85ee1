#!/usr/bin/env bats
# The cost of starting the program, in page faults and threads, which do not depend on the machine's load.

load helpers

# The page faults of "$@", whose input and output are ignored; the minimum of five runs.
page_faults() {
  /usr/bin/python3 -I -S - "$@" <<'PY'
import os, sys
null = os.open("/dev/null", os.O_RDWR)
def faults():
    pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)])
    _, status, used = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{sys.argv[1:]} failed")
    return used.ru_minflt
print(min(faults() for _ in range(5)))
PY
}

@test "init takes at most 250 page faults" {
  local shell faults
  for shell in "${shells[@]}"; do
    faults="$(page_faults "${CONDAFUSE_BIN}" init "${shell}")"
    echo "init ${shell}: ${faults}"
    ((faults <= 250))
  done
}

@test "a command that prints a line takes at most 430 page faults" {
  local faults
  faults="$(HOME="${home}" page_faults "${CONDAFUSE_BIN}" list)"
  echo "list: ${faults}"
  ((faults <= 430))
}

@test "standard output and standard error in one file are in the order of writing" {
  in_environment "${CONDAFUSE_BIN}" list >"${home}/appended" 2>&1
  in_environment "${CONDAFUSE_BIN}" mount nothing-of-this-name >>"${home}/appended" 2>&1 || true
  [[ "$(head -n 1 "${home}/appended")" == 'No environments in '* ]]
  [[ "$(tail -n 2 "${home}/appended" | cut -d : -f 1)" == $'condafuse\nhint' ]]
}

@test "a reader that closes the pipe ends the output quietly" {
  run --separate-stderr bash -c 'set -o pipefail; "$1" init bash | :' _ "${CONDAFUSE_BIN}"
  expect_status 0
  [[ -z "${stderr}" ]]
}

@test "a full disk is reported and ends with 1" {
  run --separate-stderr bash -c '"$1" init bash >/dev/full' _ "${CONDAFUSE_BIN}"
  expect_status 1
  [[ "${stderr}" == *'standard output'* ]]
}
