#!/usr/bin/env bats
# Each function in each shell, with strict and unusual options, common names in use, and paths with spaces and non-ASCII letters.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# A helper that prints incomplete output and fails with code $1.
failing_helper() {
  printf '#!/bin/sh\necho "echo EVALUATED"\necho broken >&2\nexit %s\n' "$1" >"${home}/failing"
  chmod 755 "${home}/failing"
  environment+=(CONDA_FUSE_EXE="${home}/failing")
}

@test "with -h and --help a function prints its help, without a name it exits with 2" {
  local shell name flag
  for shell in "${shells[@]}"; do
    for name in create activate unmount; do
      for flag in -h --help; do
        in_shell "${shell}" "conda-fuse-${name} ${flag}"
        expect_status 0
        expect_in_output "Usage: conda-fuse-${name} NAME"
        [[ -z "${stderr}" ]]
      done
      in_shell "${shell}" "conda-fuse-${name}"
      expect_status 2
      [[ -n "${stderr}" && -z "${output}" ]] || fail "${name} in ${shell}"
    done
    in_shell "${shell}" 'conda-fuse-paths --help && conda-fuse-env-list --help'
    expect_status 0
    expect_in_output 'Usage: conda-fuse-paths'
    expect_in_output 'Usage: conda-fuse-env-list'
  done
}

@test "the help is the same in every shell" {
  local shell texts=()
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-create -h; conda-fuse-activate -h; conda-fuse-unmount -h; conda-fuse-paths -h; conda-fuse-env-list -h'
    texts+=("${output}")
  done
  [[ "${texts[0]}" == "${texts[1]}" && "${texts[0]}" == "${texts[2]}" ]]
}

@test "evaluating init twice changes nothing and prints nothing" {
  local shell
  small_environment
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "$(init_line "${shell}")"
    expect_status 0
    expect_output ''
    [[ -z "${stderr}" ]]
    in_shell "${shell}" "conda-fuse-activate small
$(init_line "${shell}")
$(init_line "${shell}")
conda-fuse-unmount small"
    expect_status 0
  done
}

@test "init leaves the shell's options, IFS and POSIX mode alone" {
  in_plain_shell bash 'set -euo pipefail; IFS=,; a="$-$(shopt -po; set +o)$IFS"; eval "$(condafuse init bash)"; [[ "$a" == "$-$(shopt -po; set +o)$IFS" ]] && echo same'
  expect_output same
  in_plain_shell bash 'set -o posix; eval "$(condafuse init bash)"; shopt -qo posix && conda-fuse-paths --help'
  expect_status 0
  expect_in_output 'Usage: conda-fuse-paths'
  in_plain_shell zsh 'setopt err_exit no_unset ksh_arrays; IFS=,; a="$(setopt)$IFS"; eval "$(condafuse init zsh)"; conda-fuse-paths >/dev/null; [[ "$a" == "$(setopt)$IFS" ]] && echo same'
  expect_output same
}

@test "create passes everything on to conda, including answers; activate, list and unmount work on the result" {
  local shell
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "echo y | conda-fuse-create 'my ${shell} größe' greeting=1.0 --copy --offline
conda-fuse-env-list
conda-fuse-activate 'my ${shell} größe'
greeting
echo \"[\$CONDA_PREFIX] [\$CONDA_SHLVL]\"
conda-fuse-unmount 'my ${shell} größe'
echo \"[\$CONDA_SHLVL]\""
    expect_status 0
    expect_in_output 'Proceed ([y]/n)?'
    expect_in_stderr "hint: conda-fuse-activate 'my ${shell} größe'"
    expect_in_output 'version 1.0'
    expect_in_output "my ${shell} größe"
    expect_in_output "[${mounts}/my ${shell} größe/my ${shell} größe] [1]"
    expect_in_output '[0]'
    [[ -e "${archives}/my ${shell} größe.squashfs" ]]
    [[ ! -e "${mounts}/my ${shell} größe" ]]
  done
}

@test "an answer of n to conda leaves nothing behind" {
  local shell
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'echo n | conda-fuse-create unwanted greeting || said'
    expect_in_output 'Proceed ([y]/n)?'
    [[ -z "$(find "${home}/miniconda_fuse" -name 'unwanted*')" ]] || fail "left $(find "${home}/miniconda_fuse")"
  done
}

@test "conda asks on the function's terminal" {
  local shell
  for shell in "${shells[@]}"; do
    printf '%s\n' "$(init_line "${shell}")" "conda-fuse-create tty-${shell} greeting" >"${home}/script"
    in_environment script -qec "${shell} '${home}/script'" /dev/null <<<'y' >"${home}/typescript"
    grep -q 'Proceed' "${home}/typescript"
    [[ -e "${archives}/tty-${shell}.squashfs" ]]
    in_environment "${CONDAFUSE_BIN}" unmount "tty-${shell}"
  done
}

@test "create refuses an existing archive, with the list's name" {
  local shell
  small_environment
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-create small -y greeting'
    expect_status 4
    expect_in_stderr 'hint: choose another name'
  done
}

@test "create passes --help, --json and unusual words on to conda" {
  local shell
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-create helped --help'
    expect_status 0
    expect_in_output 'usage: conda create'
    [[ ! -e "${archives}/helped.squashfs" ]]
    in_shell "${shell}" 'conda-fuse-create odd -y @x'
    [[ "${status}" -ne 0 ]]
    expect_in_stderr "@x"
  done
}

@test "an invalid name is refused before anything is changed" {
  local shell name
  for shell in "${shells[@]}"; do
    for name in -n .hidden a/b; do
      in_shell "${shell}" "conda-fuse-create ${name} -y greeting"
      expect_status 2
      [[ ! -e "${home}/miniconda_fuse" ]]
    done
  done
}

@test "a failing helper ends the function with its code, evaluates nothing and does not exit the shell" {
  local shell code function
  for code in 1 2 3 5 7 8; do
    failing_helper "${code}"
    for shell in "${shells[@]}"; do
      for function in 'create x' 'activate x' 'unmount x'; do
        in_shell "${shell}" "conda-fuse-${function} || said; echo survived"
        expect_status 0
        expect_in_output "code ${code}"
        expect_in_output survived
        [[ "${output}" != EVALUATED* && "${output}" != *$'\n'EVALUATED* ]] || fail "evaluated an answer"
      done
      in_shell "${shell}" 'conda-fuse-env-list'
      [[ "${shell}" == fish ]] || expect_status "${code}"
    done
  done
}

@test "a missing environment is code 3 and leaves the shell unchanged" {
  local shell
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate nowhere'
    expect_status 3
    in_shell "${shell}" 'conda-fuse-activate nowhere || said; conda-fuse-unmount nowhere || said; env'
    expect_status 0
    expect_in_output 'code 3'
    [[ "${output}" != *CONDA_PREFIX* && "${output}" != *CONDA_SHLVL* ]] || fail "the shell was changed"
    expect_in_stderr nowhere
  done
}

@test "conda is found by CONDA_EXE, MAMBA_EXE or PATH, as conda, mamba or micromamba, and initialised without base" {
  local shell tool saved=("${environment[@]}")
  small_environment
  for tool in CONDA_EXE=conda MAMBA_EXE=micromamba MAMBA_EXE=mamba PATH=conda PATH=mamba PATH=micromamba; do
    environment=("${saved[@]}")
    environment+=(CONDA_EXE=)
    case "${tool}" in
      PATH=*)
        mkdir -p "${home}/only ${tool}"
        ln -sf "${base}/bin/${tool#*=}" "${home}/only ${tool}/"
        environment+=(PATH="$(dirname "${CONDAFUSE_BIN}"):${home}/only ${tool}:/usr/bin:/bin")
        ;;
      *) environment+=("${tool%=*}=${base}/bin/${tool#*=}") ;;
    esac
    for shell in "${shells[@]}"; do
      in_shell "${shell}" 'conda-fuse-activate small
greeting
echo "[$CONDA_SHLVL] [$CONDA_PROMPT_MODIFIER]"
conda-fuse-unmount small
echo "[$CONDA_SHLVL]"'
      expect_status 0
      expect_in_output 'hello from'
      expect_in_output '[1] [(small) ]'
      expect_in_output '[0]'
    done
  done
}

@test "a program that the shell has initialised already is preferred" {
  local shell
  small_environment
  environment+=(MAMBA_EXE="${base}/bin/micromamba" CONDA_EXE=/nonexistent)
  for shell in "${shells[@]}"; do
    case "${shell}" in
      fish) before='"$MAMBA_EXE" shell hook --shell fish | source' ;;
      *) before="eval \"\$(\"\$MAMBA_EXE\" shell hook --shell ${shell})\"" ;;
    esac
    in_plain_shell "${shell}" 'conda-fuse-activate small && greeting && micromamba deactivate && conda-fuse-unmount small'
    expect_status 0
    expect_in_output 'hello from'
  done
}

@test "a missing conda is reported with code 8" {
  local shell
  small_environment
  environment+=(CONDA_EXE=)
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate small; conda list'
    expect_status 8
    expect_in_stderr 'micromamba were not found'
  done
  in_environment "${CONDAFUSE_BIN}" unmount small
}

@test "the prompt shows the names of our environments only, and keeps them when conda reactivates" {
  local shell
  small_environment
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate small
echo "1 $CONDA_PROMPT_MODIFIER"
conda install -y -q -n base greeting-data >/dev/null
echo "2 $CONDA_PROMPT_MODIFIER"
conda activate base
echo "3 $CONDA_PROMPT_MODIFIER"
conda deactivate
conda deactivate
conda create -y -q -p "$HOME/plain one" greeting >/dev/null
conda activate "$HOME/plain one"
echo "4 $CONDA_PROMPT_MODIFIER"
conda deactivate
conda-fuse-unmount small'
    expect_status 0
    expect_in_output '1 (small) '
    expect_in_output '2 (small) '
    expect_in_output '3 (base) '
    expect_in_output "4 (${home}/plain one) "
    rm -r "${home}/plain one"
  done
}

@test "the user's prompt format stays" {
  local shell
  small_environment
  environment+=('CONDA_ENV_PROMPT=<{default_env}>')
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate small
echo "$CONDA_PROMPT_MODIFIER"
echo "$CONDA_ENV_PROMPT"
conda-fuse-unmount small'
    expect_status 0
    expect_in_output '<small>'
    expect_in_output '<{default_env}>'
  done
}

@test "the prompt starts with the name, once, and loses it again" {
  local shell
  small_environment
  for shell in bash zsh; do
    before="PS1='% '" in_plain_shell "${shell}" 'conda-fuse-activate small
echo "1[$PS1]"
conda-fuse-activate small
echo "2[$PS1]"
conda-fuse-unmount small
echo "3[$PS1]"'
    expect_in_output '1[(small) % ]'
    expect_in_output '2[(small) % ]'
    expect_in_output '3[% ]'
  done
  in_plain_shell fish 'function fish_prompt; echo "% "; end
conda-fuse-activate small
echo "1["(fish_prompt | string join "")"]"
conda-fuse-unmount small
echo "2["(fish_prompt | string join "")"]"'
  expect_in_output '1[(small) % ]'
  expect_in_output '2[% ]'
}

@test "activation reports another writer on stderr, and nothing if there is none" {
  local shell other="${home}/other mount"
  small_environment
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate small
conda-fuse-unmount small'
    expect_status 0
    expect_not_in_stderr 'write lock'
  done
  mkdir "${other}"
  in_environment "${CONDAFUSE_BIN}" mount small "${other}"
  echo x >"${other}/small/x"
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'condafuse mount small "$HOME/miniconda_fuse/envs/small"
conda-fuse-activate small
conda-fuse-unmount small'
    expect_status 0
    expect_in_stderr "'small' is read-only here: the write lock is held by"
  done
  in_environment "${CONDAFUSE_BIN}" unmount "${other}"
}

@test "unmount deactivates first, also below other environments and when stacked" {
  local shell
  small_environment
  small_environment second
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate small
conda activate base
conda-fuse-activate second --stack
echo "level $CONDA_SHLVL"
conda-fuse-unmount small
echo "level $CONDA_SHLVL"
conda-fuse-unmount second
echo "level $CONDA_SHLVL"'
    expect_status 0
    expect_in_output 'level 3'
    expect_in_output 'level 0'
    expect_in_stderr 'deactivating second'
    expect_in_stderr 'deactivating base'
    in_shell "${shell}" 'conda-fuse-activate second
conda-fuse-activate small
conda-fuse-unmount small
echo "level $CONDA_SHLVL in $CONDA_PREFIX"
conda-fuse-unmount second'
    expect_status 0
    expect_in_output "level 1 in ${mounts}/second/second"
  done
}

@test "unmount leaves unrelated active environments alone" {
  local shell
  small_environment
  small_environment second
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate second
condafuse mount small
conda-fuse-unmount small
echo "in $CONDA_PREFIX"
conda-fuse-unmount second'
    expect_status 0
    expect_in_output "in ${mounts}/second/second"
    expect_not_in_stderr 'deactivating small'
  done
}

@test "unmount refuses in a shell inside the environment, names the shell and deactivates nothing" {
  local shell
  small_environment
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate small
go "$CONDA_PREFIX/bin"
conda-fuse-unmount small || echo "still in $CONDA_PREFIX"
go /
conda-fuse-unmount small'
    expect_status 0
    expect_in_output "still in ${mounts}/small/small"
    expect_in_stderr "(${shell}, this shell)"
    [[ "$(grep -c 'pid [0-9]' <<<"${stderr}")" -eq 1 ]] || fail "one process stands there"
  done
}

@test "unmount passes --wait and --lazy on" {
  local shell
  small_environment
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate small
go "$CONDA_PREFIX"
conda-fuse-unmount small --wait 0.2 || echo "waited"
conda-fuse-unmount small --lazy
go /'
    expect_status 0
    expect_in_output waited
    [[ -z "$(mounted_below "${home}")" ]]
  done
}

@test "exported variables set the folders of archives and mounts" {
  local shell
  small_environment
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${home}/mine ☃/archives" CONDA_FUSE_MOUNT_ROOT="${home}/other  place")
  mkdir -p "${home}/mine ☃"
  mv "${archives}" "${home}/mine ☃/archives"
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-paths
conda-fuse-activate small
echo "in $CONDA_PREFIX"
conda-fuse-unmount small'
    expect_status 0
    expect_in_output "${home}/mine ☃/archives"
    expect_in_output "in ${home}/other  place/small/small"
    [[ ! -e "${home}/miniconda_fuse/envs" ]]
  done
}

@test "conda-fuse.sh must be sourced: bash and zsh get the functions, otherwise it reports that and fails" {
  local shell folder="${home}/pre fix"
  mkdir -p "${folder}/bin" "${folder}/share"
  ln -s "${CONDAFUSE_BIN}" "${folder}/bin/condafuse"
  cp "${CONDAFUSE_REPOSITORY}/tests/ShellTemplates.Tests/Golden/conda-fuse.sh" "${folder}/share/"
  environment+=(PATH=/usr/bin:/bin)
  for shell in bash zsh; do
    run --separate-stderr in_environment "${shell}" -c 'set -eu; source "$1"; conda-fuse-paths; conda-fuse-create --help; echo "$CONDA_FUSE_ARCHIVE_PATH"' - "${folder}/share/conda-fuse.sh"
    expect_status 0
    expect_in_output 'Usage: conda-fuse-create'
    expect_in_output "${archives}"
  done
  run --separate-stderr in_environment bash -c 'cd "$1"; export CONDA_FUSE_ARCHIVE_PATH=/mine; source ./conda-fuse.sh; echo "$CONDA_FUSE_ARCHIVE_PATH"' - "${folder}/share"
  expect_output /mine
  for shell in bash zsh; do
    run --separate-stderr in_environment "${shell}" "${folder}/share/conda-fuse.sh"
    expect_status 1
    expect_in_stderr "source ${folder}/share/conda-fuse.sh"
  done
  run --separate-stderr in_environment dash "${folder}/share/conda-fuse.sh"
  expect_status 1
  expect_in_stderr 'bash and zsh'
}
