#!/usr/bin/env bats
# Typical mistakes: other names of commands, similar names of environments, options on the wrong side of the name, steps in another order.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# A replacement of conda that only records its calls.
noting_conda() {
  mkdir -p "${home}/noting/bin"
  printf '#!/bin/sh\necho "$*" >>"%s/called"\nexit 1\n' "${home}" >"${home}/noting/bin/conda"
  chmod 755 "${home}/noting/bin/conda"
  environment+=(CONDA_EXE="${home}/noting/bin/conda")
}

@test "a similar name is suggested" {
  local command
  small_environment
  for command in mount unmount diff info; do
    helper "${command}" smlal
    expect_status 3
    expect_in_stderr "did you mean 'small'?"
  done
  helper mount small.squashfs
  expect_in_stderr "did you mean 'small'?"
  helper pack -n smal -o "${home}/x.tar"
  expect_in_stderr "did you mean 'small'?"
  helper mount frobnicate
  expect_status 3
  expect_not_in_stderr 'mean'
}

@test "ls and umount are aliases of list and unmount, and rm, which asks, of remove" {
  small_environment
  prefix_of small >/dev/null
  helper ls --names
  expect_output small
  helper umount small
  expect_status 0
  helper rm small
  expect_status 2
  expect_in_stderr "this deletes ${archives}/small.squashfs"
  expect_in_stderr '--yes answers the question'
  [[ -e "${archives}/small.squashfs" ]]
}

@test "the name may follow -n, and -y may precede it; a second name is refused" {
  in_shell bash 'conda-fuse-create -n one -y -q greeting; said; conda-fuse-create -y --name=two -q greeting; said'
  [[ "$(grep -c '^code 0$' <<<"${output}")" == 2 ]] || fail 'the codes'
  helper create -y -q three greeting -n four
  expect_status 2
  helper create -n three -y greeting -n four
  expect_status 2
  [[ "$(ls "${archives}")" == $'one.squashfs\ntwo.squashfs' ]]
  unmount one
  unmount two
}

@test "--drop of a complete environment, --dry-run and -f say what they do" {
  small_environment
  helper create --drop small
  expect_status 0
  expect_in_stderr "nothing to remove: 'small' was created completely"
  expect_in_stderr 'hint: condafuse remove small'
  prefix_of small >/dev/null
  helper create --drop small
  expect_status 0
  expect_in_stderr "nothing to remove: 'small' was created completely"
  [[ -e "$(prefix_of small)/conda-meta/history" ]] || fail 'damaged'
  unmount small
  helper create --drop small --json
  [[ "$(json 'answer["created"], answer["removed"]')" == 'False None' ]] || fail 'the answer'
  helper create tried --dry-run -y greeting
  expect_status 0
  expect_in_stderr "dry run: 'tried' was not created"
  printf 'greeting\n' >"${home}/packages.txt"
  helper create listed -f "${home}/packages.txt" -y -q --json
  expect_status 0
  [[ "$(json 'answer["name"], answer["created"], answer["mountPoint"], answer["warnings"]')" == "listed True ${mounts}/listed []" ]] || fail 'the answer'
  [[ "$(json 'answer["bytes"]')" == "$(stat -c %s "${archives}/listed.squashfs")" ]] || fail 'the size'
  unmount listed
  helper create failed -y --json no-such-package
  expect_status 8
  [[ "$(json 'answer["error"]["code"], "nothing was created" in answer["error"]["message"]')" == '8 True' ]] || fail 'the failure'
}

@test "commands of conda, and words of other programs, get a hint" {
  helper install numpy
  expect_status 2
  expect_in_stderr "there is no command 'install'"
  expect_in_stderr 'hint: conda-fuse-activate NAME, then use conda'
  helper env list
  expect_in_stderr 'hint: condafuse list'
  helper activate small
  expect_in_stderr 'hint: conda-fuse-activate small'
  helper -V
  expect_output "$(in_environment "${CONDAFUSE_BIN}" --version)"
  helper kernel
  expect_in_stderr 'kernel needs ACTION: install, list or remove'
}

@test "a topic that is begun, and a message without -m, are understood" {
  helper help exit
  expect_status 2
  expect_in_stderr 'hint: condafuse help exit-codes'
  small_environment
  helper commit small 'added a file'
  expect_status 2
  expect_in_stderr 'a message follows -m'
}

@test "our options are recognised after the name, and passed to conda after --" {
  helper create zipped -y -q greeting --format zip
  expect_status 0
  [[ "$(ls "${archives}")" == zipped.zip ]]
  unmount zipped
  noting_conda
  helper create other -y -- --format odd
  expect_status 8
  [[ "$(<"${home}/called")" == "create --prefix ${mounts}/other/other -y --format odd" ]] || fail "conda got: $(<"${home}/called")"
  small_environment
  helper run small --read-only -- sh -c 'touch "$CONDA_PREFIX/x"'
  [[ "${status}" -ne 0 ]]
  expect_in_stderr 'Read-only file system'
  helper run small --help
  expect_status 0
  expect_in_output 'NAME -- COMMAND'
  unmount small
}

@test "conda-fuse-unmount deactivates an environment unmounted elsewhere, or deleted, without an error" {
  local shell
  for shell in "${shells[@]}"; do
    small_environment
    in_shell "${shell}" 'conda-fuse-activate small
condafuse unmount small >/dev/null
conda-fuse-unmount small; said
echo "[$CONDA_SHLVL][$GREETING]"
conda-fuse-activate small
condafuse unmount small >/dev/null
/bin/rm "$HOME/miniconda_fuse/archives/small.squashfs"
conda-fuse-unmount small; said
echo "[$CONDA_SHLVL]"'
    expect_status 0
    expect_in_output $'code 0\n[0][]'
    [[ "${output}" == *$'already unmounted\ncode 0\n[0]' ]] || fail 'the deleted one'
    in_plain_shell "${shell}" 'conda-fuse-unmount small; said'
    expect_in_output 'code 3'
  done
}

@test "obstacles to sealing or mounting a new environment are reported before conda runs" {
  noting_conda
  if [[ "$(id -u)" == 0 ]]; then
    mknod "${home}/no driver" c 10 250
    run --separate-stderr unshare -m sh -c 'mount --bind "$1" /dev/fuse; shift; exec "$@"' sh "${home}/no driver" env -i "${environment[@]}" "${CONDAFUSE_BIN}" create other -y greeting
    expect_status 6
    expect_in_stderr "cannot create 'other': /dev/fuse is not accessible"
  else
    mkdir -p "${archives}" "${home}/shut"
    chmod 500 "${archives}" "${home}/shut"
    helper create other -y greeting
    expect_status 6
    expect_in_stderr "you may not write in ${archives}"
    chmod 700 "${archives}"
    environment+=(CONDA_FUSE_MOUNT_ROOT="${home}/shut")
    helper create other -y greeting
    expect_status 6
    expect_in_stderr 'CONDA_FUSE_MOUNT_ROOT'
  fi
  [[ ! -e "${home}/called" ]] || fail 'conda was called'
}

@test "invalid values of variables are reported when they are needed, and by doctor" {
  local setting
  small_environment
  for setting in CONDA_FUSE_KEEP=ten CONDA_FUSE_COMPACT=sometimes CONDA_FUSE_PREFETCH=yes; do
    in_environment env "${setting}" "${CONDAFUSE_BIN}" mount small >/dev/null 2>"${home}/said"
    grep -qF "warning: ${setting%=*} is '${setting#*=}'; it must be " "${home}/said" || fail "${setting}: $(<"${home}/said")"
    unmount small
    in_environment env "${setting}" "${CONDAFUSE_BIN}" doctor >"${home}/said" 2>&1 || true
    grep -qF "${setting%=*} is '${setting#*=}'" "${home}/said" || fail "doctor: ${setting}"
  done
  for setting in CONDA_FUSE_FORMAT=rar CONDA_FUSE_CREATE=here; do
    run -2 in_environment env "${setting}" "${CONDAFUSE_BIN}" create another -y -q greeting
    [[ "${output}" == *"${setting%=*} is '${setting#*=}'; it must be "* ]] || fail "${output}"
    in_environment env "${setting}" "${CONDAFUSE_BIN}" doctor >"${home}/said" 2>&1 || true
    grep -qF "${setting%=*} is '${setting#*=}'" "${home}/said" || fail "doctor: ${setting}"
  done
}

@test "functions without NAME exit with 2, and report that it is missing" {
  local shell function
  for shell in bash zsh fish; do
    for function in conda-fuse-create conda-fuse-activate conda-fuse-unmount; do
      in_plain_shell "${shell}" "${function}"
      expect_status 2
      expect_in_stderr 'NAME'
    done
  done
}

@test "unmount names idle shells in which an environment is still active, but not those that deactivated it" {
  local shell pid job start number
  small_environment
  mkfifo "${home}/go on"
  for shell in "${shells[@]}"; do
    start=(bash --norc --noprofile) number='$$'
    [[ "${shell}" != zsh ]] || start=(zsh -f)
    [[ "${shell}" != fish ]] || { start=(fish --no-config); number='$fish_pid'; }
    printf '%s\n' "$(init_line "${shell}")" 'conda-fuse-activate small' 'echo '"${number}"' >"$HOME/active"' 'read x <"$HOME/go on"' \
      'conda deactivate' 'echo left >"$HOME/left"' 'read x <"$HOME/go on"' >"${home}/idle.${shell}"
    rm -f "${home}/active" "${home}/left"
    in_environment "${start[@]}" "${home}/idle.${shell}" 3>&- &
    job=$!
    eventually test -s "${home}/active"
    pid="$(<"${home}/active")"
    helper unmount small
    expect_status 0
    expect_in_output "still active in ${shell} (${pid}); there, run: conda-fuse-unmount small"
    prefix_of small >/dev/null
    echo >"${home}/go on"
    eventually test -s "${home}/left"
    helper unmount small
    expect_status 0
    [[ "${output}" != *'still active'* ]] || fail "${shell} has left it"
    echo >"${home}/go on"
    wait "${job}"
    in_plain_shell "${shell}" 'conda-fuse-activate small
condafuse unmount small
conda-fuse-unmount small'
    expect_in_output 'still active in this shell; run: conda-fuse-unmount small'
  done
}
