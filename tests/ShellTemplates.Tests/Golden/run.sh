# condafuse run: the environment's own activation scripts, then the command in this shell's place.
# $CONDA_PREFIX is the environment; "$@" the command.
for script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do
  if [ -r "$script" ]; then
    . "$script"
  fi
done
unset script
exec "$@"
