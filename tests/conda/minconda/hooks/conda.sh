# Defines `conda` as a shell function for bash, zsh and other POSIX shells.

__conda_exe() (
  "$CONDA_EXE" ${_CE_M:+"$_CE_M"} ${_CE_CONDA:+"$_CE_CONDA"} "$@"
)

__conda_hashr() {
  if [ -n "${ZSH_VERSION:-}" ]; then
    \rehash
  else
    \hash -r
  fi
}

__conda_evaluate() {
  \local text
  text="$(PS1="${PS1:-}" __conda_exe shell.posix "$@")" || \return
  \eval "$text"
  __conda_hashr
}

__conda_activate() {
  __conda_evaluate "$@"
}

__conda_reactivate() {
  __conda_evaluate reactivate
}

conda() {
  case "${1:-}" in
    activate | deactivate)
      __conda_activate "$@"
      ;;
    install | update | upgrade | remove | uninstall)
      __conda_exe "$@" || \return
      __conda_reactivate
      ;;
    *)
      __conda_exe "$@"
      ;;
  esac
}

if [ -z "${CONDA_SHLVL+x}" ]; then
  \export CONDA_SHLVL=0
  PATH="$(\dirname "$(\dirname "$CONDA_EXE")")/condabin${PATH:+":$PATH"}"
  \export PATH
  PS1="${PS1:-}"
fi
