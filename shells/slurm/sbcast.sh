#!/bin/bash
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=2
# Copies the archive, which is one file, to a local disk of every node first: for many nodes and slow shared storage.
set -e
# Other users can make files in /tmp too: sbcast fails if there is one of that name.
copy=/tmp/condafuse-${SLURM_JOB_ID}-${RANDOM}.squashfs
sbcast %ARCHIVE% "${copy}"
srun condafuse run --read-only "${copy}" -- python train.py
srun --ntasks-per-node=1 --ntasks="${SLURM_NNODES}" rm -f "${copy}"
