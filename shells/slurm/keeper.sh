#!/bin/bash
#SBATCH --nodes=1
#SBATCH --ntasks=4
# For nodes that allow no user namespaces: step 0 keeps the mount on every node, until the others have ended.
# shellcheck disable=SC2016
set -e
# Other users can make directories and links in /tmp too: mkdir fails if there is one, and find says whether the directory is ours.
folder=/tmp/condafuse-${SLURM_JOB_ID}-${RANDOM}
prefix=${folder}/%TOP%
wait_for_mount='tries=300
until [ -n "$(find "${1%/*}" -maxdepth 0 -type d -uid "$(id -u)" 2>/dev/null)" ] && [ -e "$1/conda-meta" ]; do
  tries=$((tries - 1))
  [ "${tries}" -gt 0 ] || { echo "nothing was mounted at $1 within a minute" >&2; exit 1; }
  sleep 0.2
done'
srun --overlap --ntasks="${SLURM_NNODES}" --ntasks-per-node=1 sh -c '
  umask 077; mkdir "$1" || exit; condafuse mount "$2" "$1" --read-only --foreground & server=$!
  trap "kill ${server}" TERM; wait "${server}"; wait "${server}"; rmdir "$1"' sh "${folder}" %NAME% &
keeper=$!
sh -c "${wait_for_mount}" sh "${prefix}"
code=0
srun --overlap sh -c "${wait_for_mount}"'; PATH="$1/bin:$PATH"; exec python train.py' sh "${prefix}" || code=$?
# A signal to srun itself would kill the servers before they can unmount.
scancel --signal=TERM "${SLURM_JOB_ID}.0"
wait "${keeper}" || :
exit "${code}"
