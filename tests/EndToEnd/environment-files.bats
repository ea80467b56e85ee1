#!/usr/bin/env bats
# Environments from files: environment.yml, explicit lists, conda-lock.yml, pixi.lock, requirements.txt; and files from environments.
# With the stand-in conda, or with a real one that CONDAFUSE_REAL_CONDA names.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

setup() {
  fresh_home
  if [[ "$(basename "${CONDAFUSE_REAL_CONDA:-}")" == conda ]]; then
    environment+=(CONDA_EXE="${CONDAFUSE_REAL_CONDA}" CONDA_PKGS_DIRS="${CONDAFUSE_TEST_ROOT}/real packages" CONDA_OFFLINE=true)
  fi
  environment+=(PIP_NO_INDEX=1 XDG_CACHE_HOME="${home}/cache")
  files="${home}/files of mine"
  in_environment /usr/bin/python3 "${BATS_TEST_DIRNAME}/environment_files.py" "${base}/channel" "${files}"
}

# The content of environment $1, according to its conda-meta and its Python.
packages_in() {
  local prefix
  prefix="$(prefix_of "$1")"
  (cd "${prefix}/conda-meta" && printf '%s\n' *.json)
  (cd "${prefix}"/lib/python3*/site-packages && printf '%s\n' *.dist-info)
}

# The environment $1 created from file $2: it works, and records its origin.
made_from() {
  local name="$1" file="$2"
  shift 2
  helper create "${name}" --file "${file}" -y -q "$@"
  expect_status 0
  helper run "${name}" -- python -c 'import cfwheel'
  expect_output 'from the wheel'
  helper log "${name}"
  expect_in_output "created from $(basename "${file}")"
}

@test "a conda-lock.yml, a pixi.lock and an environment.yml are created, exported and created again: the same packages" {
  local file option again
  for file in conda-lock.yml pixi.lock environment.yml; do
    made_from first "${files}/${file}"
    packages_in first >"${home}/first packages"
    [[ "$(grep -c json <"${home}/first packages")" == 7 ]] || fail "packages of ${file}"
    for option in --lock --yaml; do
      in_environment "${CONDAFUSE_BIN}" export first "${option}" >"${home}/again.yml"
      made_from again "${home}/again.yml"
      packages_in again | diff "${home}/first packages" - || fail "${file} ${option}"
      unmount again
      rm "${archives}/again.squashfs"
    done
    if [[ "${file}" == environment.yml ]]; then
      helper run first -- printenv CF_VARIABLE
      expect_output 'from the file'
    fi
    unmount first
    rm "${archives}/first.squashfs"
  done
}

@test "a list is created, exported and created again, in a mount too; the file and its result are kept" {
  local prefix
  environment+=(CONDA_FUSE_CREATE=mount)
  made_from listed "${files}/requirements.txt" -c "$(/usr/bin/python3 -c 'import pathlib, sys; print(pathlib.Path(sys.argv[1]).as_uri())' "${base}/channel")" --override-channels
  unmount listed
  made_from first "${files}/conda-lock.yml"
  prefix="$(prefix_of first)"
  cmp "${files}/conda-lock.yml" "${prefix}/conda-meta/condafuse/source"
  in_environment "${CONDAFUSE_BIN}" export first --explicit >"${home}/list.txt"
  diff "${home}/list.txt" "${prefix}/conda-meta/condafuse/explicit.txt"
  packages_in first >"${home}/first packages"
  unmount first
  [[ -z "$(mounted_below "${home}")" ]]
  helper export first --explicit
  expect_output "$(<"${home}/list.txt")"
  [[ -z "$(mounted_below "${home}")" ]] || fail 'export left it mounted'
  made_from again "${home}/list.txt"
  packages_in again | diff "${home}/first packages" -
  unmount again
}

@test "packages of pip are installed from outside where the lock has no pip" {
  in_environment /usr/bin/python3 "${BATS_TEST_DIRNAME}/environment_files.py" "${base}/channel" "${files}" python
  made_from bare "${files}/pixi.lock"
  [[ ! -e "${mounts}/bare/bare/bin/pip" ]]
  unmount bare
}

@test "secrets in addresses are neither kept nor exported" {
  local secret=tk-12345-secret
  mkdir -p "${home}/t/${secret}"
  ln -s "${base}/channel" "${home}/t/${secret}/channel"
  in_environment /usr/bin/python3 "${BATS_TEST_DIRNAME}/environment_files.py" "${home}/t/${secret}/channel" "${files}"
  helper create first --file "${files}/pixi.lock" -y -q
  expect_status 0
  ! grep -rlI --exclude-dir=site-packages "${secret}" "${mounts}/first/first" || fail 'a secret is kept'
  helper export first --lock
  [[ "${output}" == *'/channel/linux-64/python-'* && "${output}" != *"${secret}"* ]] || fail 'a secret is exported'
  [[ -z "$(ls -d /var/tmp/condafuse-"${EUID}"/run-* 2>/dev/null)" ]] || fail 'lists are left'
  unmount first
}

@test "a failing pip leaves nothing half-made" {
  printf -- '--no-index\nno-such-package==1\n' >"${files}/requirements.txt"
  helper create broken --file "${files}/requirements.txt" -y -q -c "file://${base// /%20}/channel" --override-channels
  expect_status 8
  expect_in_stderr 'nothing was created'
  sed -i '/cfwheel @/s/cfwheel/nowheel/' "${files}/environment.yml"
  helper create broken --file "${files}/environment.yml" -q
  expect_status 8
  sed -i 's/sha256: [0-9a-f]*\(.\)$/sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\1/' "${files}/pixi.lock"
  helper create broken --file "${files}/pixi.lock" -q
  [[ "${status}" -ne 0 ]] || fail 'a wrong checksum'
  [[ ! -e "${archives}/broken.squashfs" && ! -e "${mounts}/broken" && -z "$(ls -A "${archives}")" ]] || fail 'something is left'
}

@test "what an interrupted creation left is kept when a file fails" {
  in_environment "${base}/bin/conda" create -y -q -p "${mounts}/half/half" greeting
  printf -- '--no-index\nno-such-package==1\n' >"${files}/requirements.txt"
  helper create --resume half --file "${files}/requirements.txt" -y -q -c "file://${base// /%20}/channel" --override-channels
  expect_status 8
  expect_in_stderr 'its files are kept in'
  [[ -e "${mounts}/half/half/conda-meta/history" ]] || fail 'removed'
  helper create --drop half
  [[ ! -e "${mounts}/half" ]] || fail 'left'
}

@test "contents that an archive cannot hold are refused by name before conda runs" {
  mkdir -p "${home}/noting/bin"
  printf '#!/bin/sh\necho "$*" >>"%s/called"\nexit 1\n' "${home}" >"${home}/noting/bin/conda"
  chmod 755 "${home}/noting/bin/conda"
  environment+=(CONDA_EXE="${home}/noting/bin/conda")
  helper create x --file "${files}/pixi.lock" --environment linked
  expect_status 2
  expect_in_stderr 'mine 0.1.0 (editable ./)'
  helper create x --file "${files}/pixi.lock" --environment none
  expect_in_stderr 'default, linked'
  environment+=(CONDA_SUBDIR=linux-aarch64)
  helper create x --file "${files}/conda-lock.yml"
  expect_status 6
  expect_in_stderr 'nothing for linux-aarch64'
  environment+=(CONDA_SUBDIR= CONDA_OVERRIDE_GLIBC=2.5)
  helper create x --file "${files}/conda-lock.yml"
  expect_status 6
  expect_in_stderr '__glibc >=2.17,<3.0.a0; this machine has 2.5'
  printf 'name: x\n' >"${files}/none.yml"
  helper create x --file "${files}/none.yml"
  expect_status 2
  expect_in_stderr 'none.yml cannot be read'
  helper create x --file "${files}/missing.yml"
  expect_status 3
  helper create x --file "${files}/environment.yml" -n other
  expect_status 2
  helper create x --category dev greeting
  expect_status 2
  printf 'cfwheel\n-e .\n' >"${files}/requirements.txt"
  helper create x --file "${files}/requirements.txt"
  expect_status 2
  expect_in_stderr "'-e .'"
  [[ ! -e "${home}/called" ]] || fail 'conda was called'
  helper create x --file "${files}/explicit.txt" -q
  expect_status 8
  [[ "$(<"${home}/called")" == "create --prefix ${mounts}/x/x --file "*"/explicit.txt -q" ]] || fail "conda got $(<"${home}/called")"
}
