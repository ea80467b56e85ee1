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

@test "init takes at most 220 page faults" {
  local shell faults
  for shell in "${shells[@]}"; do
    faults="$(page_faults "${CONDAFUSE_BIN}" init "${shell}")"
    echo "init ${shell}: ${faults}"
    ((faults <= 220))
  done
}

# Not `list` alone, which also looks at what else is mounted on the machine.
@test "paths takes at most 310 page faults, and listing the names of environments 340" {
  local faults
  faults="$(HOME="${home}" page_faults "${CONDAFUSE_BIN}" paths)"
  echo "paths: ${faults}"
  ((faults <= 310))
  small_environment
  faults="$(HOME="${home}" page_faults "${CONDAFUSE_BIN}" list --names)"
  echo "list --names: ${faults}"
  ((faults <= 340))
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

@test "mount takes at most 100 page faults in the process that the shell waits for, unmount 400" {
  local faults
  small_environment
  faults="$(
    in_environment /usr/bin/python3 -I -S - "${CONDAFUSE_BIN}" <<'PY'
import os, sys
null = os.open("/dev/null", os.O_RDWR)
for words in (["mount", "small"], ["unmount", "small"]):
    pid = os.posix_spawn(sys.argv[1], [sys.argv[1], *words], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1)])
    _, status, used = os.wait4(pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{words} failed")
    print(used.ru_minflt)
PY
  )"
  echo "mount and unmount: ${faults}"
  ((${faults%$'\n'*} <= 100 && ${faults#*$'\n'} <= 400))
}

@test "mount: the process of the command becomes a server without its session, descriptors and folder" {
  local server
  small_environment
  echo >"${home}/appended"
  run --separate-stderr in_environment bash -c 'cd "$2" && exec "$1" mount small 9<"$2/appended"' _ "${CONDAFUSE_BIN}" "${home}"
  expect_status 0
  expect_in_output "Mounted ${archives}/small.squashfs at ${mounts}/small"
  server="$(server_at "${mounts}/small")"
  [[ "$(ps -o sid= -p "${server}" | tr -d ' ')" == "${server}" ]] || fail 'it is in the session of its caller'
  [[ "$(readlink "/proc/${server}/cwd")" == / ]] || fail 'it stays in a folder'
  [[ "$(readlink "/proc/${server}/fd/0")" == /dev/null ]] || fail 'its input'
  [[ "$(readlink "/proc/${server}/fd/1")" == *.log && "$(readlink "/proc/${server}/fd/2")" == *.log ]] || fail 'its output'
  ! find "/proc/${server}/fd" -lname '*/appended' | grep . || fail 'it has an inherited descriptor'
  ! grep -q '^Umask:.*0022' "/proc/${server}/status" || fail 'its umask'
  [[ "$(servers)" == "${server}" ]] || fail 'there is another process'
  unmount small
}

@test "mount: what fails after the mount answers leaves it mounted, in the foreground it is unmounted" {
  small_environment
  run --separate-stderr in_environment bash -c 'exec "$1" mount small >/dev/full' _ "${CONDAFUSE_BIN}"
  expect_status 1
  [[ "${stderr}" == *'standard output'* ]]
  mountpoint -q "${mounts}/small" || fail 'it is not mounted'
  unmount small
  run --separate-stderr in_environment timeout 60 bash -c 'exec "$1" mount small --foreground >/dev/full' _ "${CONDAFUSE_BIN}"
  expect_status 1
  [[ "${stderr}" == *'standard output'* ]]
  ! mountpoint -q "${mounts}/small" || fail 'it is still mounted'
  [[ -z "$(servers)" ]] || fail 'it still runs'
  rmdir "${mounts}/small"
}

@test "mount: the exit code is right where SIGCHLD is ignored, and new files have the umask of the session" {
  run --separate-stderr in_environment bash -c 'trap "" CHLD; exec "$1" mount nothing-of-this-name' _ "${CONDAFUSE_BIN}"
  expect_status 3
  small_environment
  rm -rf "${home}/.conda"
  run --separate-stderr in_environment bash -c 'umask 022; trap "" CHLD; exec "$1" mount small' _ "${CONDAFUSE_BIN}"
  expect_status 0
  [[ "$(stat -c %a "${home}/.conda/environments.txt")" == 644 ]] || fail 'its list of environments'
  unmount small
}

@test "a mount whose command is killed before it is done is taken back" {
  local command code=0
  [[ "${EUID}" -ne 0 ]] || skip 'root mounts without fusermount3'
  small_environment
  mkdir "${home}/slow"
  cat >"${home}/slow/fusermount3" <<'SCRIPT'
#!/bin/sh
if [ "$1" != -u ]; then
  : >"${HOME}/mounting"
  until [ -e "${HOME}/killed" ]; do sleep 0.02; done
fi
exec /usr/bin/fusermount3 "$@"
SCRIPT
  chmod +x "${home}/slow/fusermount3"
  (exec env -i "${environment[@]}" PATH="${home}/slow:/usr/bin:/bin" "${CONDAFUSE_BIN}" mount small 3>&-) &
  command=$!
  eventually exists "${home}/mounting"
  kill -KILL "${command}"
  wait "${command}" || code=$?
  [[ "${code}" -eq 137 ]] || fail "it ended with ${code}"
  touch "${home}/killed"
  all_ended
  [[ -z "$(mounted_below "${home}")" ]] || fail 'it is mounted'
  rmdir "${mounts}/small"
}
