#!/usr/bin/env bats
# Tests with real programs: a conda, mamba or micromamba in CONDAFUSE_REAL_CONDA, or else those on PATH. Without any, the tests are skipped.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# The real programs, one per line, without the stand-in of tests/conda.
real_tools() {
  local tool
  for tool in "${CONDAFUSE_REAL_CONDA:-}" "$(type -P conda)" "$(type -P mamba)" "$(type -P micromamba)"; do
    if [[ -n "${tool}" && "$(realpath "${tool}")" != */tests/conda/* ]]; then
      printf '%s\n' "${tool}"
    fi
  done
}

# Makes `tool` the only program that the functions find, with only the packages of the local channel.
only() {
  environment+=(
    CONDA_EXE= MAMBA_EXE= CONDA_PKGS_DIRS="${CONDAFUSE_TEST_ROOT}/real packages" MAMBA_ROOT_PREFIX="${home}/mamba root"
    CONDA_CHANNELS="$(channel_uri)" CONDA_OFFLINE=true
  )
  [[ -z "${CONDA_SOLVER:-}" ]] || environment+=(CONDA_SOLVER="${CONDA_SOLVER}")
  case "$1" in
    *mamba) environment+=(MAMBA_EXE="$1") ;;
    *) environment+=(CONDA_EXE="$1") ;;
  esac
}

channel_uri() {
  /usr/bin/python3 -c 'import pathlib, sys; print(pathlib.Path(sys.argv[1]).resolve().as_uri())' "${base}/channel"
}

# Runs function $1 with each real program as argument, each time in an empty home.
with_each_tool() {
  local tools tool saved=("${environment[@]}")
  mapfile -t tools < <(real_tools)
  ((${#tools[@]} > 0)) || skip "no conda, mamba or micromamba here"
  for tool in "${tools[@]}"; do
    environment=("${saved[@]}")
    only "${tool}"
    "$1" "${tool}"
    rm -rf --one-file-system "${archives}" "${home}/.conda" "${home}/mamba root"
  done
}

# Only conda itself: programs with a compatible command line do not have this command.
is_conda() {
  [[ "$(basename "$1")" == conda ]]
}

nesting() {
  local shell command
  command="$(basename "$1")"
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
}

@test "create, activate, nest, reactivate, unmount with a real conda" {
  with_each_tool nesting
}

reactivating() {
  local shell
  small_environment
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-activate small
conda-fuse-activate small
echo \"[\$CONDA_PROMPT_MODIFIER] [\$CONDA_SHLVL]\"
conda-fuse-unmount small"
    expect_status 0
    expect_in_output '[(small) ] [1]'
  done
}

@test "a real conda keeps the name in the prompt when it reactivates" {
  with_each_tool reactivating
}

changing() {
  local command
  command="$(basename "$1")"
  in_shell bash "conda-fuse-create work -y -q python=3 tqdm greeting=1.0
conda-fuse-activate work
tqdm --version
${command} install -y -q python-dateutil 'greeting>=2'
python -c 'import dateutil, six; print(dateutil.__file__)'
greeting
${command} remove -y -q tqdm
conda-fuse-unmount work"
  expect_status 0
  expect_in_output "${mounts}/work/work/lib/python3.11/site-packages/dateutil/__init__.py"
  expect_in_output 'version 2.0'
  expect_in_output 'committed as generation 2'
  helper log work
  expect_in_output 'greeting 1.0 to 2.0'
  expect_in_output '+python-dateutil'
  expect_in_output '-tqdm'
  helper verify work
  expect_status 0
  helper run work -- python -c 'import dateutil; print("there")'
  expect_output there
  [[ ! -e "${mounts}/work/work/bin/tqdm" ]] || fail 'tqdm is still there'
  unmount work
}

@test "install, update and remove in a mounted environment with a real conda, committed and read again" {
  with_each_tool changing
}

packing() {
  local format tree="${home}/unpacked"
  helper create packed -y -q python=3 pip tqdm wheel python-dateutil greeting
  expect_status 0
  for format in tar tar.gz tar.bz2 tar.xz tar.zst squashfs zip no-archive; do
    rm -rf "${tree}"
    helper pack -n packed -o "${home}/env.${format}" -j 2 --compress-level 1 --zip-symlinks
    expect_status 0
    [[ -z "${stderr}" ]] || fail "${format}"
    unpack "${home}/env.${format}" "${tree}"
    in_environment "${tree}/bin/conda-unpack"
    [[ "$(in_environment "${tree}/bin/greeting")" == *"${tree}"* ]] || fail "greeting of ${format}"
    in_environment PATH="${tree}/bin:/usr/bin:/bin" "${tree}/bin/tqdm" --version || fail "tqdm of ${format}"
    in_environment PATH="${tree}/bin:/usr/bin:/bin" "${tree}/bin/wheel" version || fail "wheel of ${format}"
    [[ "$(in_environment "${tree}/bin/python" -c 'import dateutil; print(dateutil.__file__)')" == "${tree}"/* ]] || fail "dateutil of ${format}"
    ! grep -rIl --exclude-dir=conda-meta -e "${mounts}" -e /opt/placehold_ "${tree}" --exclude=conda-unpack || fail "prefixes are left in ${format}"
    rm -rf "${home}/env.${format}"
  done
  unmount packed
}

@test "an environment of a real conda with noarch packages is packed in every format, unpacked elsewhere, and used" {
  with_each_tool packing
}

@test "an environment that is mounted elsewhere equals one that a real conda creates there" {
  with_each_tool creating_elsewhere
}

creating_elsewhere() {
  local there root="${BATS_TEST_TMPDIR}/at" tool="$1" packages=(python=3 pip tqdm wheel python-dateutil greeting)
  is_conda "${tool}" || return 0
  # In a prefix with a space, conda leaves first lines that start nothing in packages' scripts.
  environment+=(CONDA_FUSE_MOUNT_ROOT="${root}/home")
  mkdir -p "${root}"
  helper create moved -y -q "${packages[@]}"
  expect_status 0
  in_environment "${CONDAFUSE_BIN}" unmount moved
  for there in "${root}/e" "${root}/a-directory-with-a-longer-name"; do
    helper mount "${archives}/moved.squashfs" "${there}"
    expect_status 0
    cp -a "${there}/moved" "${root}/shown"
    in_environment "${CONDAFUSE_BIN}" unmount "${there}"
    rm -rf "${there:?}"
    in_environment "${tool}" create -y -q -p "${there}/moved" "${packages[@]}"
    run "${there}/moved/bin/python" "${BATS_TEST_DIRNAME}/same_environment.py" "${root}/shown" "${there}/moved"
    expect_status 0
    [[ "${output}" =~ ^[0-9]+\ entries$ ]] || fail "${output}"
    rm -rf "${root}/shown" "${there:?}"
  done
  rm -rf "${archives}/moved.squashfs" "${root}"
}

@test "commit --to gives an environment of a real conda another prefix, in noarch packages too" {
  with_each_tool forking
}

forking() {
  helper create first -y -q python=3 tqdm greeting
  expect_status 0
  helper commit first --to second
  expect_status 0
  unmount first
  rm "${archives}/first.squashfs"
  [[ "$(in_environment "${CONDAFUSE_BIN}" run second -- greeting)" == *"${mounts}/second/first"* ]]
  in_environment "${mounts}/second/first/bin/tqdm" --version
  unmount second
}

removing() {
  local how tool="$1"
  is_conda "${tool}" || return 0
  for how in 'remove --all' 'env remove' rename; do
    helper create gone -y -q greeting
    expect_status 0
    case "${how}" in
      # conda 23.11 renames only if some environment is active.
      rename) run --separate-stderr in_environment env CONDA_SHLVL=1 CONDA_PREFIX="${tool%/*/*}" CONDA_ENVS_DIRS="${home}/conda envs" \
        "${tool}" rename -p "${mounts}/gone/gone" renamed ;;
      # shellcheck disable=SC2086
      *) run --separate-stderr in_environment "${tool}" ${how} -y -p "${mounts}/gone/gone" ;;
    esac
    # conda 23.11 ends "remove --all" with a traceback after removing everything: it cannot remove the mount point above the prefix.
    [[ ! -e "${mounts}/gone/gone" ]] || fail "${how} removed nothing"
    in_plain_shell bash 'conda-fuse-activate gone; said'
    expect_in_output 'code 3'
    expect_in_stderr 'condafuse rollback gone 1'
    [[ -z "$(mounted_below "${home}")" ]] || fail "${how}: still mounted"
    helper rollback gone 1
    expect_status 0
    in_shell bash 'conda-fuse-activate gone; greeting; conda-fuse-unmount gone'
    expect_in_output "hello from ${mounts}/gone/gone"
    rm "${archives}/gone.squashfs"
  done
}

@test "remove --all, env remove and rename of a mounted environment with a real conda: nothing stays mounted, and rollback brings it back" {
  with_each_tool removing
}

filling() {
  local tool="$1" command
  command="$(basename "${tool}")"
  helper create full -y -q python=3
  expect_status 0
  unmount full
  helper create tiny -y -q greeting=1.0
  expect_status 0
  unmount tiny
  # Enough space for the existing data, and for a part of numpy.
  mkdir -p "${home}/small disk"
  root_mounts_tmpfs "${home}/small disk" 24m
  mv "${archives}"/*.squashfs "${home}/small disk"
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${home}/small disk")
  in_plain_shell bash "conda-fuse-activate full
${command} install -y -q numpy scipy pandas; said
python -c 'print(\"python is whole\")'
rm -f \"\$CONDA_PREFIX\"/lib/python3.11/test.pyc
${command} install -y -q tqdm; said
tqdm --version; said
conda-fuse-unmount full; said"
  printf '%s\n' "${output}" "${stderr}" >"${home}/said"
  umount -l "${home}/small disk"
  expect_in_output 'code 1'
  expect_in_output 'python is whole'
}

# A file system of size $2 at $1 for the test's user; requires root.
root_mounts_tmpfs() {
  mount -t tmpfs -o "size=$2,uid=$("${acting[@]}" id -u),mode=755" tmpfs "$1"
}

@test "a full disk under a real conda: the installation fails, and the environment is unchanged" {
  ((EUID == 0)) || skip 'only root makes a small file system'
  with_each_tool filling
}

killing() {
  local command
  command="$(basename "$1")"
  server_killer
  helper create killed -y -q greeting
  expect_status 0
  in_plain_shell bash "conda-fuse-activate killed
echo kept >\"\$CONDA_PREFIX/kept\"
sh '${home}/kill-server' \"\$CONDA_PREFIX/kept\"
conda-fuse-unmount killed
echo \"[\$CONDA_SHLVL]\""
  expect_status 0
  expect_in_output '[0]'
  expect_in_output 'committed as generation 2'
  helper run killed -- sh -c 'cat "${CONDA_PREFIX}/kept"'
  expect_output kept
  unmount killed
}

@test "a killed server under a real conda: conda-fuse-unmount recovers, deactivates, commits and unmounts" {
  with_each_tool killing
}

linking() {
  printf 'always_softlink: true\n' >"${home}/.condarc"
  environment+=(CONDA_PKGS_DIRS="${home}/pkgs")
  local place
  for place in native mount; do
    environment+=(CONDA_FUSE_CREATE="${place}")
    helper create "linked-${place}" -y -q greeting
    expect_status 0
    expect_not_in_stderr 'point outside'
    unmount "linked-${place}"
  done
  rm -rf "${home}/pkgs" "${home}/.condarc"
  for place in native mount; do
    helper run "linked-${place}" -- greeting
    expect_in_output 'hello from'
    unmount "linked-${place}"
  done
}

@test "always_softlink of a real conda leaves no links into its package cache" {
  with_each_tool linking
}

naming() {
  local tool="$1"
  is_conda "${tool}" || return 0
  helper create named -y -q greeting=1.0
  expect_status 0
  printf 'name: named\nchannels: [%s, nodefaults]\ndependencies: [greeting=2.0]\n' "'$(channel_uri)'" >"${home}/environment.yml"
  printf 'envs_dirs:\n  - %s\n  - %s\n' "${home}/.conda/envs" "${mounts}/named" >"${home}/.condarc"
  in_environment "${tool}" env update -q -f "${home}/environment.yml"
  [[ "$(in_environment "${mounts}/named/named/bin/greeting")" == *'version 2.0' && ! -e "${home}/.conda/envs/named" ]]
  in_environment "${tool}" install -y -q -n named greeting=1.0
  [[ "$(in_environment "${mounts}/named/named/bin/greeting")" == *'version 1.0' ]]
  unmount named
}

@test "with an environment's mount point among envs_dirs, a real conda finds it by name" {
  with_each_tool naming
}

by_plain_name() {
  local shell before
  is_conda "$1" || return 0
  environment+=(CONDA_AUTO_ACTIVATE_BASE=false)
  for shell in bash zsh fish; do
    small_environment
    before="eval \"\$('$1' shell.${shell} hook)\""
    [[ "${shell}" != fish ]] || before="'$1' shell.fish hook | source"
    run_script "${shell}" "conda activate small
echo \"active \$CONDA_PREFIX\"
conda deactivate
conda install -y -q --offline --override-channels -c '$(channel_uri)' -n small greeting=1.0
conda list --name=small
conda run -n small greeting"
    expect_in_output "active ${mounts}/small/small"
    expect_in_output "hello from ${mounts}/small/small, version 1.0"
    [[ ! -e "$(dirname "$(dirname "$1")")/envs/small" ]] || fail 'a native environment'
    unmount small
  done
  # Whether it knows CEP 22 or not, it changes nothing and says why. Those that know it check first whether they can write, except to remove.
  helper mount --read-only small
  run --separate-stderr in_environment "$1" remove -y -q -p "${mounts}/small/small" greeting
  [[ "${status}" != 0 ]] || fail 'a package was removed from a read-only mount'
  if [[ "$(in_environment "$1" remove --help)" == *--override-frozen* ]]; then
    expect_in_stderr EnvironmentIsFrozenError
    expect_in_stderr "condafuse has mounted 'small' read-only"
  else
    expect_in_stderr EnvironmentNotWritableError
  fi
  run_script bash "eval \"\$('$1' shell.bash hook)\"
conda install -y -q --offline --override-channels -c '$(channel_uri)' -p '${mounts}/small/small' greeting=2.0; said"
  [[ "${output}" != *'code 0' ]] || fail 'a read-only mount was changed'
  expect_in_stderr EnvironmentNotWritableError
  unmount small
}

@test "conda's commands by plain name with a real conda, and a read-only mount" {
  with_each_tool by_plain_name
}

through_link() {
  local tool="$1" prefix link="${home}/.conda/envs/linked"
  is_conda "${tool}" || return 0
  helper create linked -y -q python=3 pip greeting=1.0
  expect_status 0
  helper setup --yes --shell bash --links
  expect_status 0
  prefix="$(prefix_of linked)"
  in_environment "${tool}" install -y -q -n linked greeting=2.0 tqdm
  [[ -n "$(grep -rlF -e "${link}" "${prefix}")" ]] || fail 'not installed through the link'
  helper commit linked
  expect_status 0
  ! grep -rlF -e "${link}" "${prefix}" || fail "the link's path is left"
  unmount linked
  prefix="$(prefix_of linked)"
  ! grep -rlF -e "${link}" "${prefix}" || fail "the link's path is in the archive"
  rm "${link}"
  [[ "$(in_environment "${prefix}/bin/greeting")" == "hello from ${prefix}, version 2.0" ]] || fail "$("${prefix}/bin/greeting")"
  in_environment "${prefix}/bin/tqdm" --version
  run in_environment "${tool}" doctor -p "${prefix}"
  expect_in_output 'There are no packages with altered files'
  unmount linked
}

@test "what a real conda installs through a link is committed with the environment's own prefix" {
  with_each_tool through_link
}
