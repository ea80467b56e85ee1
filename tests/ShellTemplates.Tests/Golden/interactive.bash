# shellcheck shell=bash
# What `condafuse shell` has an interactive bash read in place of ~/.bashrc.
if [[ -r ~/.bashrc ]]; then
  . ~/.bashrc
fi
\eval "$(\command "${CONDA_FUSE_EXE}" init bash)"
conda-fuse-activate "${__conda_fuse_shell_name}"
\unset __conda_fuse_shell_name
