#!/usr/bin/env bats
# The marked block in startup files: added once, and removed without a trace.

set -o pipefail

setup() {
  source "${BATS_TEST_DIRNAME}/../../scripts/rc-block.sh"
  rc="${BATS_TEST_TMPDIR}/rc"
  new="${BATS_TEST_TMPDIR}/new"
}

add() {
  rc_with "$1" "$(rc_block bash "${2:-/opt/bin}")" >"${new}"
  rc_replace "$1" "${new}"
}

take() {
  rc_without "$1" >"${new}"
  rc_replace "$1" "${new}"
}

# comes_back: adds and removes the block, and compares every byte.
comes_back() {
  cp "${rc}" "${rc}.before"
  add "${rc}"
  ! cmp -s "${rc}" "${rc}.before"
  take "${rc}"
  cmp "${rc}" "${rc}.before"
}

@test "a file is restored byte for byte, whatever its end" {
  local content
  for content in '' x $'x\n' $'x\n\n' $'\n' $'# comment\nalias a=b\n'; do
    printf '%s' "${content}" >"${rc}"
    comes_back
  done
}

@test "a file that did not exist is removed again" {
  add "${rc}"
  [ -s "${rc}" ]
  take "${rc}"
  [ ! -e "${rc}" ]
}

@test "adding twice has no effect, and a new path replaces the old one in place" {
  printf 'before\n' >"${rc}"
  add "${rc}"
  printf 'after\n' >>"${rc}"
  cp "${rc}" "${rc}.once"
  add "${rc}"
  cmp "${rc}" "${rc}.once"
  add "${rc}" /elsewhere/bin
  [ "$(grep -c '>>> condafuse' "${rc}")" = 1 ]
  grep -q /elsewhere/bin "${rc}"
  take "${rc}"
  [ "$(cat "${rc}")" = $'before\nafter' ]
}

@test "a link stays a link, and the mode is kept" {
  printf 'x\n' >"${BATS_TEST_TMPDIR}/real"
  chmod 640 "${BATS_TEST_TMPDIR}/real"
  ln -s real "${rc}"
  add "${rc}"
  [ -L "${rc}" ]
  [ "$(stat -c %a "${BATS_TEST_TMPDIR}/real")" = 640 ]
}

@test "a block without its end is not touched" {
  printf '# >>> condafuse >>>\nmine\n' >"${rc}"
  run rc_without "${rc}"
  [ "${status}" -ne 0 ]
  [[ ${output} == *"by hand"* ]]
}

@test "the block works in each shell, with a quote and spaces in the path" {
  local bin="${BATS_TEST_TMPDIR}/it's a place/bin" shell
  mkdir -p "${bin}"
  printf '#!/bin/sh\necho "echo sourced for $2"\n' >"${bin}/condafuse"
  chmod +x "${bin}/condafuse"
  for shell in bash zsh fish; do
    rc_block "${shell}" "${bin}" >"${rc}.${shell}"
    [ "$(PATH=/usr/bin:/bin "${shell}" -c "source ${rc}.${shell}; source ${rc}.${shell}; command -v condafuse")" = \
      "sourced for ${shell}"$'\n'"sourced for ${shell}"$'\n'"${bin}/condafuse" ]
  done
}

@test "the block is silent if the program is gone" {
  local shell
  for shell in bash zsh fish; do
    rc_block "${shell}" /no/where >"${rc}.${shell}"
    [ -z "$("${shell}" -c "source ${rc}.${shell}" 2>&1)" ]
  done
}
