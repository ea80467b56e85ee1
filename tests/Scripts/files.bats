#!/usr/bin/env bats
# Everything that was installed is removed again, and nothing else.

set -o pipefail

setup() {
  source "${BATS_TEST_DIRNAME}/../../scripts/messages.sh"
  source "${BATS_TEST_DIRNAME}/../../scripts/files.sh"
  checkout=${BATS_TEST_TMPDIR}/checkout published=${BATS_TEST_TMPDIR}/published prefix=${BATS_TEST_TMPDIR}/'a prefix'
  mkdir -p "${checkout}/man" "${checkout}/scripts" "${published}"
  echo helper >"${checkout}/scripts/mount.condafuse"
  echo license >"${checkout}/LICENSE"
  echo page >"${checkout}/man/condafuse.1"
  echo create >"${checkout}/man/condafuse-create.1"
  echo script >"${published}/conda-fuse.sh"
  printf '#!/bin/sh\necho "completions $2"\n' >"${published}/condafuse"
}

tree() {
  (cd "$1" && find . -printf '%p %y %m\n' | sort)
}

@test "everything is in its usual place" {
  install_files "${checkout}" "${published}" "${prefix}"
  [ -x "${prefix}/bin/condafuse" ]
  [ -x "${prefix}/sbin/mount.condafuse" ]
  [ "$(cat "${prefix}/share/bash-completion/completions/condafuse")" = "completions bash" ]
  [ "$(cat "${prefix}/share/zsh/site-functions/_condafuse")" = "completions zsh" ]
  [ "$(cat "${prefix}/share/fish/vendor_completions.d/condafuse.fish")" = "completions fish" ]
  [ "$(cat "${prefix}/share/man/man1/condafuse.1")" = page ]
  [ "$(cat "${prefix}/share/man/man1/condafuse-create.1")" = create ]
}

@test "a prefix that did not exist is removed again, after any number of installations" {
  install_files "${checkout}" "${published}" "${prefix}"
  install_files "${checkout}" "${published}" "${prefix}"
  remove_files "${prefix}"
  [ ! -e "${prefix}" ]
}

@test "other programs' files in the prefix stay, including empty directories" {
  mkdir -p "${prefix}/share/man/man1" "${prefix}/lib/empty" "${prefix}/bin"
  echo mine >"${prefix}/share/man/man1/mine.1"
  tree "${prefix}" >"${BATS_TEST_TMPDIR}/before"
  install_files "${checkout}" "${published}" "${prefix}"
  remove_files "${prefix}"
  diff "${BATS_TEST_TMPDIR}/before" <(tree "${prefix}")
}

@test "a directory that we created stays if a process uses it" {
  install_files "${checkout}" "${published}" "${prefix}"
  echo mine >"${prefix}/bin/mine"
  remove_files "${prefix}"
  [ "$(tree "${prefix}" | cut -d' ' -f1 | paste -sd' ')" = ". ./bin ./bin/mine" ]
}

@test "an update removes files of the older version" {
  install_files "${checkout}" "${published}" "${prefix}"
  echo old >"${prefix}/share/condafuse/old"
  echo share/condafuse/old >>"${prefix}/share/condafuse/manifest"
  install_files "${checkout}" "${published}" "${prefix}"
  [ ! -e "${prefix}/share/condafuse/old" ]
}

@test "a running program can be replaced" {
  cp "$(command -v sleep)" "${published}/condafuse"
  mkdir -p "${prefix}/bin"
  cp "${published}/condafuse" "${prefix}/bin/condafuse"
  chmod +x "${prefix}/bin/condafuse"
  "${prefix}/bin/condafuse" 30 3>&- &
  printf '#!/bin/sh\n' >"${published}/condafuse"
  install_files "${checkout}" "${published}" "${prefix}"
  kill "$!"
}

@test "a manifest that points outside is not followed" {
  install_files "${checkout}" "${published}" "${prefix}"
  echo precious >"${BATS_TEST_TMPDIR}/precious"
  echo ../precious >>"${prefix}/share/condafuse/manifest"
  run remove_files "${prefix}"
  [ "${status}" -ne 0 ]
  [ -e "${BATS_TEST_TMPDIR}/precious" ]
}

@test "removing what does not exist succeeds" {
  run remove_files "${BATS_TEST_TMPDIR}/none"
  [ "${status}" -eq 0 ]
}
