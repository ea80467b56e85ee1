# Defines `@MAMBA@` as a shell function for bash, zsh and other POSIX shells.

__mamba_evaluate() {
  \local text
  text="$(PS1="${PS1:-}" "$MAMBA_EXE" shell "$@" --shell posix)" || \return
  \eval "$text"
}

@MAMBA@() {
  case "${1:-}" in
    activate | deactivate)
      __mamba_evaluate "$@"
      ;;
    install | update | upgrade | remove | uninstall)
      "$MAMBA_EXE" "$@" || \return
      __mamba_evaluate reactivate
      ;;
    *)
      "$MAMBA_EXE" "$@"
      ;;
  esac
}

if [ -z "${CONDA_SHLVL+x}" ]; then
  \export CONDA_SHLVL=0
  PATH="$MAMBA_ROOT_PREFIX/condabin${PATH:+":$PATH"}"
  \export PATH
  PS1="${PS1:-}"
fi
