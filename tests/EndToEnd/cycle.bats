#!/usr/bin/env bats
# The life of one environment with python, numpy, scipy and pandas: created once, then used by every test from the same archive.

load helpers

# The archive of all tests of this file.
export science="${CONDAFUSE_TEST_ROOT:-}/science"

setup_file() {
  bats_require_minimum_version 1.5.0
  # `run` of Bats 1.8 needs it, but it is set only inside tests.
  local BATS_TEST_TMPDIR="${BATS_FILE_TMPDIR}"
  setup
  mkdir -p "${science}"
  in_archives
  in_shell bash 'conda-fuse-create science -y -q python numpy scipy pandas && conda-fuse-unmount science'
  expect_status 0
}

in_archives() {
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${science}")
}

prefix_of_science() {
  in_environment "${CONDAFUSE_BIN}" mount --print-prefix science
}

unmount_science() {
  in_environment "${CONDAFUSE_BIN}" unmount science
}

# The pid of the server of science.
server() {
  in_environment "${CONDAFUSE_BIN}" list --json |
    /usr/bin/python3 -c 'import json, sys; print(*(e["serverPid"] for e in json.load(sys.stdin)["environments"] if e["name"] == "science"))'
}

@test "create leaves one file, which unsquashfs can read" {
  [[ "$(ls -A "${science}")" == science.squashfs ]]
  unsquashfs -l "${science}/science.squashfs" science/bin/python3 | grep -x 'squashfs-root/science/bin/python3' >/dev/null
}

@test "activate, import, list, unmount, activate again, run" {
  local shell
  in_archives
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-activate science
python -c 'import sys, numpy, pandas, scipy.optimize; print(\"imported below\", sys.prefix, numpy.arange(4).sum(), pandas.Series([1, 2]).sum())'
conda-fuse-env-list
conda-fuse-unmount science
echo \"unmounted at level \$CONDA_SHLVL\"
conda-fuse-activate science
python -c 'import numpy; print(\"imported again\")'
conda deactivate
conda-fuse-unmount science
condafuse run science -- python -c 'import sys, os; print(\"run below\", sys.prefix, os.environ[\"CONDA_PREFIX\"])'
conda-fuse-unmount science"
    expect_status 0
    expect_in_output "imported below ${mounts}/science/science 6 3"
    expect_in_output "${mounts}/science"
    expect_in_output 'unmounted at level 0'
    expect_in_output 'imported again'
    expect_in_output "run below ${mounts}/science/science ${mounts}/science/science"
    [[ ! -e "${mounts}/science" ]]
    [[ -z "$(servers)" ]] || fail "the server outlived the unmount"
  done
}

@test "run returns the command's own code, and many run at once" {
  local n pids=()
  in_archives
  run --separate-stderr in_environment "${CONDAFUSE_BIN}" run science -- python -c 'raise SystemExit(42)'
  expect_status 42
  for n in {1..8}; do
    in_environment "${CONDAFUSE_BIN}" run science -- python -c 'import numpy' &
    pids+=("$!")
  done
  for n in "${pids[@]}"; do
    wait "${n}"
  done
  unmount_science
}

@test "a new process calls the interpreter by its path, as PyCharm does" {
  local prefix
  in_archives
  prefix="$(prefix_of_science)"
  [[ "${prefix}" == "${mounts}/science/science" ]]
  run --separate-stderr in_environment "${prefix}/bin/python" -c 'import sys, scipy; print(sys.executable, sys.prefix)'
  expect_status 0
  expect_output "${prefix}/bin/python ${prefix}"
  unmount_science
}

@test "each mount registers the prefix, so that conda env list shows it" {
  in_archives
  prefix_of_science
  grep -qxF "${mounts}/science/science" "${home}/.conda/environments.txt"
  rm "${home}/.conda/environments.txt"
  unmount_science
  prefix_of_science
  run --separate-stderr in_environment "${base}/bin/conda" env list
  expect_in_output "${mounts}/science/science"
  unmount_science
}

@test "every change of an environment mounted read-only gets EROFS" {
  local prefix
  in_archives
  prefix="$(in_environment "${CONDAFUSE_BIN}" mount --read-only --print-prefix science)"
  in_environment /usr/bin/python3 - "${prefix}" <<'PYTHON'
import errno, os, sys
prefix = sys.argv[1]
target = os.path.join(prefix, "conda-meta", "history")
attempts = {
    "create": lambda: open(os.path.join(prefix, "new"), "w"),
    "append": lambda: open(target, "a"),
    "truncate": lambda: os.truncate(target, 0),
    "mkdir": lambda: os.mkdir(os.path.join(prefix, "new")),
    "unlink": lambda: os.unlink(target),
    "rename": lambda: os.rename(target, target + ".c~"),
    "link": lambda: os.link(target, target + "2"),
    "symlink": lambda: os.symlink("a", os.path.join(prefix, "new")),
    "chmod": lambda: os.chmod(target, 0o600),
    "utime": lambda: os.utime(target),
    "setxattr": lambda: os.setxattr(target, "user.a", b"b"),
}
for name, attempt in attempts.items():
    try:
        attempt()
    except OSError as failure:
        assert failure.errno == errno.EROFS, f"{name}: {failure}"
    else:
        raise SystemExit(f"{name} succeeded")
PYTHON
  unmount_science
}

@test "unmount while busy changes nothing and names the holder" {
  local prefix sleeper
  in_archives
  prefix="$(prefix_of_science)"
  sleep_in "${prefix}"
  run --separate-stderr unmount_science
  expect_status 5
  expect_in_stderr "${sleeper}"
  expect_in_stderr sleep
  [[ -x "${prefix}/bin/python" ]]
  kill "${sleeper}"
  wait "${sleeper}" || true
  unmount_science
}

@test "unmount --wait continues when the holder has ended" {
  local prefix sleeper
  in_archives
  prefix="$(prefix_of_science)"
  sleep_in "${prefix}" 1
  in_environment "${CONDAFUSE_BIN}" unmount science --wait 20
  wait
}

@test "50 mounts at once make one mount and all succeed" {
  local n pids=()
  in_archives
  for n in {1..50}; do
    prefix_of_science >"${home}/mount.${n}" &
    pids+=("$!")
  done
  for n in "${pids[@]}"; do
    wait "${n}"
  done
  [[ "$(sort -u "${home}"/mount.*)" == "${mounts}/science/science" ]]
  [[ "$(mounted_below "${mounts}" | wc -l)" -eq 1 ]]
  [[ "$(servers | wc -l)" -eq 1 ]]
  unmount_science
}

@test "an environment whose server was killed can be mounted again" {
  local shell
  in_archives
  for shell in "${shells[@]}"; do
    prefix_of_science
    kill -KILL "$(server)"
    in_shell "${shell}" 'conda-fuse-activate science && python -c "import numpy; print(\"alive\")" && conda-fuse-unmount science'
    expect_status 0
    expect_in_output alive
  done
}

@test "an environment whose server was killed can be listed and unmounted" {
  in_archives
  prefix_of_science
  kill -KILL "$(server)"
  run --separate-stderr in_environment "${CONDAFUSE_BIN}" list
  expect_status 0
  expect_in_output science
  unmount_science
  [[ -z "$(mounted_below "${mounts}")" ]]
}
