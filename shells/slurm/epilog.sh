#!/bin/bash
# For 'Epilog=FILE' in slurm.conf: removes mounts that activations in the job left when it was killed.
# As the job's user, who could put links in place of these paths.
group="$(id -g "${SLURM_JOB_UID:?}")" || exit 0
as_user=(setpriv --reuid "${SLURM_JOB_UID}" --regid "${group}" --init-groups)
while read -r _ point type _; do
  printf -v point '%b' "${point}"
  if [[ ${type} == fuse.condafuse && ${point} == */.job-"${SLURM_JOB_ID:?}"-*/* ]]; then
    "${as_user[@]}" fusermount3 -uz "${point}"
    "${as_user[@]}" rmdir "${point}" "${point%/*}"
  fi
done </proc/self/mounts
exit 0
