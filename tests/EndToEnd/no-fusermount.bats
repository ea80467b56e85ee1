#!/usr/bin/env bats
# A machine without fusermount: root does not need it, other users have `run` in a user namespace.

load helpers

# Runs "$@" without fusermount on PATH, as this user.
without_fusermount() {
  : >"${home}/nothing"
  local hide="for f in /usr/bin/fusermount3 /usr/bin/fusermount /bin/fusermount3 /bin/fusermount; do mount --bind '${home}/nothing' \"\$f\"; done"
  if [[ "${EUID}" -eq 0 ]]; then
    # The mount of root's `run` stays, in this namespace only: no other process can remove it.
    run --separate-stderr in_environment unshare --mount sh -c "${hide}; \"\$@\"; code=\$?; condafuse unmount small >&2; exit \$code" sh "$@"
  else
    run --separate-stderr in_environment unshare --user --map-root-user --mount sh -c "${hide}
      exec unshare --user --map-user=${EUID} --map-group=$(id -g) \"\$@\"" sh "$@"
  fi
}

# A mount in a separate namespace leaves its empty mount point: removing it could detach a mount in another namespace.
clear_mount_point() {
  [[ ! -d "${mounts}/small" ]] || rmdir "${mounts}/small"
}

@test "run works, with the command's own code and user, and leaves nothing" {
  small_environment
  without_fusermount "${CONDAFUSE_BIN}" run small -- sh -c 'echo "$CONDA_PREFIX $(id -u)"; test -d "$CONDA_PREFIX/conda-meta" && exit 7'
  expect_status 7
  expect_output "${mounts}/small/small ${EUID}"
  all_ended
  [[ -z "$(ls -d /var/tmp/condafuse-"${EUID}"/run-* 2>/dev/null)" ]]
  clear_mount_point
}

@test "concurrent runs have separate mounts" {
  small_environment
  without_fusermount bash -c 'for n in 1 2 3 4 5 6 7 8; do "$0" run small -- sh -c "ls \"\$CONDA_PREFIX/conda-meta/history\"" & pids="$pids $!"; done; for pid in $pids; do wait $pid || exit; done' "${CONDAFUSE_BIN}"
  expect_status 0
  [[ "${#lines[@]}" -eq 8 ]]
  clear_mount_point
}

@test "mount says which package is missing" {
  [[ "${EUID}" -ne 0 ]] || skip "root needs no fusermount"
  small_environment
  without_fusermount "${CONDAFUSE_BIN}" mount small
  expect_status 6
  expect_in_stderr fuse3
  [[ ! -e "${mounts}/small" ]]
  clear_mount_point
}

@test "create seals, reports that nothing is mounted, and run works on the result" {
  [[ "${EUID}" -ne 0 ]] || skip "root needs no fusermount"
  without_fusermount "${CONDAFUSE_BIN}" create small -y -q greeting
  expect_status 0
  expect_in_stderr "'condafuse run small -- COMMAND' works"
  [[ -z "$(ls -A "${mounts}")" ]] || fail 'something is left'
  without_fusermount "${CONDAFUSE_BIN}" run small -- greeting
  expect_in_output 'hello from'
  clear_mount_point
}

@test "a killed run leaves neither its server nor its directory for long" {
  [[ "${EUID}" -ne 0 ]] || skip "root's mounts stay"
  small_environment
  # shellcheck disable=SC2016
  without_fusermount bash -c '"$0" run small -- sh -c "echo new >\"\$CONDA_PREFIX/note\"; echo \$\$ >\"\$HOME/user\"; exec sleep 60 >/dev/null 2>&1 3>&-" & run=$!
    until [[ -s "${HOME}/user" ]]; do sleep 0.05; done
    kill -KILL "$(pgrep -P "${run}" -f run-in-namespace)"; wait "${run}"; true' "${CONDAFUSE_BIN}"
  expect_status 0
  # Processes that the command left running end first; then the changes are committed.
  kill "$(cat "${home}/user")"
  all_ended
  [[ -z "$(ls -d /var/tmp/condafuse-"${EUID}"/run-* 2>/dev/null)" ]]
  [[ "$(generation_of small)" == 2 ]]
  clear_mount_point
}

@test "a failure inside the namespace is one JSON object" {
  [[ "${EUID}" -ne 0 ]] || skip "root needs no fusermount"
  without_fusermount "${CONDAFUSE_BIN}" run --json no-such -- true
  expect_status 3
  [[ "$(json 'answer["error"]["code"]')" == 3 ]] || fail 'the answer'
}

@test "a user without an account: run works in a user namespace, mount says what is missing" {
  local nobody=54321
  [[ "${EUID}" -eq 0 ]] || skip 'only root can become such a user'
  ! getent passwd "${nobody}" || skip 'the user exists'
  small_environment
  chmod go+x "${CONDAFUSE_TEST_ROOT}" "${home}"
  chown -R "${nobody}" "${home}"
  local -a as=(setpriv --reuid "${nobody}" --regid "${nobody}" --clear-groups)
  run --separate-stderr in_environment "${as[@]}" "${CONDAFUSE_BIN}" mount small
  expect_status 6
  expect_in_stderr 'has no account on this machine'
  expect_in_stderr "'condafuse run' works"
  run --separate-stderr in_environment "${as[@]}" "${CONDAFUSE_BIN}" run small -- sh -c 'echo "${CONDA_PREFIX} $(id -u)"'
  if [[ "${status}" -ne 0 ]]; then
    expect_in_stderr 'does not allow mounts in user namespaces'
  else
    expect_output "${mounts}/small/small ${nobody}"
  fi
  rm -rf "/var/tmp/condafuse-${nobody}"
  chown -R 0 "${home}"
  clear_mount_point
}
