#!/usr/bin/env bash
# What most users do most often, for scripts/method-order: starts a shell, mounts, reads, changes a file, unmounts.
# usage: method-order-session.sh PROGRAM [USER]    (USER: the same again as this user, through fusermount3; only for root)
set -euo pipefail

session() {
  local program=$1 home
  home=$(mktemp -d)
  export HOME="${home}"
  unset XDG_RUNTIME_DIR XDG_STATE_HOME XDG_CACHE_HOME "${!CONDA_@}"
  mkdir -p "${home}/miniconda_fuse/archives"
  mksquashfs /usr/lib/python3*/asyncio "${home}/miniconda_fuse/archives/some.squashfs" -comp zstd -quiet -no-progress
  "${program}" init bash >/dev/null
  "${program}" mount some
  "${program}" list
  sleep 3 # the server frees unused memory
  find "${home}/miniconda_fuse/envs/some" -type f -exec cat {} + >/dev/null
  "${program}" unmount some
  "${program}" mount some
  echo text >"${home}/miniconda_fuse/envs/some/new"
  "${program}" unmount some
  rm -r "${home}"
}

session "$1"
[[ $# == 1 ]] || setpriv --reuid "$2" --regid "$2" --clear-groups bash "$0" "$1"
