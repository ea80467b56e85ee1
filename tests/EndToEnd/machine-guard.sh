#!/usr/bin/env bash
# Creates the users and the mount namespace of machine.bash, and removes them when it or the test run ends.
# usage: machine-guard.sh TESTS_PID USERS STAGE PROGRAM; the pid of a process in the namespace goes to STAGE/started.
set -euo pipefail

tests=$1 users=$2 stage=$3 program=$4
names=(alice bob mallory)
settings=(protected_symlinks protected_hardlinks protected_fifos protected_regular)
before=()

clean_up() {
  local name index
  trap - EXIT
  set +e
  for name in "${names[@]}"; do
    pkill -KILL -u "condafuse-${name}-${users}"
  done
  # shellcheck disable=SC2046 # pids
  kill -KILL $(jobs -p)
  for index in "${!before[@]}"; do
    printf '%s\n' "${before[index]}" >"/proc/sys/fs/${settings[index]}"
  done
  for name in "${names[@]}"; do
    userdel "condafuse-${name}-${users}"
  done
  groupdel "condafuse-crew-${users}"
  exit 0
}

# Only one machine at a time, because the kernel's settings are global.
exec 9>/run/condafuse-tests.lock
flock 9
trap clean_up EXIT
trap 'exit 0' TERM INT HUP

for index in "${!settings[@]}"; do
  before+=("$(<"/proc/sys/fs/${settings[index]}")")
  echo 0 >"/proc/sys/fs/${settings[index]}"
done
for name in "${names[@]}"; do
  useradd --no-create-home --home-dir "${stage}/home/${name}" --shell /bin/bash "condafuse-${name}-${users}"
done
groupadd "condafuse-crew-${users}"
usermod -aG "condafuse-crew-${users}" "condafuse-alice-${users}"
usermod -aG "condafuse-crew-${users}" "condafuse-bob-${users}"

# shellcheck disable=SC2016 # the inner shell expands
unshare --mount --propagation private bash -euc '
  started=$1
  shift
  # Copies of mounts in other namespaces would prevent unmounting them.
  while read -r point; do
    printf -v point "%b" "${point}"
    umount -l "${point}" || true
  done < <(grep -E " - fuse([.][^ ]*)? " /proc/self/mountinfo | cut -d " " -f 5 | tac)
  mount -t tmpfs -o mode=755 tmpfs /mnt
  mkdir /mnt/started
  mount --bind "${started}" /mnt/started
  index=0
  for folder; do
    mkdir "/mnt/$((++index))"
    mount --bind "${folder}" "/mnt/${index}"
  done
  for folder in /tmp /var/tmp /dev/shm; do
    mount -t tmpfs -o mode=1777 tmpfs "${folder}"
  done
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir -m 1777 /run/lock
  mkdir -m 755 /run/user
  mknod -m 666 /run/fuse c 10 229
  mount --bind /run/fuse /dev/fuse
  umask 022
  index=0
  for folder; do
    mkdir -p "${folder}"
    mount --bind "/mnt/$((++index))" "${folder}"
    # Only the folders of the users are written to.
    ((index == 1)) || mount -o remount,bind,ro "${folder}"
  done
  echo $$ >/mnt/started/started
  umount -R /mnt
  exec sleep infinity' bash "${stage}" "${stage%/machine}" "${program%/*}" "$(dirname "$(dirname "${BASH_SOURCE[0]}")")" 9>&- &
tail --pid="${tests}" -f /dev/null 9>&- &
wait -n
