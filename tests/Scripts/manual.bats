#!/usr/bin/env bats
# The man pages agree with the program.

set -o pipefail

setup() {
  command -v condafuse >/dev/null || skip "condafuse is not installed"
}

# page [COMMAND]: a man page as text.
page() {
  man --local-file "${BATS_TEST_DIRNAME}/../../man/condafuse${1:+-$1}.1" | col -bx
}

# The commands that --help lists, in all groups.
commands() {
  condafuse --help | sed -n '/^Options:/q; s/^  \([a-z-]*\) .*/\1/p'
}

@test "every command has a man page, with all of its options, and is listed in that of the program" {
  local command option
  [ "$(commands | wc -l)" -gt 5 ]
  page >"${BATS_TEST_TMPDIR}/all"
  for command in $(commands); do
    grep -q "^ *condafuse-${command}(1)" "${BATS_TEST_TMPDIR}/all"
    page "${command}" >"${BATS_TEST_TMPDIR}/page"
    for option in $(condafuse "${command}" --help | sed -n '/^Options:/,/^$/p' | grep -oE -- '--[a-z0-9-]+'); do
      grep -qw -e "${option}" "${BATS_TEST_TMPDIR}/page" || {
        echo "no ${option} of ${command}"
        return 1
      }
    done
  done
}

@test "the man page has every exit status" {
  local code
  page >"${BATS_TEST_TMPDIR}/page"
  for code in $(condafuse help exit-codes | sed -nE 's/^ +([0-9]+) .*/\1/p'); do
    grep -qE "^ +${code} " "${BATS_TEST_TMPDIR}/page" || {
      echo "no ${code}"
      return 1
    }
  done
}

@test "the man page has every environment variable" {
  local variable
  page >"${BATS_TEST_TMPDIR}/page"
  [ "$(condafuse help variables | grep -cE '^  [A-Z]')" -gt 5 ]
  for variable in $(condafuse help variables | sed -nE 's/^  ([A-Z_, ]+)(  .*)?$/\1/p' | tr -d ,); do
    grep -qw -- "${variable}" "${BATS_TEST_TMPDIR}/page" || {
      echo "no ${variable}"
      return 1
    }
  done
}
