#!/usr/bin/env bats
# Slurm on one machine: munged, slurmctld and three slurmd in the foreground, started and ended by these tests. Jobs belong to the second user.
# Each slurmd is a node: n1 and n2, and n3, where nobody can make user namespaces.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
  [[ "${EUID}" -eq 0 && -n "${CONDAFUSE_TEST_USER:-}" ]] || return 0
  # slurm.conf does not support paths with spaces.
  export slurm SLURM_CONF tracking=cgroup daemons=()
  slurm="$(mktemp -d /tmp/condafuse-slurm.XXXXXX)"
  SLURM_CONF="${slurm}/slurm.conf"
  start_slurm || {
    stop_slurm
    tracking=linuxproc
    start_slurm
  } || cat "${slurm}"/*.log >&2
  echo "# Slurm tracks processes by ${tracking}" >&3
}

teardown_file() {
  [[ -n "${slurm:-}" ]] || return 0
  stop_slurm
  # slurmd does not remove its groups.
  local group
  for group in /sys/fs/cgroup/*/slurm_{n1,n2,n3}; do
    [[ ! -d "${group}" ]] || find "${group}" -depth -type d -exec rmdir {} \;
  done
  rm -rf "${slurm}"
}

# A mount in a separate namespace leaves its empty mount point: removing it could detach a mount in another namespace.
teardown() {
  local code=0 point
  for point in "${mounts}"/*; do
    [[ ! -d "${point}" ]] || rmdir "${point}" || code=1
  done
  return "${code}"
}

# Starts the daemons, and waits for the nodes; fails if they do not come up.
start_slurm() {
  local host node port=$((20000 + RANDOM % 10000))
  host="$(uname -n)"
  mkdir -p "${slurm}"/{munge,state,spool-n1,spool-n2,spool-n3}
  chmod 755 "${slurm}" "${slurm}/munge"
  head -c 128 /dev/urandom >"${slurm}/munge/key"
  chmod 400 "${slurm}/munge/key"
  cat >"${SLURM_CONF}" <<CONF
ClusterName=test
SlurmctldHost=${host}
SlurmUser=root
AuthInfo=socket=${slurm}/munge/socket
StateSaveLocation=${slurm}/state
SlurmdSpoolDir=${slurm}/spool-%n
SlurmctldPidFile=${slurm}/slurmctld.pid
SlurmdPidFile=${slurm}/slurmd-%n.pid
SlurmctldPort=${port}
ProctrackType=proctrack/${tracking}
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
MpiDefault=none
KillWait=5
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0
NodeName=n1 NodeHostname=${host} NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=16
NodeName=n2 NodeHostname=${host} NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=16
NodeName=n3 NodeHostname=${host} NodeAddr=127.0.0.1 Port=$((port + 3)) CPUs=16
PartitionName=one Nodes=n1 Default=YES
PartitionName=two Nodes=n1,n2
PartitionName=limited Nodes=n3
CONF
  echo 'CgroupAutomount=no' >"${slurm}/cgroup.conf"
  daemon munged munged --foreground --force --key-file="${slurm}/munge/key" --socket="${slurm}/munge/socket" \
    --pid-file="${slurm}/munge/pid" --log-file="${slurm}/munge/log" --seed-file="${slurm}/munge/seed"
  eventually exists "${slurm}/munge/socket"
  daemon slurmctld slurmctld -D -c
  for node in n1 n2; do
    daemon "slurmd-${node}" slurmd -D -c -N "${node}"
  done
  daemon slurmd-n3 without_namespaces slurmd -D -c -N n3
  for _ in {1..150}; do
    [[ "$(timeout 5 sinfo -h -N -o %N-%t 2>/dev/null | sort -u | tr '\n' ' ')" != 'n1-idle n2-idle n3-idle ' ]] || return 0
    sleep 0.1
  done
  return 1
}

# Runs a command in the background; its pid is in a file of name $1.
daemon() {
  local name="$1"
  shift
  if [[ "$1" == without_namespaces ]]; then
    "$@" >"${slurm}/${name}.log" 2>&1 </dev/null 3>&- &
  else
    setsid "$@" >"${slurm}/${name}.log" 2>&1 </dev/null 3>&- &
  fi
  echo $! >"${slurm}/${name}.own"
}

# Becomes a command in a user namespace with the same users, in which nobody can make another one. The kernel's limit holds only there.
without_namespaces() {
  local self="${BASHPID}" go="${slurm}/go"
  mkfifo "${go}"
  {
    until [[ "$(readlink "/proc/${self}/ns/user")" != "$(readlink /proc/self/ns/user)" ]]; do sleep 0.02; done
    echo '0 0 4294967295' >"/proc/${self}/uid_map"
    echo '0 0 4294967295' >"/proc/${self}/gid_map"
    echo >"${go}"
  } &
  # shellcheck disable=SC2016
  exec setsid unshare --user --mount --propagation private bash -c 'read -r _ <"$1"; shift; exec "$@"' bash "${go}" \
    bash -c 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"' bash "$@"
}

stop_slurm() {
  local name pid
  # A job that a failed test left continues without slurmd.
  timeout 5 scancel --user="${CONDAFUSE_TEST_USER}" || true
  for _ in {1..200}; do
    [[ -n "$(timeout 5 squeue -h)" ]] || break
    sleep 0.1
  done
  for name in slurmd-n1 slurmd-n2 slurmd-n3 slurmctld munged; do
    pid="$(<"${slurm}/${name}.own")"
    kill "${pid}" || continue
    for _ in {1..100}; do
      [[ -e "/proc/${pid}" ]] || continue 2
      sleep 0.05
    done
    kill -KILL "${pid}"
  done
}

# A user with the environments small, and py, which contains Python.
a_user() {
  [[ -n "${slurm:-}" ]] || skip 'only root can start a Slurm of several users'
  as_second_user
  small_environment
  kept_environment py python
  chown -R "${CONDAFUSE_TEST_USER}:" "${archives}"
  environment+=(SLURM_CONF="${SLURM_CONF}")
  cd "${home}"
  # meet N: waits until N tasks of this step and node have come here. Otherwise, one might end before another starts.
  cat >meet <<'SCRIPT'
touch "met-$SLURM_JOB_ID-$SLURM_NODEID-$SLURM_PROCID"
until [ "$(ls met-"$SLURM_JOB_ID-$SLURM_NODEID"-* | wc -l)" = "$1" ]; do sleep 0.05; done
SCRIPT
}

# Submits "$@" --wrap of script $1, and waits for its end if requested.
submit() {
  local script="$1"
  shift
  batch --parsable --output="${home}/out-%x" "$@" --wrap "${script}"
}

# sbatch, which would wait for ever for a job that Slurm never starts.
batch() {
  local code=0
  in_environment timeout 150 sbatch "$@" || code=$?
  ((code != 124)) || fail "a job does not end: $(squeue; sinfo --list-reasons)"
  return "${code}"
}

# Nothing of any job is left: processes, mounts, folders. The next task removes those of killed tasks.
nothing_stale() {
  local left
  all_ended
  batch --quiet --wait --output=/dev/null --wrap 'condafuse run small -- true'
  all_ended
  [[ -z "$(mounted_below "${home}")" ]] || fail 'something is mounted'
  left="$(find "/var/tmp/condafuse-$(id -u "${CONDAFUSE_TEST_USER}")" -maxdepth 1 -name 'run-job-*')"
  [[ -z "${left}" ]] || fail "folders of jobs: ${left}"
}

@test "two jobs of four tasks: the tasks of a step share a mount, the jobs do not" {
  local first second job
  a_user
  for job in one two; do
    submit 'srun --ntasks=4 condafuse run small -- sh -c "sh meet 4; stat -c %d \"\$CONDA_PREFIX\"; greeting; id -u; pwd"' \
      --job-name="${job}" --ntasks=4 --wait &
  done
  wait
  for job in one two; do
    [[ "$(grep -c '^hello from ' "${home}/out-${job}")" == 4 ]] || fail "$(cat "${home}"/out-*)"
    [[ "$(grep -c "^$(id -u "${CONDAFUSE_TEST_USER}")$" "${home}/out-${job}")" == 4 ]] || fail 'the user'
    [[ "$(grep -cxF "${home}" "${home}/out-${job}")" == 4 ]] || fail 'the working directory'
  done
  first="$(grep -E '^[0-9]+$' "${home}/out-one" | grep -vx "$(id -u "${CONDAFUSE_TEST_USER}")" | sort -u)"
  second="$(grep -E '^[0-9]+$' "${home}/out-two" | grep -vx "$(id -u "${CONDAFUSE_TEST_USER}")" | sort -u)"
  [[ "${first}" =~ ^[0-9]+$ && "${second}" =~ ^[0-9]+$ && "${first}" != "${second}" ]] || fail "devices '${first}' and '${second}'"
  nothing_stale
}

@test "an array task continues importing after another one on the node has ended" {
  a_user
  submit 'if [ "$SLURM_ARRAY_TASK_ID" = 1 ]; then
      exec condafuse run py -- python -c "import time; open(\"started\", \"w\"); time.sleep(1)"
    fi
    until [ -e started ]; do sleep 0.05; done
    exec condafuse run py -- python -c "
import importlib, time
for name in (\"json\", \"decimal\", \"sqlite3\", \"xml.dom\", \"unittest\", \"asyncio\", \"email\", \"tkinter\", \"http.client\", \"fractions\"):
    time.sleep(0.3)
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as missing:
        print(missing)
print(\"imported all\")"' --job-name=array --array=1-2 --output="${home}/out-array-%a" --wait
  [[ "$(<"${home}/out-array-2")" == *'imported all' ]] || fail "$(<"${home}/out-array-2")"
  nothing_stale
}

@test "a step does not use a mount from outside the job: it continues when that mount's server is killed" {
  local outer
  a_user
  outer="$(prefix_of small)"
  submit 'exec condafuse run small -- sh -c "stat -c %d \"\$CONDA_PREFIX\" >device; touch started; until [ -e killed ]; do sleep 0.05; done; greeting"' \
    --job-name=inner
  eventually exists "${home}/started"
  [[ "$(<"${home}/device")" != "$(in_environment stat -c %d "${outer}")" ]] || fail 'the same mount'
  helper list --json
  kill -KILL "$(json '*(e["serverPid"] for e in answer["environments"] if e["name"] == "small")')"
  touch "${home}/killed"
  eventually has_content "${home}/out-inner"
  [[ "$(<"${home}/out-inner")" == 'hello from '* ]] || fail "$(<"${home}/out-inner")"
  unmount small
  nothing_stale
}

@test "changes of a step are committed when its last task ends" {
  a_user
  submit 'srun --ntasks=3 condafuse run small -- sh -c "echo \$SLURM_PROCID >\"\$CONDA_PREFIX/note-\$SLURM_PROCID\"; sh meet 3; sleep \$SLURM_PROCID"' \
    --job-name=writing --ntasks=3 --wait
  [[ "$(generation_of small)" == 2 ]] || fail "generation $(generation_of small): $(cat "${home}"/out-*)"
  run --separate-stderr in_environment "${CONDAFUSE_BIN}" diff small 1
  expect_in_output note-2
  nothing_stale
}

# has_state STATE JOB
has_state() {
  [[ "$(squeue -h -t all -o %T -j "$2")" == "$1" ]]
}

@test "cancelled and timed-out jobs leave nothing stale, and can use the environment until they are killed" {
  local job code='
import signal, sys, time
def end(*_):
    import fractions, decimal
    open("saved by " + sys.argv[1], "w").write("saved")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
open("started " + sys.argv[1], "w")
time.sleep(300)'
  a_user
  for job in late cancelled; do
    submit "exec condafuse run py -- python -c '${code}' ${job}" --job-name="${job}" --time=1 >"${home}/job-${job}"
  done
  for job in late cancelled; do
    eventually exists "${home}/started ${job}"
  done
  in_environment scancel --full --signal=TERM "$(<"${home}/job-cancelled")"
  # The shortest limit of a job is one minute. Slurm looks for those that are over it twice a minute.
  scontrol update JobId="$(<"${home}/job-late")" EndTime=now+3
  for job in late cancelled; do
    eventually exists "${home}/saved by ${job}"
  done
  eventually has_state TIMEOUT "$(<"${home}/job-late")"
  nothing_stale
}

# What the printed scripts make in /tmp: mount points and copies, by the number of the job.
of_jobs_in_tmp() {
  find /tmp -maxdepth 1 -regextype posix-extended -regex '/tmp/condafuse-[0-9]+(-[0-9]+)?([.]squashfs)?' -user "${CONDAFUSE_TEST_USER}"
}

# Submits script $1 of `condafuse slurm` with the options that follow, and waits. Slurm's output is in out-NAME.
submit_printed() {
  helper slurm "$1" py
  expect_status 0
  # The nodes here have the same local disk, so a copy for each of two nodes would be written twice.
  sed -e 's/--nodes=2/--nodes=1/' <<<"${output}" >"${home}/$1.sh"
  shellcheck "${home}/$1.sh"
  batch --quiet --wait --job-name="$1" --output="${home}/out-$1" "${@:2}" "${home}/$1.sh" || fail "$1: $(<"${home}/out-$1")"
}

@test "two nodes: each has its own server, which goes on when the tasks of the other node have ended" {
  a_user
  submit 'srun --nodes=2 --ntasks=4 --ntasks-per-node=2 condafuse run py -- sh -c "
      echo device \$SLURMD_NODENAME \$(stat -c %d \"\$CONDA_PREFIX\")
      sh meet 2
      if [ \$SLURM_NODEID = 0 ]; then exit; fi
      sleep 3; exec python -c \"import decimal, sqlite3, asyncio; print(\\\"imported all\\\")\""' \
    --job-name=nodes --partition=two --nodes=2 --ntasks=4 --ntasks-per-node=2 --wait
  [[ "$(grep -c '^imported all$' "${home}/out-nodes")" == 2 ]] || fail "$(<"${home}/out-nodes")"
  [[ "$(grep '^device n1 ' "${home}/out-nodes" | sort -u | wc -l)" == 1 ]] || fail "$(<"${home}/out-nodes")"
  [[ "$(grep '^device n2 ' "${home}/out-nodes" | sort -u | wc -l)" == 1 ]] || fail "$(<"${home}/out-nodes")"
  [[ "$(grep '^device ' "${home}/out-nodes" | cut -d ' ' -f 3 | sort -u | wc -l)" == 2 ]] || fail "one mount for both: $(<"${home}/out-nodes")"
  nothing_stale
}

@test "activations on two nodes have a mount each" {
  a_user
  printf '%s\n' '#!/bin/bash' 'eval "$(condafuse init bash)"' 'conda-fuse-activate py' 'echo "prefix $CONDA_PREFIX"' \
    '[ "$SLURM_NODEID" = 0 ] || sleep 3' 'python -c "import decimal, sqlite3; print(\"imported all\")"' >"${home}/active.sh"
  submit "srun --nodes=2 --ntasks=2 bash '${home}/active.sh'" --job-name=active --partition=two --nodes=2 --ntasks=2 --wait
  [[ "$(grep -c '^imported all$' "${home}/out-active")" == 2 ]] || fail "$(<"${home}/out-active")"
  [[ "$(grep '^prefix ' "${home}/out-active" | sort -u | wc -l)" == 2 ]] || fail "one mount for both: $(<"${home}/out-active")"
  clear_job_mounts
  nothing_stale
}

@test "a node without user namespaces: run says so and works, and the printed keeper keeps the mount for all steps" {
  local job before
  a_user
  before="$(of_jobs_in_tmp)"
  submit 'unshare --user true || echo "no namespaces"; exec condafuse run small -- greeting' --job-name=limited --partition=limited --wait
  [[ "$(<"${home}/out-limited")" == *'no namespaces'*'this node allows no user namespaces'*'hello from '* ]] || fail "$(<"${home}/out-limited")"
  echo 'import decimal, os, sys; print("trained in", sys.prefix, "as", os.environ["SLURM_PROCID"])' >"${home}/train.py"
  submit_printed keeper --partition=limited
  job="$(grep -c '^trained in /tmp/condafuse-[0-9-]*/py as [0-9]$' "${home}/out-keeper")"
  [[ "${job}" == 4 ]] || fail "$(<"${home}/out-keeper")"
  all_ended
  [[ "$(of_jobs_in_tmp)" == "${before}" ]] || fail 'the mount point is left'
  nothing_stale
}

@test "the printed batch scripts run: run, sbcast, and a keeper step" {
  local script tasks before
  a_user
  before="$(of_jobs_in_tmp)"
  echo 'import decimal, os, sys; print("trained in", sys.prefix, "as", os.environ["SLURM_PROCID"])' >"${home}/train.py"
  for script in sbatch sbcast keeper; do
    tasks=4
    [[ "${script}" != sbcast ]] || tasks=2
    submit_printed "${script}"
    [[ "$(grep -c '^trained in /.* as [0-9]$' "${home}/out-${script}")" == "${tasks}" ]] || fail "${script}: $(<"${home}/out-${script}")"
  done
  [[ "$(of_jobs_in_tmp)" == "${before}" ]] || fail 'copies are left'
  rm -rf "${mounts}"/condafuse-*
  nothing_stale
}

@test "the batch scripts of the documents run" {
  local name
  a_user
  echo 'import os; print("trained as", os.environ["SLURM_PROCID"])' >"${home}/train.py"
  echo 'print("the mean")' >"${home}/mean.py"
  in_environment cp "${home}/mean.py" "$(prefix_of py)/lib/python3.11/site-packages/"
  unmount py
  mkdir "${home}/project"
  cp "${archives}/py.squashfs" "${home}/project/climate.squashfs"
  mv "${archives}/py.squashfs" "${archives}/test-env.squashfs"
  example_of docs/tutorial.md '#!/bin/bash' >"${home}/tutorial.sh"
  example_of docs/integrations.md '#!/bin/bash' >"${home}/integrations.sh"
  for name in tutorial integrations; do
    shellcheck "${home}/${name}.sh"
    batch --quiet --wait --output="${home}/out-${name}" "${home}/${name}.sh" || fail "${name}: $(<"${home}/out-${name}")"
  done
  [[ "$(grep -cx 'the mean' "${home}/out-tutorial")" == 8 ]] || fail "$(<"${home}/out-tutorial")"
  [[ "$(grep -c '^trained as [0-7]$' "${home}/out-integrations")" == 8 ]] || fail "$(<"${home}/out-integrations")"
  nothing_stale
}

@test "a job whose keeper cannot mount fails instead of waiting" {
  a_user
  helper slurm keeper py
  sed 's/tries=300/tries=5/' <<<"${output}" >"${home}/keeper.sh"
  mv "${archives}/py.squashfs" "${archives}/away.squashfs"
  batch --quiet --wait --output="${home}/out-keeper" "${home}/keeper.sh" && fail 'it succeeded'
  grep -F 'nothing was mounted at /tmp/condafuse-' "${home}/out-keeper"
  mv "${archives}/away.squashfs" "${archives}/py.squashfs"
  nothing_stale
}

# What a killed step's mounts leave, by the printed Epilog, as slurmd runs it: as root.
clear_job_mounts() {
  local point job
  helper slurm epilog
  expect_status 0
  echo "${output}" >"${home}/epilog.sh"
  shellcheck "${home}/epilog.sh"
  all_ended
  for point in "${mounts}"/.job-*; do
    job="${point##*/.job-}"
    SLURM_JOB_ID="${job%%-*}" SLURM_JOB_UID="$(id -u "${CONDAFUSE_TEST_USER}")" bash "${home}/epilog.sh"
  done
  [[ -z "$(ls -d "${mounts}"/.job-* 2>/dev/null)" ]] || fail 'folders of jobs are left'
  [[ -z "$(mounted_below "${home}")" ]] || fail 'mounts are left'
}

@test "the printed TaskProlog puts every task into the environment" {
  a_user
  helper slurm task-prolog py
  expect_status 0
  echo "${output}" >"${home}/prolog.sh"
  chmod 755 "${home}/prolog.sh"
  submit "srun --ntasks=2 --task-prolog='${home}/prolog.sh' python -c 'import decimal, os, sys; print(\"in\", sys.prefix, os.environ[\"CONDA_DEFAULT_ENV\"])'" \
    --job-name=prolog --ntasks=2 --wait || true
  [[ "$(grep -c "^in ${mounts}/.job-[0-9]*-0/py/py py$" "${home}/out-prolog")" == 2 ]] || fail "$(<"${home}/out-prolog")"
  clear_job_mounts
}

@test "activations of two jobs have a mount each, and the second goes on when the first has ended" {
  a_user
  cat >"${home}/active.sh" <<'SCRIPT'
#!/bin/bash
eval "$(condafuse init bash)"
conda-fuse-activate py
echo "prefix $CONDA_PREFIX"
if [ "$SLURM_ARRAY_TASK_ID" = 1 ]; then
  until [ -e active ]; do sleep 0.05; done
  exit
fi
touch active
sleep 3
python -c 'import decimal, sqlite3, asyncio; print("imported all")'
touch "$CONDA_PREFIX/x" || echo 'not changed'
SCRIPT
  batch --quiet --wait --job-name=active --array=1-2 --output="${home}/out-active-%a" "${home}/active.sh"
  [[ "$(<"${home}/out-active-2")" == *"prefix ${mounts}/.job-"*-batch/py/py*'imported all'*'not changed' ]] || fail "$(<"${home}/out-active-2")"
  [[ "$(grep -h '^prefix ' "${home}"/out-active-* | sort -u | wc -l)" == 2 ]] || fail 'one mount for both'
  clear_job_mounts
  nothing_stale
}
