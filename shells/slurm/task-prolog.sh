#!/bin/bash
# For 'srun --task-prolog=FILE': every task starts in the environment. Slurm adds the variables that this prints.
eval "$(condafuse init bash)"
conda-fuse-activate %NAME% >&2 || exit
while IFS= read -r name; do
  case "${name}" in
  PATH | CONDA_*) printf 'export %s=%s\n' "${name}" "${!name}" ;;
  *) ;;
  esac
done < <(compgen -e)
