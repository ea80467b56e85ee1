#!/usr/bin/env bats
# Checks every script in the checkout with linters and formatters.

set -o pipefail

setup() {
  cd "${BATS_TEST_DIRNAME}/../.."
}

scripts() {
  printf '%s\n' install.sh test.sh .ci/run scripts/release scripts/session-picture scripts/fresh-machine scripts/mount.condafuse scripts/*.sh bench/*.sh
}

@test "shellcheck finds nothing in the scripts" {
  mapfile -t files < <(scripts | while read -r file; do [ ! -e "${file}" ] || echo "${file}"; done)
  shellcheck --external-sources "${files[@]}"
}

@test "the scripts are formatted by shfmt" {
  mapfile -t files < <(scripts | while read -r file; do [ ! -e "${file}" ] || echo "${file}"; done)
  shfmt -d -i 2 "${files[@]}"
}

@test "no line of a script is longer than 150 columns" {
  mapfile -t files < <(scripts | while read -r file; do [ ! -e "${file}" ] || echo "${file}"; done)
  mapfile -t -O "${#files[@]}" files < <(find bench scripts tests \( -name '*.py' -o -name '*.bash' \) ! -path '*/Golden/*' ! -path '*/obj/*' ! -path '*/bin/*')
  run grep -nE '^.{151,}' "${files[@]}"
  [ "${output}" = "" ]
}

@test "every man page renders without a warning" {
  local page
  for page in man/*.1; do
    run man --warnings=all --local-file "${page}"
    [ "${status}" -eq 0 ]
    [[ ${output} != *warning* ]] || {
      echo "${output}"
      return 1
    }
    [[ ${output} == *SYNOPSIS* ]]
  done
}

@test "the book has every page that its pages link to" {
  local page link target
  scripts/book --sources "${BATS_TEST_TMPDIR}/book"
  cd "${BATS_TEST_TMPDIR}/book"
  while IFS=: read -r page link; do
    target="$(dirname "${page}")/${link%%#*}"
    [ -e "${target}" ] || {
      echo "${page}: ${link}"
      return 1
    }
  done < <(grep -roP --include='*.md' '\]\(\K[^()#:\s][^():\s]*(?=\))' .)
}
