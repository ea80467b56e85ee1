#!/usr/bin/env bats
# One user in many kinds of sessions: each can find, commit and unmount the mounts of every other one. Also the things that a server inherits.

load helpers
load machine

kinds=(ssh cron su batch gone)

setup_file() {
  start_machine
}

teardown_file() {
  stop_machine
}

setup() {
  fresh_homes
  id="$(id -u "$(user alice)")"
  mounts="$(home_of alice)/miniconda_fuse/envs"
  nsenter --mount="/proc/${machine}/ns/mnt" sh -c 'install -d -m 700 -o "$1" "/run/user/$1" && install -d -m 700 "/run/user/0" && install -d -m 700 -o "$1" /tmp/job' sh "${id}"
  plain_archive alice "$(archives_of alice)/plain.squashfs"
  other=
}

teardown() {
  [[ -z "${other}" ]] || kill "${other}" || true
  nothing_left
}

# session KIND COMMAND...: runs a command in alice's session of a kind:
#  ssh: with a runtime directory of the login; cron: without HOME and all else; su: with root's runtime directory and TMPDIR left over;
#  batch: a TMPDIR of the job; gone: a TMPDIR that does not exist (any more); namespace: a separate mount namespace.
# Slurm jobs, where mounts are private to the job, are in jobs.bats and slurm.bats.
session() {
  local kind="$1" given=(HOME="$(home_of alice)" USER="$(user alice)" LOGNAME="$(user alice)") space="${machine}"
  shift
  case "${kind}" in
    ssh) given+=(XDG_RUNTIME_DIR="/run/user/${id}" XDG_SESSION_TYPE=tty SSH_CONNECTION='10.0.0.1 1 10.0.0.2 22') ;;
    cron) given=(LOGNAME="$(user alice)") ;;
    su) given+=(XDG_RUNTIME_DIR=/run/user/0 TMPDIR=/root/tmp) ;;
    batch) given+=(TMPDIR=/tmp/job PBS_JOBID=7) ;;
    gone) given+=(TMPDIR=/tmp/job-that-has-ended) ;;
    namespace)
      [[ -n "${other}" ]] || other_namespace
      space="${other}"
      ;;
  esac
  nsenter --mount="/proc/${space}/ns/mnt" setpriv --reuid "$(user alice)" --regid "$(user alice)" --init-groups \
    env -i "${given[@]}" PATH="${CONDAFUSE_BIN%/*}:/usr/bin:/bin" LANG=C.UTF-8 timeout --kill-after=5 60 "$@"
}

other_namespace() {
  nsenter --mount="/proc/${machine}/ns/mnt" unshare --mount --propagation private sh -c 'echo $$ >"$1"; exec sleep infinity' sh "${stage}/work/space" 3>&- >/dev/null 2>&1 &
  eventually has_content "${stage}/work/space"
  read -r other <"${stage}/work/space"
}

# cf_in KIND ARGUMENT...
cf_in() {
  local kind="$1"
  shift
  run --separate-stderr session "${kind}" "${CONDAFUSE_BIN}" "$@"
  [[ "${status}" -ne 124 && "${status}" -ne 137 ]] || fail "${kind}: still running: condafuse $*"
}

# A node without a login: alice has no /run/user.
no_runtime_directory() {
  nsenter --mount="/proc/${machine}/ns/mnt" rm -rf "/run/user/${id}"
}

is_mounted_in() {
  cf_in "$1" list --json
  expect_status 0
  [[ "$(json '[e["mountPoint"] for e in answer["environments"] if e["mounted"]]')" == "['${mounts}/plain']" ]] || fail "$1 does not see it as mounted"
}

# Uses a mount of session $1 from session $2 in every way.
pair() {
  local by="$1" from="$2"
  # A process of the session keeps running, so that its namespace continues to exist.
  [[ "${by}${from}" != *namespace* || "${by}" == namespace ]] || session "${by}" "${CONDAFUSE_BIN}" mount plain >&2
  [[ "${by}${from}" != *namespace* ]] || [[ -n "${other}" ]] || other_namespace
  cf_in "${by}" mount plain
  expect_status 0
  session "${by}" sh -c 'echo "$1" >"$2/plain/note"' sh "by ${by} for ${from}" "${mounts}"
  if [[ "${by}" == namespace && "${from}" != namespace ]]; then
    # The mount is not visible from there: its server commits and detaches it in its own mount namespace.
    cf_in "${from}" unmount plain
    expect_status 0
    expect_in_output 'mount namespace of its server'
    expect_in_output 'generation 2'
    cf_in "${by}" unmount plain
    [[ "${status}" -ne 0 && "${stderr}" == *'not mounted'* ]] || fail 'still mounted there'
  else
    is_mounted_in "${from}"
    cf_in "${from}" mount plain
    expect_status 0
    cf_in "${from}" commit plain -m "from ${from}"
    expect_status 0
    expect_in_output 'generation'
    cf_in "${from}" run plain -- cat "${mounts}/plain/note"
    expect_status 0
    expect_output "by ${by} for ${from}"
    session "${from}" sh -c 'echo again >"$1/plain/second"' sh "${mounts}"
    cf_in "${from}" unmount plain
    expect_status 0
    expect_in_output 'generation 3'
  fi
  cf_in "${by}" list --mounted
  [[ "${output}" != *plain* ]] || fail 'still mounted'
  # Also in the namespace that it was mounted in.
  ! mounts_of_machine | grep . || fail 'still mounted outside'
  cf_in "${from}" doctor
  expect_status 0
  cf_in "${by}" doctor
  expect_status 0
  cf_in "${by}" log plain
  [[ -n "${output}" ]]
  [[ ! -e "$(archives_of alice)/plain.changes" ]] || fail 'changes were left'
  [[ -z "${other}" ]] || kill "${other}"
  other=
  rm -f "${stage}/work/space"
  all_ended
  plain_archive alice "$(archives_of alice)/plain.squashfs"
}

mounted_by() {
  local from
  for from in "${kinds[@]}"; do
    pair "$1" "${from}"
  done
}

@test "mounted over ssh: every session lists, commits, runs and unmounts it" {
  mounted_by ssh
}

@test "mounted by cron: every session lists, commits, runs and unmounts it" {
  mounted_by cron
}

@test "mounted after su: every session lists, commits, runs and unmounts it" {
  mounted_by su
}

@test "mounted by a batch job: every session lists, commits, runs and unmounts it" {
  mounted_by batch
}

@test "mounted where TMPDIR does not exist: every session lists, commits, runs and unmounts it" {
  mounted_by gone
}

@test "mounted in a separate mount namespace: every session commits and unmounts it" {
  mounted_by namespace
}

@test "mounted before a mount namespace was created: unmounted there, it is committed and unmounted outside too" {
  local by
  for by in "${kinds[@]}"; do
    pair "${by}" namespace
  done
}

@test "after an unmount without a commit, an unmount in another mount namespace commits nothing either" {
  local within
  cf_in ssh mount plain
  expect_status 0
  other_namespace
  # A process of alice's: without one, she does not see that the mount point is in use there, and removing it detaches the mount there.
  session namespace sh -c 'echo $$ >"$1/within"; exec sleep 60' sh "$(home_of alice)" 3>&- &
  eventually test -s "$(home_of alice)/within"
  within="$(<"$(home_of alice)/within")"
  session ssh sh -c 'echo kept >"$1/plain/note"' sh "${mounts}"
  cf_in ssh unmount plain --no-commit
  expect_status 0
  expect_in_output 'still mounted elsewhere'
  cf_in namespace unmount plain
  expect_status 0
  [[ "${output}" != *'committed as'* ]] || fail 'committed'
  expect_in_output 'are kept beside the archive'
  all_ended
  kill "${within}"
  cf_in ssh log plain --json
  [[ "$(json '[entry["generation"] for entry in answer["generations"]]')" == '[1]' ]] || fail 'a second generation'
  cf_in ssh commit plain
  expect_in_output 'generation 2'
}

@test "mounted and unmounted in the same separate mount namespace" {
  pair namespace namespace
}

@test "doctor, paths, list and mount work in every session, and name one place for runtime state" {
  local kind places=()
  other_namespace
  for kind in "${kinds[@]}" namespace; do
    cf_in "${kind}" doctor
    expect_status 0
    cf_in "${kind}" paths
    expect_status 0
    places+=("$(grep -i 'lock\|runtime' <<<"${output}")")
    cf_in "${kind}" run plain -- true
    expect_status 0
    cf_in "${kind}" unmount plain
    expect_status 0
  done
  [[ "$(printf '%s\n' "${places[@]}" | sort -u | wc -l)" -eq 1 ]] || fail "$(printf '%s\n' "${places[@]}")"
}

@test "two runs at once with different TMPDIR, ten rounds: both succeed" {
  local round first second
  no_runtime_directory
  for round in {1..10}; do
    session batch "${CONDAFUSE_BIN}" run plain -- cat "${mounts}/plain/note" >"${stage}/work/first" 2>&1 3>&- &
    first=$!
    session cron "${CONDAFUSE_BIN}" run plain -- cat "${mounts}/plain/note" >"${stage}/work/second" 2>&1 3>&- &
    second=$!
    wait "${first}" || fail "round ${round}: $(<"${stage}/work/first")"
    wait "${second}" || fail "round ${round}: $(<"${stage}/work/second")"
    [[ "$(<"${stage}/work/first")$(<"${stage}/work/second")" == texttext ]] || fail "round ${round}: $(<"${stage}/work/first") $(<"${stage}/work/second")"
    cf_in batch unmount plain
    expect_status 0
  done
}

@test "the runtime directory of the login vanishes with the last logout: unmount commits, list sees it" {
  cf_in ssh mount plain
  session ssh sh -c 'echo kept >"$1/plain/note"' sh "${mounts}"
  no_runtime_directory
  is_mounted_in ssh
  cf_in ssh commit plain
  expect_status 0
  expect_in_output 'generation 2'
  session ssh sh -c 'echo kept >"$1/plain/second"' sh "${mounts}"
  cf_in ssh unmount plain
  expect_status 0
  expect_in_output 'generation 3'
}

@test "temporary files are deleted by age while it is mounted: unmount commits, list sees it" {
  no_runtime_directory
  cf_in batch mount plain
  session batch sh -c 'echo kept >"$1/plain/note"' sh "${mounts}"
  nsenter --mount="/proc/${machine}/ns/mnt" sh -c 'find /tmp /var/tmp /dev/shm -xdev -mindepth 1 -depth -user "$1" -delete' sh "${id}"
  is_mounted_in cron
  cf_in cron unmount plain
  expect_status 0
  expect_in_output 'generation 2'
  cf_in cron mount plain
  expect_status 0
  cf_in cron unmount plain
  expect_status 0
}

@test "another user's TMPDIR or runtime directory, readable or not, does no harm" {
  local mode
  for mode in 700 755 777 1777; do
    nsenter --mount="/proc/${machine}/ns/mnt" sh -c 'rm -rf /tmp/hers; install -d -m "$2" -o "$1" /tmp/hers' sh "$(user mallory)" "${mode}"
    for with in "TMPDIR=/tmp/hers" "XDG_RUNTIME_DIR=/tmp/hers"; do
      run --separate-stderr session cron env HOME="$(home_of alice)" "${with}" sh -c '
        condafuse doctor && condafuse mount plain && echo x >"$1/plain/note" && condafuse commit plain && condafuse list && condafuse unmount plain' sh "${mounts}"
      expect_status 0
      plain_archive alice "$(archives_of alice)/plain.squashfs"
    done
    [[ -z "$(ls -A "/proc/${machine}/root/tmp/hers")" ]] || fail 'something was put there'
  done
}

@test "unmount reports a failed commit, from another session than the one that mounted" {
  no_runtime_directory
  cf_in batch mount plain
  session batch sh -c 'echo kept >"$1/plain/note"' sh "${mounts}"
  chattr +i "$(archives_of alice)/plain.squashfs"
  cf_in cron unmount plain
  chattr -i "$(archives_of alice)/plain.squashfs"
  [[ "${status}" -ne 0 && -n "${stderr}" ]] || fail 'a failed commit was not told'
  [[ -d "$(archives_of alice)/plain.changes" ]] || fail 'changes are gone'
  cf_in cron mount plain
  [[ "$(session cron cat "${mounts}/plain/note")" == kept ]] || fail 'changes are gone'
  cf_in batch unmount plain
  expect_status 0
  expect_in_output 'generation 2'
}

# --- What a server inherits from its starter

@test "a lock on a descriptor of the caller is released when the caller has ended" {
  local number
  for number in 5 9 33 200; do
    session ssh bash -c "exec ${number}>\"\$HOME/lock\"; flock ${number}; condafuse mount plain >/dev/null"
    session ssh flock -n "$(home_of alice)/lock" true || fail "the server holds the lock of descriptor ${number}"
    cf_in ssh unmount plain
    expect_status 0
    session ssh bash -c "exec ${number}>\"\$HOME/lock\"; flock ${number}; condafuse run plain -- true"
    session ssh flock -n "$(home_of alice)/lock" true || fail "after run, the server holds the lock of descriptor ${number}"
    cf_in ssh unmount plain
    expect_status 0
  done
}

@test "the output of mount can be captured even if another descriptor of it is open" {
  local command
  for command in 'mount plain' 'run plain -- echo inside' 'mount --json plain'; do
    run --separate-stderr session ssh timeout 60 bash -c 'x=$(exec 5>&1 6<&0 77>&1; condafuse '"${command}"'); echo "captured: ${x}"'
    expect_status 0
    expect_in_output captured
    cf_in ssh unmount plain
    expect_status 0
  done
}

@test "a limit of the caller on the size of files does not end the server" {
  local process
  # A soft limit is raised.
  session ssh bash -c 'ulimit -S -f 1; condafuse mount plain'
  session ssh sh -c 'head -c 300000 /dev/zero >"$1/plain/large" && test "$(stat -c %s "$1/plain/large")" = 300000' sh "${mounts}" || fail 'not written'
  cf_in ssh unmount plain
  expect_status 0
  expect_in_output 'generation 2'
  # A hard limit cannot be raised: the write fails, the server stays, and the limit is reported.
  run --separate-stderr session ssh bash -c 'ulimit -f 1; condafuse mount plain'
  expect_status 0
  [[ "${stderr,,}" == *limit* ]] || fail 'the limit is not mentioned'
  run session ssh sh -c 'head -c 300000 /dev/zero >"$1/plain/larger"' sh "${mounts}"
  [[ "$(session ssh cat "${mounts}/plain/note")" == text ]] || fail 'the server is gone'
  cf_in ssh unmount --no-commit plain
  all_ended
  cf_in ssh mount plain
  expect_status 0
  [[ "$(session ssh stat -c %s "${mounts}/plain/large")" == 300000 ]] || fail 'what was committed before'
  cf_in ssh unmount plain
  expect_status 0
}

@test "a limit of 64 open files does not keep the server from serving" {
  run --separate-stderr session ssh bash -c 'ulimit -n 64; condafuse mount plain && for i in {1..200}; do echo "$i" >"$1/plain/f$i" || exit; done; condafuse commit plain && cat "$1"/plain/f* | wc -l && condafuse unmount plain' bash "${mounts}"
  expect_status 0
  expect_in_output $'\n200\n'
}

@test "a limit of the caller on processor time does not end the server" {
  local process limits
  session ssh bash -c 'ulimit -S -t 1; ulimit -S -n 20; condafuse mount plain'
  process="$(servers)"
  limits="$(cat "/proc/${process}/limits")"
  [[ "${limits}" =~ Max\ cpu\ time\ +unlimited ]] || fail "${limits}"
  [[ ! "${limits}" =~ Max\ open\ files\ +20\  ]] || fail "${limits}"
  cf_in ssh unmount plain
  expect_status 0
}

@test "without stdin, stdout and stderr, every one alone and all together, commands work" {
  local closed
  for closed in '<&-' '>&-' '2>&-' '<&- >&-' '>&- 2>&-' '<&- >&- 2>&-'; do
    session ssh bash -c "condafuse mount plain ${closed}"
    session ssh sh -c 'echo "$2" >"$1/plain/note"' sh "${mounts}" "${closed}" || fail "not mounted: ${closed}"
    [[ "$(session ssh cat "${mounts}/plain/note")" == "${closed}" ]] || fail "${closed}"
    run --separate-stderr session ssh bash -c "condafuse list ${closed}; condafuse diff plain ${closed}"
    [[ "${status}" -lt 128 ]] || fail "list, diff: ${closed}"
    session ssh bash -c "condafuse unmount plain ${closed}" || [[ "${closed}" == *'>&-'* ]] || fail "unmount ${closed}"
    ! mounts_of_machine | grep . || fail "still mounted: ${closed}"
    session ssh bash -c "condafuse run plain ${closed} -- sh -c 'echo run >\"\$CONDA_PREFIX/note\"'" || fail "run ${closed}"
    cf_in ssh unmount plain
    expect_status 0
    expect_in_output generation
  done
}

@test "signals that the caller ignores or blocks reach the server, and the file system of its working directory can be unmounted" {
  local process
  nsenter --mount="/proc/${machine}/ns/mnt" sh -c 'mkdir -p /tmp/floppy && mount -t tmpfs -o mode=777 tmpfs /tmp/floppy'
  session ssh bash -c 'trap "" TERM HUP INT PIPE XFSZ QUIT; cd /tmp/floppy; umask 077; condafuse mount plain'
  nsenter --mount="/proc/${machine}/ns/mnt" umount /tmp/floppy || fail 'the server stands in the folder of its caller'
  process="$(servers)"
  [[ "$(readlink "/proc/${process}/cwd")" == / ]] || fail 'not at /'
  session ssh sh -c 'echo made >"$1/plain/made"' sh "${mounts}"
  [[ "$(session ssh cat "${mounts}/plain/made")" == made ]] || fail 'the mask of the caller counts in the server'
  kill -TERM "${process}"
  all_ended
  cf_in ssh mount plain
  expect_status 0
  [[ "$(session ssh cat "${mounts}/plain/made")" == made ]] || fail 'not kept'
  cf_in ssh unmount plain
  expect_status 0
}

@test "a server keeps no descriptor of its caller's" {
  local process left
  session ssh bash -c 'exec 5>"$HOME/five" 63</etc/passwd 200>"$HOME/more"; condafuse mount plain >"$HOME/out" 2>"$HOME/err" <"$HOME/five"'
  process="$(servers)"
  left="$(find "/proc/${process}/fd" -lname '*/alice/five' -o -lname '/etc/passwd' -o -lname '*/alice/more' -o -lname '*/alice/out' -o -lname '*/alice/err')"
  [[ -z "${left}" ]] || fail "open: ${left}"
  cf_in ssh unmount plain
  expect_status 0
}
