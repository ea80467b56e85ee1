# Read by an interactive fish after its configuration when `condafuse shell` starts it.
$CONDA_FUSE_EXE init fish | source
conda-fuse-activate $__conda_fuse_shell_name
set -e __conda_fuse_shell_name
