#!/bin/bash
#SBATCH --job-name=condafuse
#SBATCH --ntasks=4
# The tasks of a step share one mount on each node. It ends with the last of them.
srun condafuse run %NAME% -- python train.py
