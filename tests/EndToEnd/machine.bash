# A machine with several users, for tests that run as root: alice and bob, who share a group, mallory, who attacks them, and root.
# Its /tmp, /var/tmp, /dev/shm and /run are fresh (a mount namespace), /dev/fuse is open to all, and the kernel does not
# protect links in shared folders.

# Starts the machine, for setup_file; requires root. fresh_homes skips other users' tests, because Bats 1.8 cannot skip in setup_file.
start_machine() {
  bats_require_minimum_version 1.5.0
  [[ "${EUID}" -eq 0 ]] || return 0
  export stage="${CONDAFUSE_TEST_ROOT}/machine" machine guard="" users="$$"
  chmod go+rx "${CONDAFUSE_TEST_ROOT}"
  mkdir -p "${stage}"
  mkfifo "${stage}/started"
  setsid "${BASH_SOURCE[0]%/*}/machine-guard.sh" "$$" "${users}" "${stage}" "${CONDAFUSE_BIN}" >"${stage}/log" 2>&1 3>&- </dev/null &
  guard=$!
  read -r machine <"${stage}/started" || true
  rm "${stage}/started"
  [[ -n "${machine}" ]] || {
    cat "${stage}/log" >&2
    return 1
  }
  make_plain_archive
}

# Ends the machine, for teardown_file. When this returns, users and processes are gone, and the kernel's settings are restored.
stop_machine() {
  [[ -n "${guard:-}" ]] || return 0
  kill "${guard}"
  # It is not a child of this shell, which differs from setup_file's.
  tail --pid="${guard}" -f /dev/null
  rm -rf --one-file-system "${stage}"
}

# The real user name of alice, bob or mallory; for `crew`, the name of the group that alice and bob share.
user() {
  case "$1" in
    root) echo root ;;
    *) echo "condafuse-$1-${users}" ;;
  esac
}

# as WHO [VARIABLE=VALUE...] COMMAND...: in that user's environment and nothing else, with the file mode mask $mask, below root's $tracer.
as() {
  local who="$1" become=(sh -c 'umask "$1"; shift; exec "$@"' sh "${mask:-022}")
  shift
  [[ "${who}" == root ]] || become+=(setpriv --reuid "$(user "${who}")" --regid "$(user "${who}")" --init-groups)
  nsenter --mount="/proc/${machine}/ns/mnt" "${tracer[@]}" "${become[@]}" \
    env -i HOME="$(home_of "${who}")" USER="$(user "${who}")" LOGNAME="$(user "${who}")" LANG=C.UTF-8 TERM=dumb \
    PATH="${CONDAFUSE_BIN%/*}:/usr/bin:/bin" "$@"
}

# cf WHO ARGUMENT...: runs the program as that user, and stores stdout, stderr and status in variables. The test fails if the command hangs.
cf() {
  local who="$1"
  shift
  run --separate-stderr as "${who}" "${with[@]}" timeout --kill-after=5 "${limit:-60}" "${CONDAFUSE_BIN}" "$@"
  [[ "${status}" -ne 124 && "${status}" -ne 137 ]] || fail "still running after ${limit:-60} s: condafuse $*"
}

# sh_as WHO SCRIPT [ARGUMENT...]
sh_as() {
  local who="$1"
  shift
  as "${who}" "${with[@]}" bash -euo pipefail -c "$1" bash "${@:2}"
}

home_of() {
  printf '%s\n' "${stage}/home/$1"
}

archives_of() {
  printf '%s\n' "${stage}/home/$1/miniconda_fuse/archives"
}

# Creates new homes and shared folders for every test: `sticky` (1777), `open` (0777), `crew` (2770, of the group).
fresh_homes() {
  local who
  [[ -n "${machine:-}" ]] || skip 'only root can create the users that it needs'
  with=() tracer=() mask=022 limit=60
  for who in root alice bob mallory; do
    rm -rf --one-file-system "${stage}/home/${who:?}"
    mkdir -p "${stage}/home/${who}/miniconda_fuse/archives" "${stage}/home/${who}/miniconda_fuse/envs"
    chown -R "$(user "${who}"):" "${stage}/home/${who}"
  done
  rm -rf --one-file-system "${stage:?}"/{sticky,open,crew,work}
  mkdir -m 1777 "${stage}/work"
  chmod 1777 "${stage}/work"
  mkdir -m 1777 "${stage}/sticky"
  mkdir -m 0777 "${stage}/open"
  mkdir -m 2770 "${stage}/crew"
  chmod 1777 "${stage}/sticky"
  chmod 0777 "${stage}/open"
  chgrp "$(user crew)" "${stage}/crew"
  chmod 2770 "${stage}/crew"
}

# Empties the folders for temporary files, except for mounts in them.
fresh_temporary() {
  nsenter --mount="/proc/${machine}/ns/mnt" sh -c 'find /tmp /var/tmp /dev/shm /run/user -xdev -mindepth 1 -depth -delete 2>/dev/null
    find /run -xdev -mindepth 1 -maxdepth 1 -name "condafuse*" -exec rm -rf --one-file-system {} +'
}

# Removes mounts and processes that a test leaves, and fails the test.
nothing_left() {
  local left
  [[ -n "${machine:-}" ]] || return 0
  left="$(mounts_of_machine)"
  if [[ -n "${left}" ]]; then
    while IFS= read -r point; do
      nsenter --mount="/proc/${machine}/ns/mnt" umount -l -- "${point}" || true
    done <<<"${left}"
    echo "left mounted: ${left}" >&2
  fi
  all_ended || true
  local running
  running="$(servers)"
  if [[ -n "${running}" ]]; then
    # shellcheck disable=SC2086 # pids
    ps -o pid,user,args -p "$(echo ${running} | tr ' ' ,)" >&2 || true
    # shellcheck disable=SC2086 # pids
    kill -KILL ${running} || true
  fi
  fresh_temporary
  [[ -z "${left}${running}" || -z "${BATS_TEST_COMPLETED:-}" ]]
}

mounts_of_machine() {
  local point
  while read -r _ _ _ _ point _; do
    printf -v point '%b' "${point}"
    [[ "${point}" != "${stage}"/* ]] || printf '%s\n' "${point}"
  done <"/proc/${machine}/mountinfo"
}

# The archive that all tests copy: an environment with three files.
make_plain_archive() {
  mkdir -p "${stage}/source/conda-meta" "${stage}/source/bin"
  printf '==> 2024-01-01 00:00:00 <==\n# cmd: conda create\n# conda version: 23.11.0\n' >"${stage}/source/conda-meta/history"
  printf '#!/bin/sh\necho original\n' >"${stage}/source/bin/tool"
  chmod 755 "${stage}/source/bin/tool"
  echo text >"${stage}/source/note"
  "${CONDAFUSE_BIN}" pack "${stage}/source" -q -o "${stage}/plain.squashfs"
}

# plain_archive OWNER FILE [MODE [GROUP]]
plain_archive() {
  cp "${stage}/plain.squashfs" "$2"
  chown "$(user "$1"):${4:-$(user "$1")}" "$2"
  chmod "${3:-644}" "$2"
}

# A summary of a tree: names, kinds, modes, owners, links, lengths, times and content.
fingerprint() {
  find "$@" -printf '%p %y %m %u %g %s %T@ %l\n' | sort
  find "$@" -type f -print0 | sort -z | xargs -0 -r sha256sum
}

# A folder `precious` that only the victim $1 may change, with files of the following names.
precious() {
  local who="$1" name
  shift
  mkdir -p "$(home_of "${who}")/precious"
  for name in thesis.tex "$@"; do
    echo "the only copy of ${name}" >"$(home_of "${who}")/precious/${name}"
  done
  chmod 700 "$(home_of "${who}")/precious"
  find "$(home_of "${who}")/precious" -type f -exec chmod 600 {} +
  chown -R "$(user "${who}"):" "$(home_of "${who}")/precious"
  fingerprint "$(home_of "${who}")/precious" >"${stage}/work/precious-${who}"
}

expect_untouched() {
  diff "${stage}/work/precious-$1" <(fingerprint "$(home_of "$1")/precious") >&2 || fail "files of $1 were changed"
}
