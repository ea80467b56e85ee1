# condafuse run: the environment's own activation scripts, then the command in this shell's place.
# $CONDA_PREFIX is the environment; "$@" the command.
for script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do
  if [ -r "$script" ]; then
    . "$script"
  fi
done
unset script
if ! command -v -- "$1" >/dev/null; then
  if [ -e "$1" ]; then
    printf "condafuse: cannot run '%s': it is not executable\n" "$1" >&2
    exit 126
  fi
  printf "condafuse: cannot run '%s': no such command in the environment or on PATH\n" "$1" >&2
  exit 127
fi
exec -- "$@"
