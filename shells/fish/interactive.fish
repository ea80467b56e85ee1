# What `condafuse shell` has an interactive fish read behind its configuration.
$CONDA_FUSE_EXE init fish | source
conda-fuse-activate $__conda_fuse_shell_name
set -e __conda_fuse_shell_name
