#!/usr/bin/env bats
# Generations: what was changed goes into the archive, and every state of it comes back.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

helper() {
  run --separate-stderr in_environment "${CONDAFUSE_BIN}" "$@"
}

small_environment() {
  kept_environment small greeting
}

prefix_of() {
  in_environment "${CONDAFUSE_BIN}" mount --print-prefix "$1"
}

unmount() {
  in_environment "${CONDAFUSE_BIN}" unmount "$1"
}

# The process behind the mount at $1.
server_at() {
  in_environment "${CONDAFUSE_BIN}" list --json |
    /usr/bin/python3 -c 'import json, sys; print(*(e["serverPid"] for e in json.load(sys.stdin)["environments"] if e["mountPoint"] == sys.argv[1]))' "$(stat -c %m "$1")"
}

generation_of() {
  in_environment "${CONDAFUSE_BIN}" info --json "$1" | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["generation"])'
}

@test "install, unmount, log, roll back: the import fails; roll forward: it works" {
  local shell
  for shell in "${shells[@]}"; do
    kept_environment work python pip greeting
    in_shell "${shell}" "conda-fuse-activate work
conda install -y -q six
conda-fuse-unmount work"
    expect_status 0
    expect_in_output 'committed as generation 2: +six '
    [[ "$(ls -A "${archives}")" == work.squashfs ]]
    helper log work
    expect_in_output '+six '
    expect_in_output 'in all'
    helper rollback work 1
    expect_status 0
    expect_in_output 'generation 3 now, which is generation 1 again'
    in_shell "${shell}" "conda-fuse-activate work
python -c 'import six'"
    [[ "${status}" != 0 ]] || fail 'six is still there'
    unmount work
    helper rollback work 2
    expect_status 0
    in_shell "${shell}" "conda-fuse-activate work
python -c 'import six; print(\"six is\", six.__version__)'
conda-fuse-unmount work"
    expect_status 0
    expect_in_output 'six is 1'
    helper verify work
    expect_status 0
    expect_in_output 'is sound: '
    rm "${archives}/work.squashfs"
  done
}

@test "the past is mounted beside the present, read-only, and both stay what they are" {
  local prefix past="${mounts}/small@1/small"
  small_environment
  prefix="$(prefix_of small)"
  echo second >"${prefix}/note"
  unmount small
  prefix="$(prefix_of small)"
  helper mount small --generation 1
  expect_status 0
  [[ ! -e "${past}/note" && "$(cat "${prefix}/note")" == second ]]
  run touch "${past}/x"
  expect_in_output 'Read-only file system'
  echo third >"${prefix}/note"
  helper commit small -m 'while both are mounted'
  expect_status 0
  expect_in_output 'Committed generation 3'
  [[ ! -e "${past}/note" && "$(cat "${prefix}/note")" == third ]]
  echo fourth >"${prefix}/note"
  [[ "$(cat "${prefix}/note")" == fourth ]]
  unmount small@1
  unmount small
  [[ "$(generation_of small)" == 4 ]]
  helper diff small 2 3
  expect_in_output 'changed    small/note'
  helper mount small --generation 9
  expect_status 3
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

@test "unmount --no-commit keeps the journal, and commit puts it into the archive" {
  small_environment
  echo kept >"$(prefix_of small)/note"
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit small
  [[ "$(generation_of small)" == 1 && -d "${archives}/small.changes" ]]
  helper rollback small 1
  expect_status 5
  expect_in_stderr 'has changes that are not in the archive'
  helper commit small -m 'by hand'
  expect_status 0
  [[ "$(generation_of small)" == 2 && ! -e "${archives}/small.changes" ]]
  helper log small
  expect_in_output 'by hand'
  helper commit small
  expect_in_output 'nothing was changed'
}

@test "a mount that is undone by hand is committed; old bytes stay, and unsquashfs reads the new ones" {
  local prefix before="${home}/before" size
  small_environment
  prefix="$(prefix_of small)"
  cp "${archives}/small.squashfs" "${before}"
  echo by-hand >"${prefix}/note"
  umount "${mounts}/small" 2>/dev/null || fusermount3 -u "${mounts}/small"
  until [[ -z "$(servers)" ]]; do sleep 0.05; done
  [[ "$(generation_of small)" == 2 ]]
  size="$(stat -c %s "${before}")"
  cmp <(tail -c +4097 "${before}") <(head -c "${size}" "${archives}/small.squashfs" | tail -c +4097)
  unsquashfs -no-progress -quiet -d "${home}/out" "${archives}/small.squashfs" >/dev/null
  [[ "$(cat "${home}/out/small/note")" == by-hand ]]
  rmdir "${mounts}/small" # only 'condafuse unmount' removes it
}

@test "a mount is committed although somebody emptied the folder of locks and records" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  echo kept >"${prefix}/note"
  rm -r "${home}/tmp dir"/condafuse-*
  umount "${mounts}/small" 2>/dev/null || fusermount3 -u "${mounts}/small"
  until [[ -z "$(servers)" ]]; do sleep 0.05; done
  [[ "$(generation_of small)" == 2 ]]
  rmdir "${mounts}/small"
}

@test "through a symlink the target is changed; other names of the file keep what they show" {
  small_environment
  mkdir "${home}/elsewhere"
  mv "${archives}/small.squashfs" "${home}/elsewhere/real.squashfs"
  ln -s "${home}/elsewhere/real.squashfs" "${archives}/small.squashfs"
  echo linked >"$(prefix_of small)/note"
  unmount small
  [[ -L "${archives}/small.squashfs" && "$(generation_of small)" == 2 ]]
  ln "${home}/elsewhere/real.squashfs" "${home}/elsewhere/other.squashfs"
  echo again >"$(prefix_of small)/note"
  unmount small
  [[ -L "${archives}/small.squashfs" && "$(generation_of small)" == 3 && "$(generation_of "${home}/elsewhere/other.squashfs")" == 2 ]]
}

@test "compact drops the history and keeps the content" {
  local before
  small_environment
  head -c 3000000 /dev/urandom >"$(prefix_of small)/noise"
  unmount small
  rm "$(prefix_of small)/noise"
  unmount small
  before="$(stat -c %s "${archives}/small.squashfs")"
  helper compact small
  expect_status 0
  (($(stat -c %s "${archives}/small.squashfs") < before - 2000000)) || fail 'it is as long as before'
  [[ "$(generation_of small)" == 4 ]]
  helper verify small
  expect_status 0
  helper log small
  [[ "${output}" != *removed* ]]
  "$(prefix_of small)/bin/greeting"
  unmount small
}

@test "what belongs to a read-only archive goes into an archive of one's own" {
  small_environment
  chmod 0444 "${archives}/small.squashfs"
  echo mine >"$(prefix_of small)/note"
  helper unmount small
  expect_status 0
  expect_in_output 'of your own are kept in'
  [[ "$(generation_of small)" == 1 ]]
  helper commit small
  expect_status 6
  expect_in_stderr "'condafuse commit small --to NEW'"
  helper commit small --to own
  expect_status 0
  [[ "$(cat "$(prefix_of own)/note")" == mine ]]
  unmount own
  helper discard small --yes
  expect_status 0
}

@test "a server that is killed while it commits leaves the old generation with its journal, or the new one" {
  local prefix server round rounds="${CONDAFUSE_COMMIT_KILLS:-15}"
  small_environment
  for ((round = 1; round <= rounds; round++)); do
    prefix="$(prefix_of small)"
    [[ "${round}" == 1 || "$(cat "${prefix}/note")" == "$((round - 1))" ]] || fail "round ${round}: what was acknowledged is lost"
    echo "${round}" >"${prefix}/note"
    head -c "$((RANDOM * 40))" /dev/urandom >"${prefix}/noise"
    sync "${prefix}/noise"
    server="$(server_at "${prefix}")"
    umount "${mounts}/small" 2>/dev/null || fusermount3 -u "${mounts}/small"
    sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
    kill -KILL "${server}" 2>/dev/null || true
    while [[ -d "/proc/${server}" ]]; do sleep 0.01; done
    if ((round % 7 == 0)); then
      helper verify small
      expect_status 0
    fi
  done
  [[ "$(cat "$(prefix_of small)/note")" == "${rounds}" ]] || fail 'the last change is lost'
  unmount small
  helper verify small
  expect_status 0
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}
