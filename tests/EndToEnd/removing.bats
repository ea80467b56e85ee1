#!/usr/bin/env bats
# conda's commands that remove an environment, on a mounted one.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# Empties environment $1 with the following conda command.
emptied() {
  local name="$1"
  shift
  small_environment "${name}"
  prefix_of "${name}" >/dev/null
  run --separate-stderr in_environment "${base}/bin/conda" "$@" -y -p "${mounts}/${name}/${name}"
  expect_status 0
  [[ ! -e "${mounts}/${name}/${name}" ]]
}

@test "an environment that conda removed is not activated: it is unmounted, and a hint says what to do" {
  local shell
  for shell in "${shells[@]}"; do
    emptied "all-${shell}" remove --all
    in_plain_shell "${shell}" "conda-fuse-activate all-${shell}; said"
    expect_in_output 'code 3'
    expect_in_stderr "'all-${shell}' is empty, its environment was removed"
    expect_in_stderr "condafuse rollback all-${shell} 1"
    expect_in_stderr "to delete it: condafuse remove all-${shell}"
    [[ -z "$(mounted_below "${home}")" ]]
    # The same again without a mount.
    in_plain_shell "${shell}" "conda-fuse-activate all-${shell}; said"
    expect_in_output 'code 3'
    [[ -z "$(mounted_below "${home}")" ]]
    helper rollback "all-${shell}" 1
    expect_status 0
    in_plain_shell "${shell}" "conda-fuse-activate all-${shell}; greeting; conda-fuse-unmount all-${shell}"
    expect_in_output 'hello from'
  done
}

@test "an environment emptied by conda env remove can be rolled back at once, while it is mounted" {
  emptied away env remove
  helper rollback away 1
  expect_status 0
  [[ -z "$(mounted_below "${home}")" ]]
  helper run away -- greeting
  expect_in_output 'hello from'
  unmount away
}

@test "an emptied mount stays while a process uses it, with a message" {
  local sleeper
  emptied busy remove --all
  sleep_in "${mounts}/busy"
  in_plain_shell bash 'conda-fuse-activate busy; said'
  expect_in_output 'code 3'
  expect_in_stderr 'still mounted'
  helper rollback busy 1
  expect_status 5
  kill "${sleeper}"
  wait "${sleeper}" || true
  helper rollback busy 1
  expect_status 0
}

@test "the emptying of a zip archive, which has no history, is not committed, and discarding it restores everything" {
  helper create --format zip zipped -y -q greeting
  run --separate-stderr in_environment "${base}/bin/conda" remove --all -y -p "${mounts}/zipped/zipped"
  in_plain_shell bash 'conda-fuse-activate zipped; said'
  expect_in_output 'code 3'
  expect_in_stderr 'condafuse discard zipped'
  helper discard --yes zipped
  expect_status 0
  in_plain_shell bash 'conda-fuse-activate zipped; greeting; conda-fuse-unmount zipped'
  expect_in_output 'hello from'
}

@test "an image that never held an environment is mounted as it is" {
  mkdir -p "${home}/data/x" "${archives}"
  helper pack "${home}/data" -o "${archives}/data.squashfs"
  helper mount --print-prefix data
  expect_status 0
  unmount data
}

@test "a server killed while its environment is active: conda-fuse-unmount recovers, deactivates, commits and unmounts" {
  local shell
  server_killer
  for shell in "${shells[@]}"; do
    small_environment "killed-${shell}"
    in_plain_shell "${shell}" "conda-fuse-activate killed-${shell}
echo kept >\"\$CONDA_PREFIX/kept\"
sh '${home}/kill-server' \"\$CONDA_PREFIX/kept\"
conda-fuse-unmount killed-${shell}
echo \"[\$CONDA_SHLVL]\""
    expect_status 0
    expect_in_output '[0]'
    expect_in_output 'committed as generation 2'
    expect_in_stderr 'mounted it again'
    [[ -z "$(mounted_below "${home}")" ]]
    helper run "killed-${shell}" -- sh -c 'cat "${CONDA_PREFIX}/kept"'
    expect_output kept
    unmount "killed-${shell}"
  done
}

@test "a killed server's mount that is unmounted from elsewhere: the kept changes are reported" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  echo kept >"${prefix}/kept"
  kill -9 "$(server_at "${prefix}")"
  while [[ -e "${prefix}/kept" ]]; do sleep 0.05; done
  helper unmount small
  expect_status 0
  expect_in_output 'its server was not running; your changes'
  expect_in_output "kept in ${archives}/small.changes"
  helper run small -- sh -c 'cat "${CONDA_PREFIX}/kept"'
  expect_output kept
  unmount small
}
