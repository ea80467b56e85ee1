#!/usr/bin/env bats
# Zip archives, as the original script keeps its environments: made by `zip -r`, used through the functions, changed, and read by others as before.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

helper() {
  run --separate-stderr in_environment "${CONDAFUSE_BIN}" "$@"
}

# The small environment, as a zip archive `old`.
old_environment() {
  local prefix
  [[ ! -e "${archives}/old.zip" ]] || return 0
  small_environment
  prefix="$(in_environment "${CONDAFUSE_BIN}" mount --print-prefix small)"
  mkdir -p "${home}/unpacked"
  cp -a "${prefix}" "${home}/unpacked/old"
  in_environment "${CONDAFUSE_BIN}" unmount small
  rm "${archives}/small.squashfs"
  (cd "${home}/unpacked" && zip -qry "${archives}/old.zip" old)
}

@test "activate, list, change, unmount, activate again: in each shell" {
  local shell
  old_environment
  cp "${archives}/old.zip" "${home}/as-it-was.zip"
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-activate old
test -d \"\$CONDA_PREFIX/conda-meta\" && echo \"active at \$CONDA_PREFIX\"
conda-fuse-env-list
echo changed by ${shell} >\"\$CONDA_PREFIX/changed-${shell}\"
conda deactivate
conda-fuse-unmount old
conda-fuse-activate old
/bin/cat \"\$CONDA_PREFIX/changed-${shell}\"
conda deactivate
conda-fuse-unmount old"
    expect_status 0
    expect_in_output "active at ${mounts}/old/old"
    expect_in_output "changed by ${shell}"
    [[ ! -e "${mounts}/old" ]]
  done
  cmp "${archives}/old.zip" "${home}/as-it-was.zip"
  [[ -d "${archives}/old.changes" ]]
  helper diff old
  expect_status 0
  expect_in_output 'changed-bash'
  helper discard old --yes
  [[ ! -e "${archives}/old.changes" ]]
}

@test "what is mounted and what is extracted is what was zipped" {
  local prefix
  old_environment
  prefix="$(in_environment "${CONDAFUSE_BIN}" mount --print-prefix old)"
  diff -r --no-dereference "${home}/unpacked/old" "${prefix}"
  [[ "$(cd "${home}/unpacked/old" && find . -printf '%P %y %m %l %T@\n' | sed 's/\.[0-9]*$//' | sort)" == "$(cd "${prefix}" && find . -printf '%P %y %m %l %T@\n' | sed 's/\.[0-9]*$//' | sort)" ]]
  in_environment "${CONDAFUSE_BIN}" unmount old
  helper extract old "${home}/extracted"
  expect_status 0
  diff -r --no-dereference "${home}/unpacked" "${home}/extracted"
}

@test "info and verify know zip archives by their content" {
  old_environment
  cp "${archives}/old.zip" "${home}/misnamed.squashfs"
  helper info "${home}/misnamed.squashfs"
  expect_status 0
  expect_in_output 'deflate'
  helper verify "${home}/misnamed.squashfs"
  expect_status 0
  /usr/bin/python3 - "${home}/misnamed.squashfs" <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    largest = max(archive.infolist(), key=lambda entry: entry.compress_size)
with open(sys.argv[1], "r+b") as file:
    file.seek(largest.header_offset + 30 + len(largest.filename) + 28 + largest.compress_size // 2)
    byte = file.read(1)
    file.seek(-1, 1)
    file.write(bytes([byte[0] ^ 0x55]))
print(largest.filename)
PYTHON
  helper verify "${home}/misnamed.squashfs"
  expect_status 7
}

@test "a zip archive that leads elsewhere is refused by name" {
  mkdir -p "${archives}"
  /usr/bin/python3 -c 'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w").writestr("../evil", "x")' "${archives}/evil.zip"
  helper mount evil
  expect_status 7
  expect_in_stderr '../evil'
  helper extract evil "${home}/out"
  expect_status 7
  [[ ! -e "${home}/evil" ]]
}
