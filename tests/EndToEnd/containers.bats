#!/usr/bin/env bats
# The documented commands for containers, with podman as root. The image is the machine's own file system, below an overlay.
# podman stands in for docker. Debian has no apptainer: only the arguments are checked.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# Runs script $1 with podman, and docker and apptainer in place of it, in a mount namespace where the cgroup file system is of version 2.
with_containers() {
  local podman
  # conmon takes no path with other characters than ASCII.
  podman="$(mktemp -d /tmp/condafuse-podman.XXXXXX)"
  cat >"${podman}/containers.conf" <<CONF
[engine]
cgroup_manager="cgroupfs"
events_logger="none"
runtime="crun"
[containers]
cgroups="disabled"
netns="none"
env=["PATH=${CONDAFUSE_BIN%/*}:/usr/bin:/bin:/usr/sbin:/sbin"]
default_ulimits=["nofile=$(ulimit -Sn):$(ulimit -Hn)", "nproc=1000:1000"]
volumes=["${CONDAFUSE_BIN%/*}:${CONDAFUSE_BIN%/*}:ro"]
CONF
  cat >"${podman}/storage.conf" <<CONF
[storage]
driver="vfs"
graphroot="${podman}/graph"
runroot="${podman}/run"
CONF
  cat >"${home}/script" <<SCRIPT
set -euo pipefail
! mountpoint -q /sys/fs/cgroup || umount -l /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
docker() { podman "\$@"; }
apptainer() {
  [[ "\$1 \$2 \$4" == 'exec --bind image.sif' && -d "\$3" ]]
  "\${@:5}"
}
$1
SCRIPT
  run --separate-stderr unshare --mount --propagation private env -i "${environment[@]}" PATH="${CONDAFUSE_BIN%/*}:/usr/bin:/bin:/usr/sbin:/sbin" \
    CONTAINERS_CONF="${podman}/containers.conf" CONTAINERS_STORAGE_CONF="${podman}/storage.conf" timeout 120 bash "${home}/script"
  rm -rf --one-file-system "${podman}"
}

@test "an archive is mounted in a container, and a mounted environment is handed to one" {
  local example
  [[ "${EUID}" -eq 0 ]] || skip 'only root makes such containers'
  with_containers 'docker run --rm --rootfs /:O true'
  [[ "${status}" -eq 0 ]] || skip "podman runs no container here: $(tail -n 1 <<<"${stderr}")"
  kept_environment test-env python
  cp "${archives}/test-env.squashfs" "${home}/"
  echo 'import decimal, sys; print("works in", sys.prefix)' >"${home}/script.py"
  cd "${home}"
  example="$(example_of docs/integrations.md 'docker run --device /dev/fuse --cap-add SYS_ADMIN --security-opt apparmor=unconfined \')"
  with_containers "${example//IMAGE/--rootfs /:O}"
  expect_status 0
  expect_output $'works in /root/miniconda_fuse/envs/test-env/test-env\nworks in /root/miniconda_fuse/envs/test-env/test-env'
  # shellcheck disable=SC2016 # the line as it is written
  example="$(example_of docs/integrations.md 'prefix=$(condafuse mount --print-prefix test-env)')"
  with_containers "${example//IMAGE/--rootfs /:O}
condafuse unmount test-env"
  expect_status 0
  expect_in_output "works in ${mounts}/test-env/test-env"$'\n'"works in ${mounts}/test-env/test-env"
  all_ended
}
