#!/bin/bash
# For 'Epilog=FILE' in slurm.conf: removes mounts that activations in the job left when it was killed.
while read -r _ point type _; do
  printf -v point '%b' "${point}"
  if [[ ${type} == fuse.condafuse && ${point} == */.job-"${SLURM_JOB_ID:?}"-*/* ]]; then
    umount -l "${point}"
    rmdir "${point}" "${point%/*}"
  fi
done </proc/self/mounts
exit 0
