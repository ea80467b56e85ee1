#!/usr/bin/env bats
# CONDA_FUSE_IDLE: what nobody uses is committed and unmounted; processes, open files and active shells keep it.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

expect_mounted() {
  [[ -n "$(mounted_below "${home}")" ]] || fail 'unmounted'
}

@test "an environment that nobody uses is committed and unmounted, and mounted again by the next use" {
  small_environment
  environment+=(CONDA_FUSE_IDLE=1s)
  helper run small -- sh -c 'echo new >"$CONDA_PREFIX/note"'
  expect_status 0
  all_ended
  [[ ! -e "${mounts}/small" ]] || fail 'the mount point is left'
  [[ "$(generation_of small)" == 2 ]] || fail 'not committed'
  helper run small -- sh -c 'cat "$CONDA_PREFIX/note"'
  expect_output new
  all_ended
  [[ "$(generation_of small)" == 2 ]] || fail 'a generation without changes'
}

@test "a working directory, an open file and a command of run keep it mounted" {
  local use
  small_environment
  environment+=(CONDA_FUSE_IDLE=1s)
  for use in 'cd "$CONDA_PREFIX" && exec' 'exec 9<"$CONDA_PREFIX/conda-meta/history" && exec' 'exec condafuse run small --'; do
    rm -f "${home}/using" "${home}/done"
    # A command of run keeps the mount until the process that uses it has started.
    in_environment "${CONDAFUSE_BIN}" run small -- sh -c "
      (${use} sh -c ': >\"\$HOME/using\"; until [ -e \"\$HOME/done\" ]; do sleep 0.1; done') &
      until [ -e \"\$HOME/using\" ]; do sleep 0.05; done" 3>&-
    sleep 3.2
    expect_mounted
    touch "${home}/done"
    all_ended
  done
}

@test "a shell in which it is active keeps it mounted, until it leaves or ends" {
  local shell
  small_environment
  environment+=(CONDA_FUSE_IDLE=1s)
  for shell in "${shells[@]}"; do
    in_plain_shell "${shell}" '
conda-fuse-activate small
echo "$CONDA_PREFIX"
sleep 3.2
condafuse list --json'
    [[ "${output}" == *'"serverPid": '[1-9]* || "${output}" == *'"serverPid":'[1-9]* ]] || fail "unmounted under ${shell}"
    all_ended
  done
  # Left by conda deactivate, in a shell that goes on. Looking at the mount would be a use.
  in_plain_shell bash '
conda-fuse-activate small
conda deactivate
for _ in {1..300}; do
  grep -q "envs/small" /proc/self/mountinfo || { echo unmounted; break; }
  sleep 0.2
done'
  [[ "${output}" == *unmounted ]] || fail 'after conda deactivate'
  all_ended
}

@test "a value that is none is named, and nothing is unmounted" {
  small_environment
  environment+=(CONDA_FUSE_IDLE=soon)
  helper mount small
  expect_status 0
  expect_in_stderr "'small' is not unmounted when idle: CONDA_FUSE_IDLE is 'soon'; it must be 'off' or a time such as '30m', '2h' or '1d'"
  sleep 1.5
  expect_mounted
  unmount small
  environment+=(CONDA_FUSE_IDLE=off)
  helper mount small
  expect_stderr ''
  unmount small
}
