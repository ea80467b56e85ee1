#!/usr/bin/env bats
# Changes in a mounted environment: they work as in a plain directory, persist across mounts, and are never lost.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# The environment `work`: python, pip, and greeting 2.0.
work_environment() {
  kept_environment work python pip greeting
}

# The same, but keeps the changes beside the archive.
unmount_keeping() {
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit "$1"
}

server_of() {
  helper list --json
  json "*(e['serverPid'] for e in answer['environments'] if e['name'] == '$1')"
}

# Creates a wheel with the module wheelwright, version $1, and prints its path.
wheel() {
  local file="${home}/wheelwright-$1-py3-none-any.whl"
  /usr/bin/python3 - "${file}" "$1" <<'PYTHON'
import sys, zipfile
path, version = sys.argv[1:]
info = f"wheelwright-{version}.dist-info"
with zipfile.ZipFile(path, "w") as archive:
    archive.writestr("wheelwright/__init__.py", f"__version__ = '{version}'\n")
    archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: wheelwright\nVersion: {version}\n")
    archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    archive.writestr(f"{info}/RECORD", f"wheelwright/__init__.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
PYTHON
  printf '%s\n' "${file}"
}

@test "conda install and remove, pip install, an edit: all of it is there after the next mount" {
  local shell one two
  one="$(wheel 1.0)"
  two="$(wheel 2.0)"
  for shell in "${shells[@]}"; do
    work_environment
    in_shell "${shell}" "conda-fuse-activate work
conda install -y -q greeting=1.0 six
python -m pip install -q --no-index --no-deps '${one}'
python -m pip install -q --no-index --no-deps '${two}'
conda remove -y -q pip
echo edited >\"\$CONDA_PREFIX/note\"
echo '# more' >>\"\$CONDA_PREFIX/conda-meta/history\"
conda-fuse-unmount work
echo \"at level \$CONDA_SHLVL\"
conda-fuse-activate work
greeting
python -c 'import wheelwright, six; print(\"wheelwright\", wheelwright.__version__)'
/usr/bin/tail -n 1 \"\$CONDA_PREFIX/conda-meta/history\"
/usr/bin/cat \"\$CONDA_PREFIX/note\"
conda-fuse-unmount work"
    expect_status 0
    expect_in_output 'committed as generation 2: '
    expect_in_output 'greeting 2.0 to 1.0'
    expect_in_output 'at level 0'
    expect_in_output 'version 1.0'
    expect_in_output 'wheelwright 2.0'
    expect_in_output '# more'
    expect_in_output 'edited'
    helper diff work 1
    expect_status 0
    [[ "${output}" =~ ~\ greeting\ +2.0\ -\>\ 1.0\ +conda ]] || fail 'greeting'
    [[ "${output}" =~ \+\ six\ +[0-9.]+\ +conda ]] || fail 'six'
    [[ "${output}" =~ -\ pip\ +[0-9.]+\ +conda ]] || fail 'pip'
    [[ "${output}" =~ \+\ wheelwright\ +2.0\ +pip ]] || fail 'wheelwright'
    expect_in_output 'added      work/note'
    expect_in_output 'changed    work/conda-meta/history'
    [[ "$(ls -A "${archives}")" == 'work.squashfs' ]]
    [[ -z "$(servers)" ]] || fail 'a server was left'
  done
}

@test "reading an environment leaves nothing beside its archive" {
  small_environment
  "$(prefix_of small)/bin/greeting"
  unmount small
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
  helper diff small
  expect_in_output "No uncommitted changes in 'small'"
  helper discard small
  expect_status 0
  expect_output "No uncommitted changes in 'small'"
}

@test "diff says the same mounted and unmounted, and in JSON" {
  local prefix mounted
  small_environment
  prefix="$(prefix_of small)"
  echo new >"${prefix}/new"
  mv "${prefix}/bin/greeting" "${prefix}/bin/welcome"
  echo more >>"${prefix}/conda-meta/history"
  rm -r "${prefix}/conda-meta/"greeting-*.json
  helper diff small
  mounted="${output}"
  helper diff small --json
  [[ "$(json '[p["path"] for p in answer["added"]], [p["path"] for p in answer["changed"]], [(p["oldPath"], p["path"]) for p in answer["renamed"]]')" == \
    "['small/new'] ['small/conda-meta/history'] [('small/bin/greeting', 'small/bin/welcome')]" ]] || fail 'the lists'
  [[ "$(json '[(p["name"], p["installer"], p["before"], p["after"]) for p in answer["packages"]]')" == \
    "[('greeting', 'conda', '2.0', None), ('greeting-data', 'conda', '1.5', None)]" ]] || fail 'the packages'
  [[ "$(json 'answer["schema"], answer["pendingChanges"] > 4, answer["personal"], answer["generation"]')" == '1 True False 1' ]] || fail 'the rest'
  helper list --json
  [[ "$(json '[(e["readOnly"], e["pendingChanges"] > 4, e["pendingBytes"] > 100) for e in answer["environments"] if e["name"] == "small"]')" == '[(False, True, True)]' ]]
  unmount_keeping small
  helper diff small
  [[ "${output%; kept in *}" == "${mounted%; kept in *}" ]] || fail "mounted it was ${mounted}"
  helper list --json
  [[ "$(json '[(e["readOnly"], e["pendingChanges"] > 4, e["pendingBytes"] > 100) for e in answer["environments"] if e["name"] == "small"]')" == '[(None, True, True)]' ]]
}

@test "discard asks, shows what is lost, and refuses while it is mounted" {
  small_environment
  echo new >"$(prefix_of small)/new"
  helper discard small --yes
  expect_status 5
  expect_in_stderr 'is mounted at'
  unmount_keeping small
  run --separate-stderr in_environment "${CONDAFUSE_BIN}" discard small <<<'y'
  expect_status 2
  expect_in_stderr 'files: 1 added (4B)'
  expect_in_stderr '--yes'
  answering n discard small
  expect_status 1
  expect_in_output 'nothing was changed'
  [[ -d "${archives}/small.changes" ]]
  answering y discard small
  expect_status 0
  [[ ! -e "${archives}/small.changes" ]]
  [[ ! -e "$(prefix_of small)/new" ]]
  unmount small
}

@test "the second of two writers gets EROFS and the name of the first" {
  local prefix other="${home}/other mount"
  small_environment
  prefix="$(prefix_of small)"
  mkdir "${other}"
  in_environment "${CONDAFUSE_BIN}" mount small "${other}"
  echo first >"${prefix}/first"
  run in_environment /usr/bin/python3 -c 'import sys; open(sys.argv[1], "w")' "${other}/small/second"
  expect_in_output 'Errno 30'
  [[ ! -e "${other}/small/first" ]] || fail 'a mount is a snapshot'
  helper mount small "${other}"
  expect_status 0
  expect_in_stderr "'small' is read-only here: the write lock is held by $(id -un) on $(uname -n) (process $(server_at "${prefix}"), since "
  in_shell bash 'conda-fuse-activate small; conda deactivate'
  expect_not_in_stderr 'write lock'
  helper discard small --yes
  expect_status 5
  unmount small
  # The other one shows the state when it was mounted, and cannot write on top of it.
  sleep 1.1
  run in_environment /usr/bin/python3 -c 'import sys; open(sys.argv[1], "w")' "${other}/small/second"
  expect_in_output 'Errno 30'
  helper mount small "${other}"
  expect_in_stderr 'mount it again'
  helper unmount "${other}"
  helper mount small "${other}"
  [[ "$(cat "${other}/small/first")" == first ]]
  echo second >"${other}/small/second"
  helper unmount "${other}"
  expect_status 0
}

@test "mount --read-only refuses changes; several are possible at once" {
  local n
  small_environment
  for n in 1 2; do
    mkdir "${home}/ro${n}"
    helper mount --read-only small "${home}/ro${n}"
    expect_status 0
    expect_in_output '(read-only)'
    run in_environment /usr/bin/python3 -c 'import sys; open(sys.argv[1], "w")' "${home}/ro${n}/small/x"
    expect_in_output 'Errno 30'
  done
  prefix_of small
  helper mount --read-only small
  expect_status 4
  unmount small
  for n in 1 2; do
    in_environment "${CONDAFUSE_BIN}" unmount "${home}/ro${n}"
  done
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

@test "an archive that the user cannot write gets a personal layer, with a message" {
  local layer
  small_environment
  chmod 0444 "${archives}/small.squashfs"
  helper mount small
  expect_status 0
  expect_in_stderr "${archives}/small.squashfs is write-protected: your changes to 'small' are kept in ${home}/.local/state/condafuse/layers/small-"
  echo mine >"${mounts}/small/small/mine"
  helper unmount small
  expect_in_output 'are kept in'
  layer="$(echo "${home}"/.local/state/condafuse/layers/small-*)"
  [[ "$(cat "${layer}/image")" == "$(realpath "${archives}/small.squashfs")" ]]
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
  [[ "$(cat "$(prefix_of small)/mine")" == mine ]]
  unmount small
  helper diff small
  expect_in_output 'Only you see these changes'
  chmod 0644 "${archives}/small.squashfs"
  [[ "$(cat "$(prefix_of small)/mine")" == mine ]]
  unmount small
  rm "${archives}/small.squashfs"
  helper doctor
  expect_in_output "your changes of the deleted archive"
  helper doctor --clean --discard-changes
  [[ ! -e "${layer}" ]]
}

@test "where a personal layer cannot be kept either, the mount says so" {
  ((EUID != 0)) || skip 'root may write everywhere'
  small_environment
  chmod 0444 "${archives}/small.squashfs"
  mkdir -p "${home}/.local/state"
  chmod 0555 "${home}/.local/state"
  helper mount small
  expect_status 0
  expect_in_stderr "your own changes cannot be kept in ${home}/.local/state/condafuse/layers/small-"
  run touch "${mounts}/small/small/mine"
  [[ "${status}" -ne 0 ]] || fail 'changed'
  unmount small
  chmod 0755 "${home}/.local/state"
}

@test "changes of a deleted archive are reported, never applied to a new one, and cleaned" {
  small_environment
  echo old >"$(prefix_of small)/old"
  unmount_keeping small
  rm "${archives}/small.squashfs"
  helper mount small
  expect_status 3
  expect_in_stderr "its uncommitted changes are still in ${archives}/small.changes"
  helper create small -y -q greeting
  expect_status 4
  expect_in_stderr "${archives}/small.changes"
  kept_environment work python pip greeting
  mv "${archives}/work.squashfs" "${archives}/small.squashfs"
  helper mount small
  expect_status 1
  expect_in_stderr 'belong to another archive'
  expect_in_stderr "condafuse discard small removes them"
  [[ -z "$(mounted_below "${home}")" ]]
  helper doctor
  expect_in_output 'changes that do not fit their archive'
  helper discard small --yes
  expect_in_stderr 'they do not fit the current archive'
  expect_not_in_stderr 'they are kept'
  expect_status 0
  [[ ! -e "$(prefix_of small)/old" ]]
  echo new >"$(prefix_of small)/new"
  unmount_keeping small
  rm "${archives}/small.squashfs"
  helper doctor
  expect_in_output "changes of a deleted archive: ${archives}/small.changes"
  helper doctor --clean --discard-changes
  [[ -z "$(ls -A "${archives}")" ]]
}

@test "a server ended by SIGTERM keeps all changes" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  echo kept >"${prefix}/kept"
  kill "$(server_at "${prefix}")"
  all_ended
  [[ -z "$(mounted_below "${home}")" ]]
  [[ "$(cat "$(prefix_of small)/kept")" == kept ]]
  unmount small
}

@test "a torn end of the journal is reported, and the changes before it are kept" {
  small_environment
  echo one >"$(prefix_of small)/one"
  unmount_keeping small
  head -c 37 /dev/urandom >>"$(printf '%s\n' "${archives}"/small.changes/*.journal | tail -n 1)"
  helper mount small
  expect_status 0
  expect_in_stderr 'the last 37 bytes are an incomplete record'
  [[ "$(cat "${mounts}/small/small/one")" == one ]]
  echo two >"${mounts}/small/small/two"
  unmount_keeping small
  helper mount small
  [[ -z "${stderr}" ]]
  [[ "$(cat "${mounts}/small/small/two")" == two ]]
  unmount small
}

@test "a lease of another host is taken over only on request" {
  small_environment
  mkdir "${archives}/small.changes"
  cat >"${archives}/small.changes/lease" <<'JSON'
{"schema":1,"host":"node7","boot":"another","processSpace":"pid:[1]","pid":4711,"startTicks":1,"user":"ada","since":"2026-01-02T03:04:05+00:00","token":"11111111-2222-3333-4444-555555555555"}
JSON
  helper mount small
  expect_status 0
  expect_in_stderr "'small' is read-only here: the write lock is held by ada on node7 (process 4711, since 2026-01-02"
  run in_environment /usr/bin/python3 -c 'import sys; open(sys.argv[1], "w")' "${mounts}/small/small/x"
  expect_in_output 'Errno 30'
  helper mount --take-over small
  expect_status 0
  expect_in_stderr 'took the write lock of'
  expect_in_stderr 'from ada on node7'
  sleep 1.1
  echo now >"${mounts}/small/small/x"
  unmount small
}

@test "create in a mount, as on a network file system, leaves the same one file" {
  local shell
  environment+=(CONDA_FUSE_CREATE=mount)
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-create 'made-${shell}' -y -q greeting=1.0
conda-fuse-activate 'made-${shell}'
greeting
conda-fuse-unmount 'made-${shell}'"
    expect_status 0
    expect_in_output "hello from ${mounts}/made-${shell}/made-${shell}, version 1.0"
    expect_not_in_stderr 'kept beside'
  done
  [[ "$(ls -A "${archives}" | sort | paste -sd ' ')" == 'made-bash.squashfs made-fish.squashfs made-zsh.squashfs' ]]
  [[ -z "$(ls -A "${mounts}")" ]]
  unsquashfs -l "${archives}/made-bash.squashfs" made-bash/bin/greeting | grep -x 'squashfs-root/made-bash/bin/greeting' >/dev/null
  helper create dry -y -q --dry-run greeting
  expect_status 0
  expect_in_stderr 'was not created'
  helper create odd -y -q no-such-package
  expect_status 8
  expect_in_stderr 'nothing was created'
  [[ -z "$(ls -A "${archives}" | grep -v made)" && -z "$(ls -A "${mounts}")" ]]
  environment+=(CONDA_FUSE_CREATE=elsewhere)
  helper create odd greeting
  expect_status 2
  expect_in_stderr CONDA_FUSE_CREATE
}

# Begins to create the environment `half` in a mount, and kills all processes involved once there are files.
killed_creation() {
  local creation
  (exec env -i "${environment[@]}" setsid "${CONDAFUSE_BIN}" create half -y -q python greeting >"${home}/creation.log" 2>&1) &
  creation="$!"
  until [[ "$(find "${mounts}/half/half/lib" -type f 2>/dev/null | wc -l)" -gt 50 ]]; do
    kill -0 "${creation}" || fail "it was faster: $(cat "${home}/creation.log")"
  done
  kill -KILL -- "-${creation}"
  # A process that is being killed still counts as a server.
  wait "${creation}" || true
  kill -KILL "$(servers)"
}

@test "a killed creation in a mount is reported, and resumed or dropped" {
  environment+=(CONDA_FUSE_CREATE=mount)
  killed_creation
  helper create half greeting
  expect_status 4
  expect_in_stderr "condafuse create --resume half"
  helper doctor --clean
  helper doctor
  expect_in_output "interrupted creation: ${archives}/.creating-half.squashfs"
  helper create --resume half
  expect_status 0
  [[ "$(find "${mounts}/half/half/lib" -type f | wc -l)" -gt 50 ]] || fail 'what was made before was lost'
  unmount half
  [[ "$(ls -A "${archives}")" == half.squashfs ]]
  rm "${archives}/half.squashfs"
  killed_creation
  # Now conda finds an environment there, and replaces it because of -y.
  helper create --resume half -y -q greeting
  expect_status 0
  [[ "$("${mounts}/half/half/bin/greeting")" == *'version 2.0' ]]
  unmount half
  [[ "$(ls -A "${archives}")" == half.squashfs ]]
  rm "${archives}/half.squashfs"
  killed_creation
  helper create --drop half
  expect_status 0
  [[ -z "$(ls -A "${archives}")$(ls -A "${mounts}")" ]]
}

# Kills the server of the only mount as soon as file $1 is there.
kill_server_at() {
  local server
  server="$(servers)"
  eventually test -s "$1"
  kill -KILL "${server}"
}

@test "the server is killed during an install: acknowledged changes are kept, and the installer can be run again" {
  local shell prefix try
  for shell in "${shells[@]}"; do
    for try in 1 2 3 4 5; do # on a loaded machine the install may be over before the server is killed
      rm -rf "${archives}"
      work_environment
      prefix="$(prefix_of work)"
      echo before >"${prefix}/before"
      kill_server_at "${prefix}/lib/python3.11/site-packages/six.py" &
      in_plain_shell "${shell}" "conda-fuse-activate work
conda install -y -q six tqdm
said"
      wait
      [[ "${output}" == *'code 0'* ]] || break
      helper unmount work
    done
    [[ "${output}" != *'code 0'* ]] || fail "the install was faster, ${try} times"
    in_shell "${shell}" "conda-fuse-activate work
/usr/bin/cat \"\$CONDA_PREFIX/before\"
conda install -y -q six tqdm
python -c 'import six, tqdm; print(\"installed\", six.__name__)'
conda-fuse-unmount work"
    expect_status 0
    expect_in_stderr 'was not running; mounted it again'
    expect_in_output before
    expect_in_output 'installed six'
  done
}

@test "servers, installers and writers are killed at any moment, and no acknowledged change is lost" {
  work_environment
  run in_environment /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/kills.py" "${CONDAFUSE_BIN}" "${base}/bin/conda" work "${CONDAFUSE_KILLS:-6}"
  [[ "${status}" -eq 0 ]] || fail 'something was lost'
  expect_in_output 'kills, nothing lost'
}

@test "a mount that cannot be written shows conda-meta/frozen with the reason; it is in no archive and in no writable mount" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  [[ ! -e "${prefix}/conda-meta/frozen" ]] || fail 'writable'
  unmount small
  helper mount --read-only --print-prefix small
  expect_status 0
  run --separate-stderr /usr/bin/python3 -c 'import json, os, sys
folder = sys.argv[1] + "/conda-meta"
assert "frozen" in os.listdir(folder)
print(json.load(open(folder + "/frozen"))["message"], os.stat(folder + "/frozen").st_size == len(open(folder + "/frozen").read()))' "${prefix}"
  expect_output "condafuse has mounted 'small' read-only; unmount it and mount it again without --read-only to change it True"
  helper pack -q -p "${prefix}" -o "${home}/packed.tar"
  expect_status 0
  ! tar -tf "${home}/packed.tar" | grep frozen || fail 'packed'
  unmount small
  helper mount small --generation 1
  [[ "$(<"${mounts}/small@1/small/conda-meta/frozen")" == *"this is generation 1 of 'small'"* ]] || fail 'a generation'
  unmount small@1
  unsquashfs -l "${archives}/small.squashfs" | grep frozen && fail 'in the archive'
  # One that the environment has itself stays.
  echo '{"message": "own"}' >"$(prefix_of small)/conda-meta/frozen"
  unmount small
  helper mount --read-only small
  [[ "$(<"${prefix}/conda-meta/frozen")" == '{"message": "own"}' ]] || fail 'replaced'
  unmount small
}
