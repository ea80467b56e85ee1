#!/usr/bin/env bats
# status of one environment, and unmounting everything.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

@test "status shows archive, history, changes, mount and users, as text and as JSON" {
  local prefix sleeper
  small_environment
  helper status small
  expect_status 0
  expect_in_output "archive      ${archives}/small.squashfs (squashfs, "
  expect_in_output 'history      only this generation'
  expect_in_output 'uncommitted  none'
  expect_in_output 'mounted      no'
  prefix="$(prefix_of small)"
  mkdir "${home}/second"
  in_environment "${CONDAFUSE_BIN}" mount "${archives}/small.squashfs" "${home}/second"
  echo note >"${prefix}/note"
  sleep_in "${prefix}"
  helper status small
  expect_in_output "mounted      ${mounts}/small (writable, since "
  expect_in_output 'writer       this mount'
  expect_in_output "used by      sleep (${sleeper})"
  [[ "${output}" != *'uncommitted  none'* ]]
  helper status small --json
  expect_status 0
  [[ "$(json 'answer["mounts"][0]["users"][0]["pid"], answer["mounts"][0]["writer"], answer["pendingChanges"] > 0')" == \
    "${sleeper} this mount True" ]] || fail 'the JSON'
  # A second mount, which cannot write now, says why.
  ln -s small.squashfs "${archives}/linked.squashfs"
  helper status linked
  expect_in_output "archive      ${archives}/linked.squashfs (squashfs, $(du -h --apparent-size "${archives}/small.squashfs" | cut -c1)"
  expect_in_output '; refuses changes: the write lock is held by '
  helper status small --json
  [[ "$(json 'sorted(str(mount["refusal"] is None) for mount in answer["mounts"])')" == "['False', 'True']" ]] || fail 'the refusal'
  unmount "${home}/second"
  rmdir "${home}/second"
  rm "${archives}/linked.squashfs"
  kill "${sleeper}"
  wait "${sleeper}" || true
  unmount small
  helper status small --json
  [[ "$(json 'answer["mounts"]')" == '[]' ]]
  helper status smal
  expect_status 3
  expect_in_stderr "did you mean 'small'?"
}

@test "unmount --all unmounts everything, even if one mount is in use" {
  local shell sleeper
  small_environment
  small_environment other
  prefix_of small >/dev/null
  sleep_in "$(prefix_of other)"
  helper unmount --all
  expect_status 5
  expect_in_output "Unmounted ${mounts}/small"
  expect_in_stderr "${mounts}/other"
  kill "${sleeper}"
  wait "${sleeper}" || true
  helper unmount --all
  expect_status 0
  [[ -z "$(mounted_below "${home}")" ]]
  helper unmount --all small
  expect_status 2
  helper unmount
  expect_status 2
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate small
conda-fuse-activate other
conda-fuse-unmount --all
echo "[$CONDA_SHLVL]"'
    expect_status 0
    expect_in_output '[0]'
    [[ -z "$(mounted_below "${home}")" ]] || fail 'something is mounted'
  done
}
