#!/bin/bash
#SBATCH --nodes=1
#SBATCH --ntasks=4
# For nodes that allow no user namespaces: a separate step keeps the mount on every node, until the others have ended.
# shellcheck disable=SC2016
set -e
folder=/tmp/condafuse-${SLURM_JOB_ID}
srun --overlap --ntasks="${SLURM_NNODES}" --ntasks-per-node=1 \
  sh -c 'umask 077; mkdir -p "$1" && condafuse mount "$2" "$1" --read-only --foreground; rmdir "$1"' sh "${folder}" %NAME% &
keeper=$!
code=0
srun --overlap sh -c 'until [ -e "$1/conda-meta" ]; do sleep 0.2; done; PATH="$1/bin:$PATH"; exec python train.py' \
  sh "${folder}"/%TOP% || code=$?
kill "${keeper}"
wait "${keeper}" || :
exit "${code}"
