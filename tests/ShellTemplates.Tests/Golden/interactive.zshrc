# Read by zsh in place of ~/.zshrc when `condafuse shell` starts it.
if [[ -n "${__conda_fuse_zdotdir}" ]]; then
  \export ZDOTDIR="${__conda_fuse_zdotdir}"
else
  \unset ZDOTDIR
fi
\unset __conda_fuse_zdotdir
if [[ -r "${ZDOTDIR:-${HOME}}/.zshrc" ]]; then
  . "${ZDOTDIR:-${HOME}}/.zshrc"
fi
\eval "$(\command "${CONDA_FUSE_EXE}" init zsh)"
conda-fuse-activate "${__conda_fuse_shell_name}"
\unset __conda_fuse_shell_name
