#!/usr/bin/env bats
# The same with real ones: CONDAFUSE_REAL_CONDA names a conda, mamba or micromamba; else those on PATH are taken, else the tests are skipped.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# The real programs, one a line; the stand-in of tests/conda is none.
real_tools() {
  local tool
  for tool in "${CONDAFUSE_REAL_CONDA:-}" "$(type -P conda)" "$(type -P mamba)" "$(type -P micromamba)"; do
    if [[ -n "${tool}" && "$(realpath "${tool}")" != */tests/conda/* ]]; then
      printf '%s\n' "${tool}"
    fi
  done
}

# Makes `tool` the only one that the functions find.
only() {
  environment+=(
    CONDA_EXE= MAMBA_EXE= CONDA_PKGS_DIRS="${home}/packages" MAMBA_ROOT_PREFIX="${home}/mamba root"
    CONDA_SOLVER="${CONDA_SOLVER:-libmamba}"
  )
  case "$1" in
    *mamba) environment+=(MAMBA_EXE="$1") ;;
    *) environment+=(CONDA_EXE="$1") ;;
  esac
}

channel_uri() {
  /usr/bin/python3 -c 'import pathlib, sys; print(pathlib.Path(sys.argv[1]).resolve().as_uri())' "${base}/channel"
}

@test "create, activate, nest, reactivate, unmount with a real conda" {
  local tools tool shell command saved=("${environment[@]}")
  mapfile -t tools < <(real_tools)
  ((${#tools[@]} > 0)) || skip "no conda, mamba or micromamba here"
  for tool in "${tools[@]}"; do
    environment=("${saved[@]}")
    only "${tool}"
    command="$(basename "${tool}")"
    for shell in "${shells[@]}"; do
      in_shell "${shell}" "conda-fuse-create 'real-${shell}' -y --offline --override-channels -c '$(channel_uri)' greeting
conda-fuse-activate 'real-${shell}'
greeting
echo \"1[\$CONDA_PROMPT_MODIFIER]\"
${command} create -y -q --offline --override-channels -c '$(channel_uri)' -p \"\$HOME/plain\" greeting
${command} activate \"\$HOME/plain\"
echo \"2[\$CONDA_PROMPT_MODIFIER]\"
${command} install -y -q --offline --override-channels -c '$(channel_uri)' greeting=1.0
greeting
conda-fuse-unmount 'real-${shell}'
echo \"3[\$CONDA_SHLVL]\""
      expect_status 0
      expect_in_output "hello from ${mounts}/real-${shell}/real-${shell}, version 2.0"
      expect_in_output "1[(real-${shell}) ]"
      expect_in_output "2[(${home}/plain) ]"
      expect_in_output "hello from ${home}/plain, version 1.0"
      expect_in_output '3[0]'
      rm -r "${home}/plain"
    done
  done
}

@test "a real conda keeps the name in the prompt when it reactivates" {
  local tools tool shell saved=("${environment[@]}")
  mapfile -t tools < <(real_tools)
  ((${#tools[@]} > 0)) || skip "no conda, mamba or micromamba here"
  small_environment
  for tool in "${tools[@]}"; do
    environment=("${saved[@]}")
    only "${tool}"
    for shell in "${shells[@]}"; do
      in_shell "${shell}" "conda-fuse-activate small
conda-fuse-activate small
echo \"[\$CONDA_PROMPT_MODIFIER] [\$CONDA_SHLVL]\"
conda-fuse-unmount small"
      expect_status 0
      expect_in_output '[(small) ] [1]'
    done
  done
}
