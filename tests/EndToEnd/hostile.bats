#!/usr/bin/env bats
# Hostile images, and programs in a mount, cause limited use of processor time and memory: less than 5 s and 256 MB, and half a second to stop.

load helpers

# Creates image $1 of hostile.py and runs each following condafuse command on it, within the limits.
bounded() {
  local case="$1" command
  /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/hostile.py" make "${case}" "${home}/${case}.img"
  shift
  for command in "$@"; do
    rm -rf "${home}/out"
    # shellcheck disable=SC2086 # a command may have arguments
    in_environment /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/hostile.py" run 5 256 "${CONDAFUSE_BIN}" ${command/IMAGE/./${case}.img}
  done
}

# Peak and current memory of the server of environment $1, in MB.
memory_of() {
  local pid
  pid=$(in_environment "${CONDAFUSE_BIN}" list --json | /usr/bin/python3 -c "import json, sys
print(next(e['serverPid'] for e in json.load(sys.stdin)['environments'] if e['name'] == sys.argv[1] and e['archive'].startswith(sys.argv[2])))" "$1" "${archives}")
  awk '/VmHWM/ { peak = $2 } /VmRSS/ { now = $2 } END { print int(peak / 1024), int(now / 1024) }' "/proc/${pid}/status"
}

# Waits until the server of environment $1 uses at most $2 MB.
falls_back() {
  local now try
  for try in {1..40}; do
    read -r _ now < <(memory_of "$1")
    [[ "${now}" -gt "$2" ]] || return 0
    sleep 0.5
  done
  fail "the server still holds ${now} MB"
}

@test "a false number of inodes" {
  cd "${home}"
  bounded inodes 'verify IMAGE' 'extract IMAGE out' 'info IMAGE'
}

@test "65536 extended attributes of one file" {
  cd "${home}"
  bounded xattrs 'verify IMAGE' 'extract IMAGE out'
}

@test "a hole of 4 TB" {
  cd "${home}"
  bounded hole 'verify IMAGE' 'extract IMAGE out'
}

@test "a zip archive of 16000 levels" {
  cd "${home}"
  bounded levels 'verify IMAGE' 'info IMAGE' 'extract IMAGE out'
}

@test "a long verification stops at SIGTERM" {
  cd "${home}"
  /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/hostile.py" make shared shared.img
  in_environment /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/hostile.py" stop 0.5 "${CONDAFUSE_BIN}" verify ./shared.img
  in_environment /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/hostile.py" stop 0.5 "${CONDAFUSE_BIN}" extract ./shared.img out
}

@test "a file doubled 21 times by copy_file_range, then overwritten" {
  small_environment
  helper mount small
  local peak
  in_environment /usr/bin/python3 - "${mounts}/small/small/doubled" <<'EOF'
import os, sys, time
began = time.monotonic()
with open(sys.argv[1], "wb+", 0) as file:
    file.write(b"x")
    for step in range(21):
        done, length = 0, 1 << step
        while done < length:
            done += os.copy_file_range(file.fileno(), file.fileno(), length - done, done, length + done)
    file.seek(0)
    assert file.read() == b"x" * (1 << 21)
    file.seek(0)
    file.write(b"y" * (1 << 21))
took = time.monotonic() - began
print(f"# {took:.2f} s", file=sys.stderr)
assert took < 5, took
EOF
  read -r peak _ < <(memory_of small)
  echo "# peak ${peak} MB" >&2
  [[ "${peak}" -lt 256 ]] || fail "the server took ${peak} MB"
  helper unmount small
  expect_status 0
}

@test "extended attributes in memory are limited, and freed when their file is gone" {
  small_environment
  helper mount small
  local peak
  in_environment /usr/bin/python3 - "${mounts}/small/small/many" <<'EOF'
import errno, os, sys
open(sys.argv[1], "w").close()
count = 0
try:
    for count in range(3000):
        os.setxattr(sys.argv[1], f"user.{count}", b"x" * 65536)
except OSError as error:
    assert error.errno == errno.ENOSPC, error
assert count > 100, count
os.unlink(sys.argv[1])
EOF
  read -r peak _ < <(memory_of small)
  echo "# peak ${peak} MB" >&2
  [[ "${peak}" -lt 256 ]] || fail "the server took ${peak} MB"
  falls_back small 45
  helper unmount small
  expect_status 0
}

@test "the memory of a commit of many files is freed" {
  small_environment
  helper mount small
  in_environment /usr/bin/python3 - "${mounts}/small/small/many" <<'EOF'
import os, sys
os.mkdir(sys.argv[1])
os.chdir(sys.argv[1])
for number in range(20000):
    os.close(os.open(f"file-{number}", os.O_CREAT | os.O_WRONLY))
EOF
  helper commit small
  expect_status 0
  falls_back small 45
  helper unmount small
  expect_status 0
}

@test "a symlink with the name of a temporary file of convert is not followed" {
  small_environment
  echo precious >"${home}/victim"
  ln -s "${home}/victim" "${archives}/small.squashfs.converted.partial"
  helper convert small --to zip --yes
  expect_status 0
  [[ "$(cat "${home}/victim")" == precious ]] || fail 'the symlink was followed'
  [[ -f "${archives}/small.zip" && ! -L "${archives}/small.zip" ]]
}

@test "extract drops set-user-ID bits, devices and privileged attributes, unless root requests them" {
  mkdir -p "${home}/tree"
  echo program >"${home}/tree/su"
  chmod 6755 "${home}/tree/su"
  if [[ "$(id -u)" -eq 0 ]]; then
    mknod "${home}/tree/null" c 1 3
    setfattr -n trusted.x -v 1 "${home}/tree/su" 2>/dev/null || /usr/bin/python3 -c 'import os, sys; os.setxattr(sys.argv[1], "trusted.x", b"1")' "${home}/tree/su"
  fi
  helper pack -q "${home}/tree" -o "${home}/tree.squashfs"
  expect_status 0
  helper extract "${home}/tree.squashfs" "${home}/plain"
  expect_status 0
  expect_in_stderr 'Set-user-ID'
  [[ "$(stat -c %a "${home}/plain/su")" == 755 && ! -e "${home}/plain/null" ]] || fail 'something was kept'
  helper extract --preserve-special "${home}/tree.squashfs" "${home}/special"
  if [[ "$(id -u)" -eq 0 ]]; then
    expect_status 0
    [[ "$(stat -c %a "${home}/special/su")" == 6755 && -c "${home}/special/null" ]] || fail 'something was dropped'
    [[ "$(/usr/bin/python3 -c 'import os, sys; print(os.listxattr(sys.argv[1]))' "${home}/plain/su")" == '[]' ]] || fail 'an attribute was kept'
  else
    [[ "${status}" -ne 0 && ! -e "${home}/special" ]] || fail 'an ordinary user asked for it'
  fi
}
