#!/usr/bin/env bats
# The arguments and settings that conda gets when an environment is created.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

@test "a conda option for another location is refused before conda runs" {
  local option
  for option in -p -n --prefix --name; do
    helper create other -y -q greeting "${option}" "${home}/elsewhere"
    expect_status 2
    expect_in_stderr "'${option}'"
  done
  for option in "-p${home}/elsewhere" -nelsewhere "--prefix=${home}/elsewhere" --name=elsewhere "-yqp${home}/elsewhere"; do
    helper create other greeting "${option}"
    expect_status 2
  done
  [[ ! -e "${home}/elsewhere" && ! -e "${archives}/other.squashfs" && ! -e "${mounts}/other" && ! -e "${home}/.conda" ]]
}

# Creates NAME with user settings that link into the package cache, then empties the cache.
linked_creation() {
  printf 'always_softlink: true\n%s\n' "${2:-}" >"${home}/.condarc"
  environment+=(CONDA_PKGS_DIRS="${home}/pkgs")
  helper create "$1" -y -q greeting
  expect_status 0
  expect_not_in_stderr 'point outside'
  rm -rf "${home}/pkgs"
  [[ "$(in_environment "${mounts}/$1/$1/bin/greeting")" == "hello from ${mounts}/$1/$1, version 2.0" ]]
  [[ "$(<"${mounts}/$1/$1/share/greeting/message")" == 'hello 2.0' ]]
  unmount "$1"
}

@test "always_softlink creates no links into the package cache, on disk and in a mount" {
  environment+=(CONDA_FUSE_CREATE=native)
  linked_creation native
  environment+=(CONDA_FUSE_CREATE=mount)
  linked_creation mount
}

@test "always_copy beside always_softlink, which conda refuses, is no obstacle" {
  environment+=(CONDA_FUSE_CREATE=mount)
  linked_creation both 'always_copy: true'
}

@test "links out of a new environment are reported, and sealed" {
  helper create half -y -q greeting --dry-run
  in_environment "${base}/bin/conda" create -y -q -p "${mounts}/half/half" greeting
  ln -s /etc/passwd "${mounts}/half/half/share/users"
  helper create --resume half
  expect_status 0
  expect_in_stderr '1 symlink point'
  expect_in_stderr 'share/users -> /etc/passwd'
  unmount half
}
