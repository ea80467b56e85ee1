#!/usr/bin/env bats
# Zip archives, the format of the original script: created by `zip -r`, used through the functions, changed, and still readable by other tools.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# The small environment as the zip archive `old`.
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

@test "activate, list, change, unmount, activate again: in each shell; other tools read the result" {
  local shell
  old_environment
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
    expect_in_output 'committed as generation'
    [[ ! -e "${mounts}/old" ]]
    [[ "$(ls "${archives}")" == old.zip ]]
    [[ "$(unzip -p "${archives}/old.zip" "old/changed-${shell}")" == "changed by ${shell}" ]]
  done
  unzip -tqq "${archives}/old.zip"
  7z t "${archives}/old.zip" >/dev/null
  /usr/bin/python3 -m zipfile -t "${archives}/old.zip"
  helper verify old
  expect_status 0
}

@test "fuse-zip mounts the committed archive, and its changes are kept" {
  old_environment
  in_shell bash 'conda-fuse-activate old
echo ours >"$CONDA_PREFIX/ours"
/bin/chmod 750 "$CONDA_PREFIX/ours"
/bin/mv "$CONDA_PREFIX/conda-meta/history" "$CONDA_PREFIX/conda-meta/moved"
conda deactivate
conda-fuse-unmount old'
  expect_status 0
  mkdir "${home}/fuse-zip"
  timeout 60 fuse-zip "${archives}/old.zip" "${home}/fuse-zip"
  [[ "$(cat "${home}/fuse-zip/old/ours")" == ours ]]
  [[ "$(stat -c %a "${home}/fuse-zip/old/ours")" == 750 ]]
  [[ -e "${home}/fuse-zip/old/conda-meta/moved" && ! -e "${home}/fuse-zip/old/conda-meta/history" ]]
  mv "${home}/fuse-zip/old/conda-meta/moved" "${home}/fuse-zip/old/conda-meta/history"
  echo theirs >"${home}/fuse-zip/old/theirs"
  fusermount3 -u "${home}/fuse-zip" || umount "${home}/fuse-zip"
  written() { [[ "$(unzip -p "${archives}/old.zip" old/theirs 2>/dev/null)" == theirs ]]; }
  eventually written
  in_shell bash 'conda-fuse-activate old
/bin/cat "$CONDA_PREFIX/ours" "$CONDA_PREFIX/theirs"
/bin/ls "$CONDA_PREFIX/conda-meta"
conda-fuse-unmount old'
  expect_status 0
  expect_in_output $'ours\ntheirs'
  expect_in_output 'history'
}

@test "the whole cycle with CONDA_FUSE_FORMAT=zip: in each shell" {
  local shell
  environment+=(CONDA_FUSE_FORMAT=zip)
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-create made-${shell} -y -q python
conda-fuse-activate made-${shell}
conda install -y -q greeting
conda-fuse-unmount made-${shell}
conda-fuse-env-list
conda-fuse-activate made-${shell}
python -c 'import sys; print(\"imported below\", sys.prefix)'
conda list
conda-fuse-unmount made-${shell}"
    expect_status 0
    expect_in_output "imported below ${mounts}/made-${shell}/made-${shell}"
    expect_in_output 'greeting'
    unzip -tqq "${archives}/made-${shell}.zip"
    [[ ! -e "${archives}/made-${shell}.squashfs" && ! -e "${archives}/made-${shell}.changes" ]]
  done
}

@test "create takes --format before the name and after it" {
  helper create --format zip formed -y -q greeting
  expect_status 0
  in_environment "${CONDAFUSE_BIN}" unmount formed
  [[ -e "${archives}/formed.zip" ]]
  helper create --format tar other -y -q greeting
  expect_status 2
  helper create other --format zip -y -q greeting
  expect_status 0
  in_environment "${CONDAFUSE_BIN}" unmount other
  [[ -e "${archives}/other.zip" && ! -e "${archives}/other.squashfs" ]]
  environment+=(CONDA_FUSE_FORMAT=rar)
  helper create third -y -q greeting
  [[ "${status}" -ne 0 ]]
  expect_in_stderr 'CONDA_FUSE_FORMAT'
}

@test "servers, installers and writers are killed at any moment, and no acknowledged change is lost" {
  environment+=(CONDA_FUSE_FORMAT=zip)
  in_environment "${CONDAFUSE_BIN}" create work -y -q python pip greeting
  in_environment "${CONDAFUSE_BIN}" unmount work
  run in_environment /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/kills.py" "${CONDAFUSE_BIN}" "${base}/bin/conda" work "${CONDAFUSE_KILLS:-6}"
  [[ "${status}" -eq 0 ]] || fail 'something was lost'
  expect_in_output 'kills, nothing lost'
  [[ -e "${archives}/work.zip" ]]
}

@test "converting there and back keeps everything, and is refused if the archive is in use or changed" {
  local before
  old_environment
  in_environment "${CONDAFUSE_BIN}" mount old
  before="$(cd "${mounts}/old" && find . -printf '%P %y %m %l %s %T@\n' | sort)"
  helper convert old --to squashfs
  expect_status 5
  expect_in_stderr 'conda-fuse-unmount old'
  echo more >"${mounts}/old/old/more"
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit old
  helper convert old --to squashfs
  expect_status 5
  expect_in_stderr 'condafuse commit old'
  in_environment "${CONDAFUSE_BIN}" discard old --yes
  helper convert old --to zip
  [[ "${status}" -eq 0 && -e "${archives}/old.zip" ]] || fail 'the same format is done already'
  helper convert old --to squashfs
  expect_status 0
  [[ "$(ls "${archives}")" == old.squashfs ]]
  helper convert old --to zip
  expect_status 0
  [[ "$(ls "${archives}")" == old.zip ]]
  in_environment "${CONDAFUSE_BIN}" mount old
  [[ "$(cd "${mounts}/old" && find . -printf '%P %y %m %l %s %T@\n' | sort)" == "${before}" ]]
  in_environment "${CONDAFUSE_BIN}" unmount old
}

@test "convert asks before it drops earlier generations" {
  small_environment work
  in_environment "${CONDAFUSE_BIN}" mount work
  echo more >"${mounts}/work/work/more"
  in_environment "${CONDAFUSE_BIN}" unmount work
  helper convert work --to zip </dev/null
  expect_status 2
  expect_in_stderr 'this permanently removes 1 earlier generation of'
  expect_in_stderr 'nothing was changed'
  [[ "$(ls "${archives}")" == work.squashfs ]]
  helper convert work --to zip --yes
  expect_status 0
  [[ "$(ls "${archives}")" == work.zip ]]
  helper convert work --to squashfs </dev/null
  expect_status 0
}

@test "a conversion killed at any rename leaves one usable archive, and the next one completes it" {
  clang -shared -fPIC -O1 -o "${BATS_TEST_TMPDIR}/die.so" "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/die_at_rename.c"
  local number before
  small_environment work
  in_environment "${CONDAFUSE_BIN}" mount work
  before="$(cd "${mounts}/work" && find . -printf '%P %y %m %l %s %T@\n' | sort)"
  in_environment "${CONDAFUSE_BIN}" unmount work
  for number in 1 2 3 4; do
    run --separate-stderr in_environment LD_PRELOAD="${BATS_TEST_TMPDIR}/die.so" DIE_AT_RENAME="${number}" "${CONDAFUSE_BIN}" convert work --to zip
    [[ "${status}" -ne 0 ]] || break
    [[ "${status}" -eq 137 ]] || fail "it ended otherwise"
    [[ "$(cd "${archives}" && ls | grep -c -E '^work\.(zip|squashfs)$')" -eq 1 ]] || fail "there is not one archive after rename ${number}: $(ls "${archives}")"
    in_environment "${CONDAFUSE_BIN}" mount work
    [[ "$(cd "${mounts}/work" && find . -printf '%P %y %m %l %s %T@\n' | sort)" == "${before}" ]] || fail "after rename ${number}"
    in_environment "${CONDAFUSE_BIN}" unmount work
  done
  [[ "${number}" -ge 3 && "${status}" -eq 0 ]] || fail "no rename was met, or it was not finished"
  [[ "$(cd "${archives}" && ls | grep -E '^work\.(zip|squashfs)$')" == work.zip ]]
}

@test "unmount reports what a zip archive could not store" {
  old_environment
  in_environment "${CONDAFUSE_BIN}" mount old
  echo x >"${mounts}/old/old/tagged"
  /usr/bin/python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.note", b"x")' "${mounts}/old/old/tagged"
  helper unmount old
  expect_status 0
  expect_in_output 'committed as generation'
  expect_in_stderr 'user.note'
  in_environment "${CONDAFUSE_BIN}" mount old
  echo y >"${mounts}/old/old/plain"
  helper unmount old
  expect_not_in_stderr 'user.note'
}

@test "a commit that fails at unmount is reported while the mount exists, and the user can keep the changes" {
  old_environment
  echo secret >"${home}/unpacked/old/locked"
  (cd "${home}/unpacked" && zip -qP word "${archives}/old.zip" old/locked)
  in_environment "${CONDAFUSE_BIN}" mount old
  echo x >"${mounts}/old/old/new"
  helper unmount old
  expect_status 1
  expect_in_stderr 'is still mounted: could not commit the changes: '
  expect_in_stderr '--no-commit'
  echo more >>"${mounts}/old/old/new"
  echo x >"${mounts}/old/old/new"
  helper unmount --no-commit old
  expect_status 0
  expect_in_output "Unmounted ${mounts}/old"
  expect_in_output 'kept beside the archive'
  in_environment "${CONDAFUSE_BIN}" mount old
  [[ "$(cat "${mounts}/old/old/new")" == x ]]
  helper unmount --no-commit old
  expect_status 0
}

@test "a commit while it is used, and one of an archive behind a symlink with other names" {
  local inode
  old_environment
  mkdir "${home}/elsewhere"
  mv "${archives}/old.zip" "${home}/elsewhere/real.zip"
  ln "${home}/elsewhere/real.zip" "${home}/elsewhere/other.zip"
  chmod 640 "${home}/elsewhere/real.zip"
  ln -s "${home}/elsewhere/real.zip" "${archives}/old.zip"
  in_environment "${CONDAFUSE_BIN}" mount old
  echo one >"${mounts}/old/old/one"
  inode="$(stat -c %i "${mounts}/old/old/one")"
  exec 7<"${mounts}/old/old/one"
  helper commit old
  expect_status 0
  [[ "$(cat <&7)" == one && "$(stat -c %i "${mounts}/old/old/one")" == "${inode}" ]]
  exec 7<&-
  echo two >"${mounts}/old/old/two"
  in_environment "${CONDAFUSE_BIN}" unmount old
  [[ -L "${archives}/old.zip" && "$(stat -c %a "${home}/elsewhere/real.zip")" == 640 ]]
  [[ "$(unzip -p "${home}/elsewhere/real.zip" old/one)$(unzip -p "${home}/elsewhere/real.zip" old/two)" == onetwo ]]
  run unzip -p "${home}/elsewhere/other.zip" old/one
  [[ "${status}" -ne 0 ]]
  in_environment "${CONDAFUSE_BIN}" mount old
  [[ "$(stat -c %i "${mounts}/old/old/one")" == "${inode}" ]]
  in_environment "${CONDAFUSE_BIN}" unmount old
  helper log old
  [[ "${status}" -ne 0 ]]
  expect_in_stderr 'convert'
}

@test "mounting and extracting reproduce what was zipped" {
  local prefix
  old_environment
  prefix="$(in_environment "${CONDAFUSE_BIN}" mount --print-prefix old)"
  # Two contain the prefix, and are served with that of the mount; the record has their digests.
  diff -r --no-dereference -x greeting -x libgreeting.so -x "greeting-*.json" "${home}/unpacked/old" "${prefix}"
  [[ "$("${prefix}/bin/greeting")" == "hello from ${prefix}, version 2.0" ]]
  [[ "$(cd "${home}/unpacked/old" && find . -printf '%P %y %m %l %T@\n' | sed 's/\.[0-9]*$//' | sort)" == "$(cd "${prefix}" && find . -printf '%P %y %m %l %T@\n' | sed 's/\.[0-9]*$//' | sort)" ]]
  in_environment "${CONDAFUSE_BIN}" unmount old
  helper extract --as-is old "${home}/extracted"
  expect_status 0
  diff -r --no-dereference "${home}/unpacked" "${home}/extracted"
}

@test "info and verify recognize zip archives by content" {
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

@test "a layer over a zip archive warns that it does not outlast the owner's commit, and is reported correctly afterwards" {
  local prefix
  old_environment
  chmod 0444 "${archives}/old.zip"
  helper mount old
  expect_status 0
  expect_in_stderr 'hint: condafuse commit old --to NEW keeps them'
  echo mine >"${mounts}/old/old/mine"
  in_environment "${CONDAFUSE_BIN}" unmount old
  chmod 0644 "${archives}/old.zip"
  environment+=(XDG_STATE_HOME="${home}/owner")
  prefix="$(in_environment "${CONDAFUSE_BIN}" mount --print-prefix old)"
  echo theirs >"${prefix}/theirs"
  in_environment "${CONDAFUSE_BIN}" unmount old
  unset 'environment[-1]'
  helper run old -- sh -c 'cat "${CONDA_PREFIX}/theirs"'
  expect_status 0
  expect_output theirs
  expect_in_stderr 'cannot be carried over: a zip archive holds only the current generation'
  in_environment "${CONDAFUSE_BIN}" unmount old
  helper rebase old
  expect_status 1
  expect_in_stderr 'cannot be carried over'
  helper discard old --yes
  expect_status 0
}
