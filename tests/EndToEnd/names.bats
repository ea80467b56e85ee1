#!/usr/bin/env bats
# conda's own commands with the plain name of an environment: through the function, which mounts and gives conda the prefix.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# The line by which tool $2 (conda, mamba or micromamba) is initialised in shell $1.
hook_line() {
  case "$1 $2" in
    fish\ conda) echo '"$CONDA_EXE" shell.fish hook | source' ;;
    *\ conda) echo "eval \"\$(\"\$CONDA_EXE\" shell.$1 hook)\"" ;;
    fish\ *) echo '"$MAMBA_EXE" shell hook --shell fish | source' ;;
    *) echo "eval \"\$(\"\$MAMBA_EXE\" shell hook --shell $1)\"" ;;
  esac
}

by_name='
TOOL activate small
echo "active $CONDA_PREFIX, shown as $CONDA_DEFAULT_ENV"
TOOL deactivate
condafuse unmount small
TOOL list -n small
TOOL install -y -q --name=small greeting=1.0
TOOL list --name small
TOOL activate other-name; said'

expect_by_name() {
  local prefix="${mounts}/small/small"
  [[ "${output}" == *"active ${prefix}, shown as small"* ]] || fail "$1: activate"
  [[ "${output}" == *greeting*2.0*greeting*1.0* ]] || fail "$1: list, install, list"
  [[ "${output}" != *'code 0' ]] || fail "$1: a name that is not ours"
  [[ ! -e "${base}/envs/small" ]] || fail "$1: a native environment"
}

@test "activate, install, list by name with an initialised conda, in three shells" {
  local shell before
  for shell in "${shells[@]}"; do
    small_environment
    before="$(hook_line "${shell}" conda)"
    run_script "${shell}" "${by_name//TOOL/conda}"
    expect_by_name "${shell}"
    unmount small
  done
}

@test "the same where conda is only on PATH, which a script may ask" {
  local shell
  environment+=(PATH="$(dirname "${CONDAFUSE_BIN}"):${base}/condabin:${base}/bin:/usr/bin:/bin")
  for shell in "${shells[@]}"; do
    small_environment
    in_plain_shell "${shell}" "${by_name//TOOL/conda}"
    expect_by_name "${shell}"
    unmount small
  done
  environment+=(PATH="$(dirname "${CONDAFUSE_BIN}"):/usr/bin:/bin")
  for shell in "${shells[@]}"; do
    in_plain_shell "${shell}" 'command -v conda; said'
    [[ "${output}" != *'code 0' ]] || fail "${shell}: conda is claimed"
  done
}

@test "mamba and micromamba by name" {
  local tool shell before
  for tool in mamba micromamba; do
    environment+=(MAMBA_EXE="${base}/bin/${tool}" MAMBA_ROOT_PREFIX="${base}")
    for shell in "${shells[@]}"; do
      small_environment
      before="$(hook_line "${shell}" "${tool}")"
      run_script "${shell}" "
${tool} activate small
echo \"active \$CONDA_PREFIX, shown as \$CONDA_DEFAULT_ENV\"
${tool} deactivate"
      expect_in_output "active ${mounts}/small/small, shown as small"
      unmount small
    done
  done
}

@test "run by name gives the command its own -n; an environment of conda's of the same name wins" {
  small_environment
  local before
  before="$(hook_line bash conda)"
  run_script bash 'conda run -n small sh -c "echo \"\$CONDA_PREFIX \$1 \$2\"" sh -n small'
  expect_in_output "${mounts}/small/small -n small"
  unmount small
  in_environment mkdir -p "${home}/envs of mine"
  printf 'envs_dirs:\n  - ~/envs of mine\n' >"${home}/.condarc"
  in_environment "${base}/bin/conda" create -y -q -p "${home}/envs of mine/small" greeting=1.0
  run_script bash 'conda run -p "$HOME/envs of mine/small" greeting >/dev/null; conda activate small; echo "$CONDA_PREFIX"'
  [[ "${output}" != *"${mounts}"* ]] || fail 'ours was taken'
  [[ -z "$(servers)" ]] || fail 'mounted'
}
