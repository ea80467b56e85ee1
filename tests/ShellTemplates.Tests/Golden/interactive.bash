# shellcheck shell=bash
# Read by an interactive bash in place of ~/.bashrc when `condafuse shell` starts it.
if [[ -r ~/.bashrc ]]; then
  . ~/.bashrc
fi
\eval "$(\command "${CONDA_FUSE_EXE}" init bash)"
conda-fuse-activate "${__conda_fuse_shell_name}"
\unset __conda_fuse_shell_name
