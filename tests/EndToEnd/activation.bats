#!/usr/bin/env bats
# Activation by our own program: conda's variables, prompt and scripts without Python, and conda can continue from there.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# The environment `lively` with scripts and variables: the JSON object $1, or hostile ones.
lively_environment() {
  local name=lively prefix
  small_environment "${name}"
  prefix="$(prefix_of "${name}")"
  mkdir -p "${prefix}/etc/conda/"{activate.d,deactivate.d,env_vars.d}
  local word
  for word in activate deactivate; do
    # shellcheck disable=SC2016
    printf 'echo "%s $CONDA_DEFAULT_ENV $CF_QUOTED" >>"$HOME/ran"\n' "${word}" |
      tee "${prefix}/etc/conda/${word}.d/one.sh" "${prefix}/etc/conda/${word}.d/one.fish" >/dev/null
  done
  local hostile='{"cf_lower": "low", "CF_QUOTED": "it'\''s \"$(touch pwned)\" `touch pwned` \\", "A;touch pwned": "x", "PATH": "/nowhere", "CF_GONE": "***unset***"}'
  printf '{"version": 1, "env_vars": %s}\n' "${1:-${hostile}}" >"${prefix}/conda-meta/state"
  printf '{"CF_PACKAGE": "package"}\n' >"${prefix}/etc/conda/env_vars.d/greeting"
  unmount "${name}"
}

# A replacement of conda that only records its calls.
noting_conda() {
  mkdir -p "${home}/noting/bin" "${home}/noting/conda-meta"
  printf '#!/bin/sh\necho "$*" >>"%s/called"\nexit 1\n' "${home}" >"${home}/noting/bin/conda"
  chmod 755 "${home}/noting/bin/conda"
  environment+=(CONDA_EXE="${home}/noting/bin/conda")
}

shown='env | grep -E "^(CONDA_(PREFIX|SHLVL|DEFAULT_ENV|PROMPT)|__CONDA|_CE_|CF_|PATH=)" | sort'

@test "activating and deactivating do not start conda, and restore the shell" {
  local shell
  small_environment
  noting_conda
  for shell in "${shells[@]}"; do
    in_plain_shell "${shell}" "${shown}
conda-fuse-activate small
echo \"[\$CONDA_DEFAULT_ENV] [\$CONDA_PROMPT_MODIFIER] [\$CONDA_SHLVL]\"
greeting
conda-fuse-unmount small
${shown}"
    expect_status 0
    expect_in_output '[small] [(small) ] [1]'
    expect_in_output "hello from ${mounts}/small/small"
    expect_in_output CONDA_SHLVL=0
    [[ "${output}" != *CONDA_PREFIX=* ]] || fail 'CONDA_PREFIX is left'
  done
  [[ ! -e "${home}/called" ]] || fail "conda was called: $(<"${home}/called")"
}

@test "scripts run and variables are set, whatever their values; invalid names are left out" {
  local shell
  lively_environment
  for shell in "${shells[@]}"; do
    rm -f "${home}/ran"
    in_shell "${shell}" "go \"\$HOME\"
conda-fuse-activate lively
echo \"[\$CF_QUOTED][\$CF_LOWER][\$CF_PACKAGE]\"
conda-fuse-unmount lively
said"
    expect_status 0
    expect_in_output "[it's \"\$(touch pwned)\" \`touch pwned\` \\][low][package]"
    expect_in_stderr 'lively/conda-meta/state is ignored: no shell can set it'
    expect_in_stderr 'PATH in '
    expect_in_output 'code 0'
    [[ "$(<"${home}/ran")" == "activate lively it's \"\$(touch pwned)\" \`touch pwned\` \\
deactivate lively it's \"\$(touch pwned)\" \`touch pwned\` \\" ]] || fail "ran: $(<"${home}/ran")"
    [[ ! -e "${home}/pwned" ]]
  done
}

@test "a value from outside is restored by deactivation" {
  local shell
  lively_environment
  environment+=(CF_PACKAGE='mine $(touch pwned)' CF_QUOTED=)
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-activate lively
echo \"[\$CF_PACKAGE][\$__CONDA_SHLVL_0_CF_PACKAGE]\"
conda-fuse-unmount lively
echo \"[\$CF_PACKAGE]\""
    expect_status 0
    expect_in_output '[package][mine $(touch pwned)]'
    expect_in_output $'\n[mine $(touch pwned)]'
    expect_in_stderr 'replaces the value of'
  done
}

@test "the prompt shows the name, and is restored afterwards" {
  local shell
  small_environment
  for shell in bash zsh; do
    in_shell "${shell}" "PS1='[it'\\''s] % '
conda-fuse-activate small
echo \"<\$PS1>\"
conda-fuse-activate small
echo \"2<\$PS1>\"
conda deactivate
echo \"3<\$PS1>\"
conda-fuse-unmount small"
    expect_status 0
    expect_in_output "<(small) [it's] % >"
    expect_in_output "2<(small) [it's] % >"
    expect_in_output "3<[it's] % >"
  done
}

@test "conda's deactivate follows ours, ours follows conda's, and names are shown throughout" {
  local shell
  small_environment
  small_environment other
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-activate small
conda-fuse-activate other
echo \"1[\$CONDA_DEFAULT_ENV][\$CONDA_SHLVL][\$CONDA_PREFIX_1]\"
conda deactivate
echo \"2[\$CONDA_DEFAULT_ENV][\$CONDA_PROMPT_MODIFIER][\$CONDA_SHLVL]\"
conda activate --stack \"${mounts}/other/other\"
echo \"3[\$CONDA_DEFAULT_ENV][\$CONDA_STACKED_2]\"
conda-fuse-unmount small
echo \"4[\$CONDA_SHLVL]\"
conda-fuse-unmount other"
    expect_status 0
    expect_in_output "1[other][2][${mounts}/small/small]"
    expect_in_output '2[small][(small) ][1]'
    expect_in_output '3[other][true]'
    expect_in_output '4[0]'
  done
}

@test "mamba's and micromamba's deactivate follow ours, and ours follow theirs" {
  local shell face
  lively_environment '{"cf_lower": "low", "CF_QUOTED": "two words"}'
  small_environment
  environment+=(CONDA_EXE='' MAMBA_ROOT_PREFIX="${base}" CF_PACKAGE=mine)
  for face in mamba micromamba; do
    environment+=(MAMBA_EXE="${base}/bin/${face}")
    for shell in "${shells[@]}"; do
      local before="eval \"\$(\"\$MAMBA_EXE\" shell hook --shell ${shell})\""
      [[ "${shell}" != fish ]] || before='"$MAMBA_EXE" shell hook --shell fish | source'
      in_plain_shell "${shell}" "printenv PATH
conda-fuse-activate lively
echo \"1[\$CONDA_DEFAULT_ENV][\$CF_LOWER][\$CF_PACKAGE]\"
${face} deactivate
echo \"2[\$CONDA_SHLVL][\$CF_LOWER][\$CF_PACKAGE]\"
printenv PATH
${face} activate '${mounts}/lively/lively'
echo \"3[\$CONDA_DEFAULT_ENV][\$CONDA_PROMPT_MODIFIER][\$CF_LOWER][\$CF_PACKAGE]\"
conda-fuse-activate small
echo \"4[\$CONDA_DEFAULT_ENV][\$CONDA_SHLVL]\"
greeting
${face} deactivate
echo \"5[\$CONDA_DEFAULT_ENV][\$CONDA_PROMPT_MODIFIER][\$CONDA_SHLVL][\$CF_LOWER]\"
conda-fuse-unmount lively
echo \"6[\$CONDA_SHLVL][\$CF_LOWER][\$CF_PACKAGE]\"
conda-fuse-unmount small
printenv PATH"
      expect_status 0
      expect_in_output '1[lively][low][package]'
      expect_in_output '2[0][][mine]'
      expect_in_output '3[lively][(lively) ][low][package]'
      expect_in_output '4[small][2]'
      expect_in_output 'small/small, version 2.0'
      expect_in_output '5[lively][(lively) ][1][low]'
      expect_in_output '6[0][][mine]'
      [[ "$(grep -c "^$(head -n 1 <<<"${output}")\$" <<<"${output}")" == 3 ]] || fail "PATH is not what it was"
    done
  done
}

@test "stacked, the programs of both are on PATH" {
  local shell
  small_environment
  small_environment other
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-activate small
conda-fuse-activate other --stack
printenv PATH
printenv CONDA_STACKED_2
conda-fuse-unmount other
printenv PATH
conda-fuse-unmount small"
    expect_status 0
    expect_in_output "${mounts}/other/other/bin:${mounts}/small/small/bin:"
    expect_in_output $'\ntrue'
  done
}

@test "condarc determines the prompt, and unsupported settings are left to conda" {
  local shell
  small_environment
  for shell in "${shells[@]}"; do
    printf 'changeps1: false  #!final\n' >"${home}/.condarc"
    in_shell "${shell}" "conda-fuse-activate small
echo \"[\$CONDA_PROMPT_MODIFIER]\"
conda-fuse-unmount small"
    expect_status 0
    expect_in_output '[]'
    printf "env_prompt: '<{name}> '\n" >"${home}/.condarc"
    in_shell "${shell}" "conda-fuse-activate small
echo \"[\$CONDA_PROMPT_MODIFIER]\"
conda-fuse-unmount small"
    expect_in_output '[<small> ]'
  done
  noting_conda
  printf "env_prompt: '{name!r} '\n" >"${home}/.condarc"
  in_plain_shell bash "conda() { echo \"conda \$*\"; }
conda-fuse-activate small"
  expect_output "conda activate ${mounts}/small/small"
  unmount small
}

@test "without an initialised or installed conda, conda deactivate works" {
  local shell
  small_environment
  environment+=(CONDA_EXE='')
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-activate small
conda deactivate
said
echo \"[\$CONDA_SHLVL]\"
conda-fuse-unmount small"
    expect_status 0
    expect_in_output $'code 0\n[0]'
  done
}

@test "conda is initialised at its first use if necessary" {
  local shell
  small_environment
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-activate small
conda list -p \"\$CONDA_PREFIX\"
conda deactivate
echo \"[\$CONDA_SHLVL]\"
conda-fuse-unmount small"
    expect_status 0
    expect_in_output greeting
    expect_in_output '[0]'
  done
}

@test "bytes that are not UTF-8 come through activation and run" {
  local shell odd=$'/odd\xff\xe2\x82dir'
  small_environment
  environment+=(PATH="$(dirname "${CONDAFUSE_BIN}"):/usr/bin:/bin:${odd}" CF_ODD="${odd}")
  for shell in bash zsh; do
    in_plain_shell "${shell}" 'conda-fuse-activate small; printenv PATH; conda-fuse-unmount small'
    expect_status 0
    [[ "${output}" == *"${odd}"* ]] || fail "PATH lost bytes"
  done
  helper run small -- printenv CF_ODD
  [[ "${output}" == "${odd}" ]] || fail "a variable lost bytes"
  unmount small
}

@test "the program explains activation when a user calls it directly" {
  helper activate small
  expect_status 2
  expect_in_stderr 'hint: conda-fuse-activate small'
  [[ -z "${output}" ]]
}

# Compares the environment after a real conda's activation and after ours.
@test "a real conda sets the same" {
  local shell tool="${CONDAFUSE_REAL_CONDA:-}" init left_out='^_='
  [[ -n "${tool}" && "$(basename "${tool}")" == conda ]] || skip 'CONDAFUSE_REAL_CONDA names no conda'
  # Without its own record, conda's version is unknown, and the two variables for its start are left alone.
  compgen -G "$(dirname "$(dirname "${tool}")")/conda-meta/conda-[0-9]*.json" >/dev/null || left_out='^(_|_CE_M|_CE_CONDA)='
  lively_environment '{"cf_lower": "low", "CF_QUOTED": "two words", "CF_GONE": "***unset***"}'
  environment+=(CONDA_EXE="${tool}" CF_PACKAGE=mine CONDA_AUTO_ACTIVATE_BASE=false)
  for shell in "${shells[@]}"; do
    case "${shell}" in
      fish) init="'${tool}' shell.fish hook | source" ;;
      *) init="eval \"\$('${tool}' shell.${shell} hook)\"" ;;
    esac
    local rest="printenv | grep -vE '${left_out}' | sort >\"\$HOME/1\"; conda deactivate; printenv | grep -vE '${left_out}' | sort >\"\$HOME/2\""
    in_plain_shell "${shell}" "${init}
conda-fuse-activate lively
${rest}
mv \"\$HOME/1\" \"\$HOME/ours1\"; mv \"\$HOME/2\" \"\$HOME/ours2\""
    expect_status 0
    in_plain_shell "${shell}" "${init}
conda activate '${mounts}/lively/lively'
${rest}"
    expect_status 0
    diff "${home}/2" "${home}/ours2"
    diff <(sed "s|${mounts}/lively/lively\$|lively|; s|(${mounts}/lively/lively) |(lively) |; s|^CONDA_PREFIX=.*|CONDA_PREFIX|" "${home}/1") \
      <(sed 's|^CONDA_PREFIX=.*|CONDA_PREFIX|' "${home}/ours1")
  done
  unmount lively
}
