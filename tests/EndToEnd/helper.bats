#!/usr/bin/env bats
# The command condafuse itself: its output for scripts, and its errors for wrong usage.

load helpers

# Evaluates expression $1 on the JSON in $output, limited to the environments of this test's home.
json() {
  /usr/bin/python3 -c "import json, os, sys
answer = json.load(sys.stdin)
answer['environments'] = [e for e in answer.get('environments', []) if e['archive'].startswith(sys.argv[1])]
print($1)" "${archives}" <<<"${output}"
}

@test "every command has a help that ends with examples, and the exit codes have a page" {
  local command page
  helper --help
  expect_status 0
  expect_in_output 'Changes and history:'
  page="${output}"
  for command in $(sed -n '/^Options:/q; s/^  \([a-z][a-z-]*\) .*/\1/p' <<<"${page}"); do
    helper "${command}" --help
    expect_status 0
    expect_in_output "Usage: condafuse ${command}"
    expect_in_output 'Examples:'
    [[ -z "${stderr}" ]]
    page="${output}"
    helper help "${command}"
    expect_output "${page}"
  done
  helper help exit-codes
  expect_in_output '130  Interrupted'
  helper help mont
  expect_status 2
  expect_stderr $'condafuse: there is no help for \'mont\'\nhint: condafuse help mount'
}

@test "a command line error gets one sentence and a hint at the help" {
  helper
  expect_status 2
  expect_stderr $'condafuse: no command given\nhint: condafuse --help'
  helper mont x
  expect_status 2
  expect_stderr $'condafuse: there is no command \'mont\'; did you mean \'mount\'?\nhint: condafuse mount --help'
  helper mount
  expect_status 2
  expect_stderr $'condafuse: mount needs NAME\nhint: condafuse mount --help'
}

@test "list --json has all fields of a mounted and of an unmounted environment" {
  small_environment
  helper list --json
  [[ "$(json 'answer["schema"], [(e["name"], e["mounted"], e["mountPoint"], e["serverPid"]) for e in answer["environments"]]')" == "1 [('small', False, None, None)]" ]]
  in_environment "${CONDAFUSE_BIN}" mount small
  helper list --json
  [[ "$(json 'sorted(answer["environments"][0])')" == "['archive', 'bytes', 'changedFiles', 'files', 'format', 'generation', 'lastEnvironment', 'mountPoint', 'mounted', 'mountedGeneration', 'name', 'outside', 'pendingBytes', 'pendingChanges', 'prefix', 'problem', 'readOnly', 'serverPid', 'since', 'uncompressedBytes']" ]]
  [[ "$(json 'answer["environments"][0]["prefix"]')" == "${mounts}/small/small" ]]
  [[ "$(json 'answer["environments"][0]["bytes"]')" == "$(stat -c %s "${archives}/small.squashfs")" ]]
  [[ "$(json 'answer["environments"][0]["files"]')" == "$(find "${mounts}/small" | wc -l)" ]]
  [[ "$(json 'answer["environments"][0]["serverPid"]')" == "$(servers)" ]]
  in_environment "${CONDAFUSE_BIN}" unmount small
}

@test "a foreign image has null for unknown fields, and zip archives are listed and mounted" {
  mkdir -p "${archives}" "${home}/tree/foreign"
  mksquashfs "${home}/tree" "${archives}/foreign.squashfs" -quiet -no-progress
  (cd "${home}/tree" && zip -qr "${archives}/old.zip" foreign)
  helper list --json
  expect_status 0
  [[ "$(json '[(e["name"], e["format"], e["uncompressedBytes"]) for e in answer["environments"]]')" == "[('foreign', 'squashfs', None), ('old', 'zip', 0)]" ]]
  helper mount old --print-prefix
  expect_status 0
  in_environment "${CONDAFUSE_BIN}" unmount old
}

@test "200 archives are listed without looking into their trees" {
  small_environment
  local n
  for n in {1..200}; do ln "${archives}/small.squashfs" "${archives}/copy-${n}.squashfs"; done
  helper list --json
  [[ "$(json 'len(answer["environments"])')" == 201 ]]
  in_environment strace -f -o "${home}/trace" "${CONDAFUSE_BIN}" list >/dev/null
  # Superblock, footer and record of each, and little else; the table is one write.
  [[ "$(grep -c 'pread64' "${home}/trace")" -le $((201 * 6)) ]]
  [[ "$(grep -c 'readlink' "${home}/trace")" -le $((201 * 2)) ]] || fail 'directories are resolved for each archive'
  [[ "$(wc -l <"${home}/trace")" -le $((201 * 20 + 600)) ]] || fail "$(wc -l <"${home}/trace") system calls"
  [[ "$(grep -c 'write(1' "${home}/trace")" -le 4 ]] || fail 'lines are written one by one'
}

@test "invalid names, invalid words and missing items have their exit codes" {
  helper create 'a/b' python
  expect_status 2
  expect_in_stderr "'/'"
  helper mount -- '-x'
  expect_status 2
  helper list --unknown
  expect_status 2
  helper unmount nothing
  expect_status 3
  helper info "${home}/nothing.squashfs"
  expect_status 3
  helper pack "${home}"
  expect_status 2
  [[ ! -e "${home}/miniconda_fuse" ]] || fail 'something was touched'
}

@test "a damaged image is refused by name, and nothing is mounted" {
  small_environment
  truncate -s -4096 "${archives}/small.squashfs"
  head -c 5000 /dev/urandom >"${archives}/noise.squashfs"
  local name
  for name in small noise; do
    helper mount "${name}"
    expect_status 7
    expect_in_stderr "${archives}/${name}.squashfs"
    helper info "${archives}/${name}.squashfs"
    expect_status 7
  done
  helper list
  expect_status 0
  helper doctor
  expect_status 1
  expect_in_output noise
  [[ -z "$(mounted_below "${home}")" ]]
}

@test "two archives of one name are an error that names both" {
  small_environment
  : >"${archives}/small.zip"
  helper mount small
  expect_status 4
  expect_in_stderr "${archives}/small.squashfs and ${archives}/small.zip"
}

@test "an environment at an archive's root, as packed by conda-pack, is its own prefix" {
  mkdir -p "${home}/tree/conda-meta" "${home}/tree/bin" "${archives}"
  mksquashfs "${home}/tree" "${archives}/packed.squashfs" -quiet -no-progress
  helper mount --print-prefix packed
  expect_output "${mounts}/packed"
  [[ -d "${mounts}/packed/conda-meta" ]]
  helper unmount packed
  expect_status 0
}

@test "the prefix of a renamed archive is found" {
  small_environment
  mv "${archives}/small.squashfs" "${archives}/renamed.squashfs"
  helper mount --print-prefix renamed
  expect_output "${mounts}/renamed/small"
  helper unmount renamed
}

@test "a non-empty directory is never mounted over" {
  small_environment
  mkdir -p "${mounts}/small"
  echo precious >"${mounts}/small/file"
  helper mount small
  expect_status 4
  [[ "$(<"${mounts}/small/file")" == precious ]]
  rm -r "${mounts}/small"
}

@test "an interrupted creation is reported, and resumed or dropped" {
  # The state after conda was killed: a prefix, and no archive.
  in_environment "${base}/bin/conda" create -y -q -p "${mounts}/half/half" greeting
  helper create half -y -q greeting
  expect_status 4
  expect_in_stderr '--resume'
  helper doctor
  expect_in_output 'interrupted creation'
  helper create --resume half
  expect_status 0
  [[ -e "${archives}/half.squashfs" ]]
  in_environment "${CONDAFUSE_BIN}" run half -- test -d "${mounts}/half/half/conda-meta"
  helper unmount half
  mkdir -p "${mounts}/half/half/bin"
  : >"${mounts}/half/half/bin/left"
  helper create --drop half
  expect_status 0
  [[ ! -e "${mounts}/half" && -e "${archives}/half.squashfs" ]]
}

@test "an archive deleted by hand is detected: its mount, then its registration" {
  small_environment
  helper mount small
  rm "${archives}/small.squashfs"
  helper list
  expect_in_output 'its archive was deleted'
  helper mount small
  expect_status 3
  expect_in_stderr 'still mounted'
  helper doctor
  expect_in_output 'whose archive was deleted'
  helper unmount small
  expect_status 0
  helper doctor --clean
  expect_in_output 'registration of a deleted environment cleaned'
  [[ ! -s "${home}/.conda/environments.txt" ]]
}

@test "doctor --clean detaches a dead mount" {
  small_environment
  helper mount small
  kill -KILL "$(servers)"
  helper doctor --clean
  expect_in_output 'without a running server cleaned'
  [[ -z "$(mounted_below "${home}")" ]]
  rmdir "${mounts}/small"
}

@test "SIGTERM detaches the mount and ends the server" {
  small_environment
  helper mount small
  local pid
  pid="$(servers)"
  kill -TERM "${pid}"
  eventually has_ended "${pid}"
  [[ -z "$(mounted_below "${home}")" ]]
  rmdir "${mounts}/small"
}

@test "--lazy detaches a mount in use, and the server ends with its last user" {
  small_environment
  helper mount small
  local pid sleeper
  pid="$(servers)"
  sleep_in "${mounts}/small/small"
  helper unmount small --lazy
  expect_status 0
  [[ -z "$(mounted_below "${home}")" && -e "/proc/${pid}/exe" ]]
  kill "${sleeper}"
  eventually has_ended "${pid}"
}

# Holds file $1 open for $2 seconds without a visible holder, like a killed process that is not gone yet: the descriptor is in transit in a socket.
hold_unseen() {
  env -i "${environment[@]}" /usr/bin/python3 - "$1" "$2" <<'PYTHON' &
import os, socket, sys, time
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
file = os.open(sys.argv[1], os.O_RDONLY)
socket.send_fds(ours, [b"x"], [file])
os.close(file)
os.close(os.open(f"{os.environ['HOME']}/held", os.O_CREAT))
time.sleep(float(sys.argv[2]))
PYTHON
  holder=$!
  eventually exists "${home}/held"
}

@test "unmount waits briefly for an invisible holder, then reports that the mount is in use" {
  small_environment
  helper mount --print-prefix small
  hold_unseen "${output}/conda-meta/history" 60
  helper unmount small
  expect_status 5
  expect_in_stderr 'it is in use'
  kill "${holder}"
  rm "${home}/held"
  hold_unseen "${mounts}/small/small/conda-meta/history" 0.4
  helper unmount small
  expect_status 0
}

@test "unmount waits for the server although every record of it is lost" {
  small_environment
  helper mount small
  rm "$(record_of "${mounts}/small")" "$(record_of "${mounts}/small" | sed 's/server$/control/')"
  helper unmount small
  expect_status 0
  [[ -z "$(servers)" ]]
}

@test "a mount below a symlinked root is found by either path" {
  small_environment
  mkdir -p "${home}/elsewhere"
  ln -s ../elsewhere "${home}/miniconda_fuse/envs"
  helper mount --print-prefix small
  expect_output "${mounts}/small/small"
  helper mount --print-prefix small
  expect_output "${mounts}/small/small"
  helper unmount "${home}/elsewhere/small"
  expect_status 0
}

@test "pack and extract reproduce their input; existing targets stay" {
  mkdir -p "${home}/tree/sub"
  echo content >"${home}/tree/sub/file"
  helper pack "${home}/tree" -o "${home}/x.squashfs" --arcroot top --compressor xz:3 -j 2 --block-size 4096
  expect_status 0
  helper pack "${home}/tree" -o "${home}/x.squashfs"
  expect_status 4
  helper extract "${home}/x.squashfs" "${home}/out"
  expect_status 0
  [[ "$(<"${home}/out/top/sub/file")" == content ]]
  helper extract "${home}/x.squashfs" "${home}/out"
  expect_status 4
  helper info --json "${home}/x.squashfs"
  [[ "$(json 'answer["compressor"], answer["blockSize"], answer["regularFiles"]')" == 'xz 4096 1' ]]
}

@test "a failed extraction leaves nothing behind" {
  mkdir -p "${home}/tree" "${home}/was there"
  head -c 3000000 /dev/urandom >"${home}/tree/file"
  echo first >"${home}/tree/a"
  helper pack "${home}/tree" -o "${home}/x.squashfs" --block-size 4096
  expect_status 0
  # Damage in the middle of the content.
  printf 'XXXXXXXXXXXXXXXX' | dd of="${home}/x.squashfs" bs=1 seek=1500000 conv=notrunc status=none
  ulimit -f 1000
  local target
  for target in "${home}/new" "${home}/was there"; do
    run --separate-stderr in_environment "${CONDAFUSE_BIN}" extract "${home}/x.squashfs" "${target}"
    [[ "${status}" -ne 0 ]] || fail 'it was extracted'
  done
  [[ ! -e "${home}/new" && -d "${home}/was there" && -z "$(ls -A "${home}/was there")" ]] || fail "left: $(ls -A "${home}/was there")"
}

@test "a failed pack leaves no file" {
  [[ "${EUID}" -ne 0 ]] || skip 'root can read everything'
  mkdir "${home}/tree"
  echo secret >"${home}/tree/unreadable"
  chmod 0 "${home}/tree/unreadable"
  helper pack "${home}/tree" -o "${home}/x.squashfs"
  expect_status 1
  expect_in_stderr unreadable
  [[ "$(ls "${home}")" == "tmp dir
tree" ]]
}

@test "extract restores owners for root, as tar does, and no set-user-ID bits" {
  mkdir "${home}/tree"
  echo content >"${home}/tree/file"
  mksquashfs "${home}/tree" "${home}/tree.img" -quiet -no-progress -p 'other f 4755 1234 1234 echo other'
  helper extract "${home}/tree.img" "${home}/out"
  expect_status 0
  expect_in_stderr 'Set-user-ID'
  [[ "$(stat -c %a "${home}/out/other")" == 755 ]]
  if [[ "${EUID}" -eq 0 ]]; then
    [[ "$(stat -c %u:%g "${home}/out/other")" == 1234:1234 ]]
  else
    [[ "$(stat -c %u "${home}/out/other")" == "${EUID}" ]]
  fi
}

@test "verify accepts an intact image, and names the file with a flipped bit" {
  small_environment
  helper verify small
  expect_status 0
  expect_in_output 'is undamaged'
  helper verify --json small
  [[ "$(json 'answer["schema"], answer["sound"], answer["checkedBlocks"] > 0')" == '1 True True' ]]
  # In the first data block, after the superblock.
  printf '\377\377\377' | dd of="${archives}/small.squashfs" bs=1 seek=200 conv=notrunc status=none
  helper verify small
  expect_status 7
  expect_in_output 'is damaged'
  [[ -n "${stderr}" ]]
}
