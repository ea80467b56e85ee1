# Run by `condafuse run` after the environment's activation scripts: executes the command "$@" in place of this shell.
if ! command -v -- "$1" >/dev/null; then
  if [ -e "$1" ]; then
    printf "condafuse: cannot run '%s': it is not executable\n" "$1" >&2
    exit 126
  fi
  printf "condafuse: cannot run '%s': no such command in the environment or on PATH\n" "$1" >&2
  exit 127
fi
exec -- "$@"
