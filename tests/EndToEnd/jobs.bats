#!/usr/bin/env bats
# run inside a simulated batch job, recognized by its variables: failures of namespaces, and other users' mounts.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
  # LD_PRELOAD does not support paths with spaces.
  export preloaded
  preloaded="$(mktemp -d /tmp/condafuse-preloaded.XXXXXX)"
  clang -shared -fPIC -O1 -o "${preloaded}/no_namespaces.so" "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/no_namespaces.c"
  chmod -R go+rX "${preloaded}"
}

teardown_file() {
  rm -rf "${preloaded:?}"
}

# A mount in a separate namespace leaves its empty mount point, but nothing in the runtime directory.
teardown() {
  [[ ! -d "${mounts}/small" ]] || rmdir "${mounts}/small"
  ! compgen -G "/var/tmp/condafuse-$(stat -c %u "${home}")/run-job-*" || fail 'files of the job are left'
}

# An ordinary user in a job, with environment small.
a_job() {
  [[ "${EUID}" -ne 0 || -n "${CONDAFUSE_TEST_USER:-}" ]] || skip 'root shares the mounts of the machine'
  [[ "${EUID}" -ne 0 ]] || as_second_user
  small_environment
  [[ "${EUID}" -ne 0 ]] || chown -R "${CONDAFUSE_TEST_USER}:" "${archives}"
  environment+=(SLURM_JOB_ID=4711 SLURM_STEP_ID=0)
  cd "${home}" || return
}

@test "a program in a job's namespace is ended by SIGPIPE, like any other, also when it joins" {
  a_job
  cat >"${home}/piping" <<'SCRIPT'
yes | head -1 >/dev/null
echo "${PIPESTATUS[0]}"
SCRIPT
  in_environment "${CONDAFUSE_BIN}" run small -- sh -c 'echo started >"$HOME/started"; sleep 2; exec bash "$HOME/piping"' >"${home}/first" 3>&- &
  eventually has_content "${home}/started"
  helper run small -- bash "${home}/piping"
  expect_output 141
  wait
  [[ "$(<"${home}/first")" == 141 ]] || fail "the first: $(<"${home}/first")"
  all_ended
}

@test "where a security module refuses mounts in user namespaces, run says so and uses a mount of the node" {
  a_job
  environment+=(LD_PRELOAD="${preloaded}/no_namespaces.so")
  helper run small -- sh -c 'echo ran >>"$HOME/ran"; greeting'
  expect_status 0
  expect_in_output 'hello from'
  expect_in_stderr 'this node allows no mounts in user namespaces'
  [[ "$(<"${home}/ran")" == ran ]] || fail "ran: $(<"${home}/ran")"
  unmount small
  all_ended
}

@test "where user namespaces are not allowed, run says so and uses a mount of the node" {
  a_job
  environment+=(LD_PRELOAD="${preloaded}/no_namespaces.so" NO_NAMESPACES=all)
  helper run small -- greeting
  expect_status 0
  expect_in_output 'hello from'
  expect_in_stderr 'this node allows no user namespaces'
  unmount small
  all_ended
}

# The files of the step's running tasks.
step_files() {
  compgen -G "/var/tmp/condafuse-$(stat -c %u "${home}")/run-job-4711-0-*/member-*"
}

@test "a task that cannot start leaves the files of the other tasks alone" {
  a_job
  in_environment "${CONDAFUSE_BIN}" run small -- \
    sh -c 'echo >"$HOME/started"; until [ -e "$HOME/go" ]; do sleep 0.05; done; greeting' >"${home}/first" 3>&- &
  eventually test -e "${home}/started"
  environment+=(LD_PRELOAD="${preloaded}/no_namespaces.so" NO_NAMESPACES=all)
  helper run small -- greeting
  expect_status 0
  expect_in_stderr 'this node allows no user namespaces'
  step_files || fail 'they are gone'
  touch "${home}/go"
  wait
  grep 'hello from' "${home}/first"
  unmount small
  all_ended
}

@test "the printed Epilog unmounts as the user of the job, and nothing else" {
  local point
  [[ "${EUID}" -eq 0 ]] || skip 'an Epilog runs as root'
  a_job
  helper slurm epilog
  expect_status 0
  echo "${output}" >"${home}/epilog.sh"
  shellcheck "${home}/epilog.sh"
  point="${mounts}/.job-4711-0/small"
  env HOME="${CONDAFUSE_TEST_ROOT}" "${CONDAFUSE_BIN}" mount "${archives}/small.squashfs" "${point}" --read-only
  SLURM_JOB_ID=4711 SLURM_JOB_UID="$(id -u "${CONDAFUSE_TEST_USER}")" bash "${home}/epilog.sh"
  [[ "$(mounted_below "${mounts}")" == "${point}" ]] || fail 'a mount of another user was removed'
  SLURM_JOB_ID=4712 SLURM_JOB_UID=0 bash "${home}/epilog.sh"
  [[ "$(mounted_below "${mounts}")" == "${point}" ]] || fail 'a mount of another job was removed'
  SLURM_JOB_ID=4711 SLURM_JOB_UID=0 bash "${home}/epilog.sh"
  [[ -z "$(mounted_below "${mounts}")" && ! -e "${mounts}/.job-4711-0" ]] || fail 'it is left'
  all_ended
}

@test "a task runs its command once at most, however few files the node's folder can take" {
  local runtime files
  [[ "${EUID}" -eq 0 ]] || skip 'only root can mount such a folder'
  a_job
  runtime="/var/tmp/condafuse-$(id -u "${CONDAFUSE_TEST_USER}")"
  mkdir -p "${runtime}"
  for files in {2..24}; do
    mount -t tmpfs -o "size=1m,nr_inodes=${files},mode=700,uid=$(id -u "${CONDAFUSE_TEST_USER}")" none "${runtime}"
    helper run small -- sh -c 'echo ran >>"$HOME/ran"'
    all_ended
    umount "${runtime}"
    [[ "$(cat "${home}/ran" 2>/dev/null | wc -l)" -le 1 ]] || fail "with ${files} files it ran more than once"
    [[ "${status}" -ne 0 || -s "${home}/ran" ]] || fail "with ${files} files it did not run"
    rm -f "${home}/ran"
    if grep -q ' '"${mounts// /\\\\040}" /proc/self/mountinfo; then in_environment "${CONDAFUSE_BIN}" unmount small; fi
  done
  expect_status 0
}
