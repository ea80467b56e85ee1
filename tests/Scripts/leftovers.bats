#!/usr/bin/env bats
# Leftovers of tests are found, named, and removed.

set -o pipefail

setup() {
  source "${BATS_TEST_DIRNAME}/../../scripts/leftovers.sh"
  folder="${BATS_TEST_TMPDIR}/a folder"
  mkdir -p "${folder}/tmp" "${folder}/point"
}

@test "without leftovers nothing is reported" {
  [ -z "$(leftovers_of "${folder}" "${folder}/tmp")" ]
}

@test "a process and a file are named, and the process is ended" {
  cp "$(command -v sleep)" "${folder}/server"
  "${folder}/server" 100 3>&- &
  local pid=$! code=0
  touch "${folder}/tmp/file"
  run leftovers_of "${folder}" "${folder}/tmp"
  [[ ${output} == *"left running: ${pid} "*"left file: ${folder}/tmp/file"* ]]
  sweep "${folder}"
  wait "${pid}" || code=$?
  [ "${code}" = 137 ]
}

@test "a mount is named and unmounted" {
  mksquashfs "${BATS_TEST_DIRNAME}" "${folder}/image" -quiet -no-progress >/dev/null
  squashfuse "${folder}/image" "${folder}/point" || skip "nothing can be mounted here"
  [[ $(leftovers_of "${folder}" "${folder}/tmp") == "left mounted: ${folder}/point"* ]]
  sweep "${folder}"
  ! mountpoint -q "${folder}/point"
}
