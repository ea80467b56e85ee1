# shellcheck shell=bash
# The commands of a user, with their times; run by demo.sh in a separate home.
set -euo pipefail

script=$(command -v conda-fuse.sh)
# shellcheck disable=SC1090
source "${script}"

# step COMMAND...: shows a command, runs it in this shell, and prints its duration.
step() {
  local started=${EPOCHREALTIME/./} code=0
  printf '\n$ %s\n' "$*"
  "$@" || code=$?
  local took=$(((${EPOCHREALTIME/./} - started) / 1000))
  printf '  (%d.%03d s)\n' $((took / 1000)) $((took % 1000))
  return "${code}"
}

import_all() {
  python -c 'import numpy, pandas, scipy.optimize, sys
print(f"python {sys.version.split()[0]}, numpy {numpy.__version__}, pandas {pandas.__version__}, from {sys.prefix}")
print("the square root of 2 is", scipy.optimize.brentq(lambda x: x * x - 2, 0, 2))'
}

step conda-fuse-create demo --yes --quiet python numpy scipy pandas pip
step conda-fuse-env-list
archive=${CONDA_FUSE_ARCHIVE_PATH}/demo.squashfs
prefix=${CONDA_FUSE_MOUNT_ROOT}/demo/demo
step conda-fuse-activate demo
[[ ${CONDA_PREFIX} == "${prefix}" && $(command -v python) == "${prefix}/bin/python" ]]
step import_all
step import_all
files=$(find "${prefix}" | wc -l)
bytes=$(du -s --apparent-size --block-size=1 "${prefix}" | cut -f 1)
step conda-fuse-unmount demo
[[ -z ${CONDA_PREFIX:-} && ! -e ${prefix} ]]
step conda-fuse-activate demo
step import_all
step conda-fuse-unmount demo
step conda-fuse-env-list
packed=$(stat -c %s "${archive}")
printf '\nThe environment: %d files, %d MB; its archive: one file, %d MB (%d %%).\n' \
  "${files}" $((bytes / 1000000)) $((packed / 1000000)) $((packed * 100 / bytes))
