# Read by zsh in place of ~/.zshenv when `condafuse shell` starts it; ZDOTDIR is the folder of this file.
__conda_fuse_folder="${ZDOTDIR}"
if [[ -n "${__conda_fuse_shell_zdotdir:-}" ]]; then
  ZDOTDIR="${__conda_fuse_shell_zdotdir}"
else
  \unset ZDOTDIR
fi
\unset __conda_fuse_shell_zdotdir
if [[ -r "${ZDOTDIR:-${HOME}}/.zshenv" ]]; then
  . "${ZDOTDIR:-${HOME}}/.zshenv"
fi
__conda_fuse_zdotdir="${ZDOTDIR:-}"
ZDOTDIR="${__conda_fuse_folder}"
\unset __conda_fuse_folder
