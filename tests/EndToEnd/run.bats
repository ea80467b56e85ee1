#!/usr/bin/env bats
# run: the variables of activation, unmodified bytes, and a message if the command cannot run.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

@test "run sets the same variables as activation, including those of packages and of the environment" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  mkdir -p "${prefix}/etc/conda/env_vars.d" "${prefix}/etc/conda/activate.d"
  echo '{"FROM_PACKAGE": "one", "FROM_BOTH": "package", "LEFT": "***unset***"}' >"${prefix}/etc/conda/env_vars.d/package.json"
  echo '{"version": 1, "env_vars": {"FROM_STATE": "größe \" two", "FROM_BOTH": "state"}}' >"${prefix}/conda-meta/state"
  echo 'SEEN_BY_SCRIPT="${FROM_STATE}"; export SEEN_BY_SCRIPT' >"${prefix}/etc/conda/activate.d/see.sh"
  environment+=(LEFT=alone CONDA_PREFIX="${home}/outer" CONDA_PREFIX_1="${home}/old" CONDA_SHLVL=2 PATH="${home}/outer/bin:$(dirname "${CONDAFUSE_BIN}"):/usr/bin:/bin")
  helper run small -- sh -c 'echo "[$FROM_PACKAGE][$FROM_STATE][$FROM_BOTH][$LEFT][$SEEN_BY_SCRIPT][$CONDA_SHLVL][${CONDA_PREFIX_1-}][$CONDA_PROMPT_MODIFIER][$CONDA_PREFIX]"; echo "$PATH"'
  expect_status 0
  [[ "${lines[0]}" == "[one][größe \" two][state][alone][größe \" two][1][][(small) ][${prefix}]" ]] || fail 'the variables'
  [[ "${lines[1]}" == "${prefix}/bin:"* && "${lines[1]}" != *outer* ]] || fail 'PATH'
  echo 'not JSON' >"${prefix}/conda-meta/state"
  helper run small -- true
  expect_status 0
  unmount small
}

@test "run executes the command directly without activation scripts, and otherwise sources the scripts in order" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  rm -rf "${prefix}/etc/conda/activate.d"
  helper run small -- env
  expect_status 0
  # Variables that a shell in between would have set.
  [[ "${output}" != *SHLVL=0* && $'\n'"${output}" != *$'\n_='* && "${output}" != *PWD=* ]] || fail 'a shell was in between'
  printf 'echo "run by a shell: $1"\n' >"${home}/no interpreter"
  chmod 755 "${home}/no interpreter"
  helper run small -- "${home}/no interpreter" word
  expect_output 'run by a shell: word'
  mkdir -p "${prefix}/etc/conda/activate.d"
  echo 'ORDER="${ORDER}Z"; export ORDER' >"${prefix}/etc/conda/activate.d/Z it's.sh"
  echo 'ORDER="${ORDER}a"; export ORDER' >"${prefix}/etc/conda/activate.d/a.sh"
  helper run small -- printenv ORDER
  expect_output Za
  unmount small
}

@test "SIGPIPE ends the command of run, with a shell in between and without" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  rm -rf "${prefix}/etc/conda/activate.d"
  helper run small -- bash -c 'yes | head -1 >/dev/null; echo "${PIPESTATUS[0]}"'
  expect_output 141
  mkdir -p "${prefix}/etc/conda/activate.d"
  echo 'SCRIPT=ran' >"${prefix}/etc/conda/activate.d/a.sh"
  helper run small -- bash -c 'yes | head -1 >/dev/null; echo "${PIPESTATUS[0]}"'
  expect_output 141
  environment+=(SHELL=/bin/bash)
  printf '%s\n' 'yes | head -1 >/dev/null' 'echo "status ${PIPESTATUS[0]}"' >"${home}/words"
  run --separate-stderr in_environment "${CONDAFUSE_BIN}" shell small <"${home}/words"
  expect_in_output 'status 141'
  unmount small
}

@test "run activates with conda's settings, whatever they are" {
  small_environment
  printf 'changeps1: false\n' >"${home}/.condarc"
  helper run small -- sh -c 'echo "[$CONDA_PROMPT_MODIFIER]"'
  expect_output '[]'
  printf "env_prompt: '{name!r} '\n" >"${home}/.condarc"
  helper run small -- sh -c 'echo "[$CONDA_PROMPT_MODIFIER]"'
  expect_output '[(small) ]'
  unmount small
}

@test "run passes on arguments and variables byte for byte" {
  small_environment
  environment+=(ODD=$'v\xff\xfew')
  in_environment "${CONDAFUSE_BIN}" run small -- sh -c 'printf "%s|%s" "$1" "$ODD"' sh $'a\xff\xc3(b' >"${home}/out"
  printf 'a\xff\xc3(b|v\xff\xfew' | cmp - "${home}/out" || fail 'the bytes'
  unmount small
}

# `run` with the arguments "$@", which must end with 127: there is no such command.
fails_to_run() {
  run -127 --separate-stderr in_environment "${CONDAFUSE_BIN}" run "$@"
}

@test "run reports why a command cannot run, and never runs another program of that name" {
  local prefix
  small_environment
  fails_to_run small -- no-such-command
  expect_in_stderr "cannot run 'no-such-command': no such command"
  expect_not_in_stderr 'line '
  fails_to_run small -- -x
  expect_not_in_stderr 'exec'
  prefix="$(prefix_of small)"
  if [[ "$(id -u)" != 0 ]]; then
    chmod 000 "${prefix}"
    fails_to_run small -- python3 -c 'print("another python")'
    [[ -z "${output}" ]] || fail 'another python ran'
    chmod 755 "${prefix}"
  fi
  find "${prefix}" -mindepth 1 -delete
  fails_to_run small -- python3 -c 'print("another python")'
  expect_in_stderr 'is empty'
  [[ -z "${output}" ]] || fail 'another python ran'
  rmdir "${prefix}"
  fails_to_run small -- python3 -c 'print("another python")'
  expect_in_stderr 'the archive holds no environment'
  unmount small
}

@test "run takes no write lock for byte code, and refuses changes with --read-only" {
  small_environment
  helper run small -- sh -c 'echo "[$PYTHONDONTWRITEBYTECODE]"'
  expect_output '[1]'
  environment+=(PYTHONDONTWRITEBYTECODE=)
  helper run small -- sh -c 'echo "[$PYTHONDONTWRITEBYTECODE]"'
  expect_output '[]'
  unmount small
  helper run --read-only small -- sh -c 'touch "$CONDA_PREFIX/x"'
  [[ "${status}" -ne 0 ]] || fail 'it was changed'
  expect_in_stderr 'Read-only file system'
  unmount small
}

@test "root's mount for all users at the same place is used, another user's is not" {
  local second point
  as_second_user
  mkdir -p "${CONDAFUSE_TEST_ROOT}/roots home"
  small_environment
  chown "${CONDAFUSE_TEST_USER}:" "${archives}/small.squashfs"
  second=("${acting[@]}")
  point="${mounts}/small"
  mkdir -p "${point}"
  chown -R "${CONDAFUSE_TEST_USER}:" "${home}/miniconda_fuse"
  as_root() { env -i HOME="${CONDAFUSE_TEST_ROOT}/roots home" PATH=/usr/bin:/bin "${CONDAFUSE_BIN}" "$@"; }
  as_root mount --read-only "${archives}/small.squashfs" "${point}"
  helper mount --print-prefix small
  expect_status 0
  expect_output "${point}/small"
  helper run small -- greeting
  expect_status 0
  helper mount small --generation 1 "${point}"
  expect_status 4
  as_root unmount "${point}"
  [[ -z "$(servers)" ]]
  # The mount point existed before, so it stays.
  rmdir "${point}"
}
