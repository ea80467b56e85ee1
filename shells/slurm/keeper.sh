#!/bin/bash
#SBATCH --nodes=1
#SBATCH --ntasks=4
# For nodes that allow no user namespaces: step 0 keeps the mount on every node, until the others have ended.
# shellcheck disable=SC2016
set -e
folder=/tmp/condafuse-${SLURM_JOB_ID}
srun --overlap --ntasks="${SLURM_NNODES}" --ntasks-per-node=1 sh -c '
  umask 077; mkdir "$1" || exit; condafuse mount "$2" "$1" --read-only --foreground & server=$!
  trap "kill ${server}" TERM; wait "${server}"; wait "${server}"; rmdir "$1"' sh "${folder}" %NAME% &
keeper=$!
until [ -O "${folder}"/%TOP%/conda-meta ]; do
  kill -0 "${keeper}"
  sleep 0.2
done
code=0
srun --overlap sh -c 'until [ -O "$1/conda-meta" ]; do sleep 0.2; done; PATH="$1/bin:$PATH"; exec python train.py' \
  sh "${folder}"/%TOP% || code=$?
# A signal to srun itself would kill the servers before they can unmount.
scancel --signal=TERM "${SLURM_JOB_ID}.0"
wait "${keeper}" || :
exit "${code}"
