#!/usr/bin/env bats
# An archive works wherever it is mounted: renamed, copied, moved by hand, used by somebody else. Nothing is unpacked or rewritten for that.

load helpers

# The prefix that environment $1 has where it is mounted; the directory inside keeps the name that it was created with.
prefix_in() {
  echo "${mounts}/$1/${2:-$1}"
}

@test "in every shell: a renamed archive works at its new prefix, and the archive is not changed" {
  local shell before
  small_environment
  mv "${archives}/small.squashfs" "${archives}/renamed.squashfs"
  before=$(sha256sum <"${archives}/renamed.squashfs")
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate renamed
greeting
condafuse run renamed -- greeting
conda-fuse-unmount renamed'
    expect_status 0
    expect_in_output "hello from $(prefix_in renamed small), version 2.0
hello from $(prefix_in renamed small), version 2.0"
  done
  [[ "${before}" == "$(sha256sum <"${archives}/renamed.squashfs")" ]] || fail 'the archive was changed'
  [[ ! -e "${archives}/renamed.changes" ]] || fail 'changes were kept'
}

@test "what is served is what conda creates at that prefix: sizes, contents, partial reads" {
  local there expected="${home}/expected"
  kept_environment sci python pip tqdm greeting
  mkdir -p "${home}/short"
  there="${home}/short/m"
  helper mount "${archives}/sci.squashfs" "${there}"
  expect_status 0
  cp -a "${there}/sci" "${expected}"
  in_environment "${CONDAFUSE_BIN}" unmount "${there}"
  in_environment "${base}/bin/conda" create -y -q -p "${there}/sci" python pip tqdm greeting
  # Each at its own time, with its own byte code; what conda did is told with the prefix of then, and who created it with its own digests.
  run diff -r --no-dereference -x __pycache__ -x history -x '*.json' "${there}/sci" "${expected}"
  expect_status 0
  expect_output ''
  rm -r "${there:?}"
}

@test "a python environment of one user works for another, who changes it and gives it back" {
  local prefix
  kept_environment sci python pip tqdm greeting
  chmod 0644 "${archives}/sci.squashfs"
  cp "${archives}/sci.squashfs" "${CONDAFUSE_TEST_ROOT}/theirs.squashfs"
  as_second_user
  install -o "${CONDAFUSE_TEST_USER}" "${CONDAFUSE_TEST_ROOT}/theirs.squashfs" "${archives}/theirs.squashfs"
  rm "${CONDAFUSE_TEST_ROOT}/theirs.squashfs"
  prefix=$(prefix_in theirs sci)
  helper run theirs -- pip --version
  expect_status 0
  expect_in_output "from ${prefix}/lib/python"
  helper run theirs -- tqdm --version
  expect_status 0
  helper run theirs -- python -c 'import sys; print(sys.prefix); print(open(sys.executable, "rb").read().split(b"PREFIX=")[-1].split(b"\0")[0].decode())'
  expect_status 0
  expect_output "${prefix}
${prefix}/lib"
  helper run theirs -- greeting
  expect_output "hello from ${prefix}, version 2.0"

  # The first change makes the whole generation theirs.
  in_environment "${CONDAFUSE_BIN}" run theirs -- sh -c "echo mine >\"\${CONDA_PREFIX}/mine\""
  unmount theirs
  [[ "$(generation_of theirs)" == 2 ]] || fail 'not committed'
  [[ "$(unsquashfs -cat "${archives}/theirs.squashfs" sci/bin/greeting)" == *"${prefix},"* ]] || fail 'the generation has another prefix'
  helper run theirs -- greeting
  expect_output "hello from ${prefix}, version 2.0"
  unmount theirs

  # And back.
  cp "${archives}/theirs.squashfs" "${CONDAFUSE_TEST_ROOT}/back.squashfs"
  setup
  mkdir -p "${archives}"
  mv "${CONDAFUSE_TEST_ROOT}/back.squashfs" "${archives}/back.squashfs"
  helper run back -- pip --version
  expect_status 0
  expect_in_output "from $(prefix_in back sci)/lib/python"
  helper run back -- cat "$(prefix_in back sci)/mine"
  expect_output mine
  unmount back
}
