#!/usr/bin/env bats
# The man page and the program say the same.

set -o pipefail

setup() {
  command -v condafuse >/dev/null || skip "condafuse is not installed"
  man --local-file "${BATS_TEST_DIRNAME}/../../man/condafuse.1" | col -bx >"${BATS_TEST_TMPDIR}/page"
}

# The commands that --help lists, in all groups.
commands() {
  condafuse --help | sed -n '/^Options:/q; s/^  \([a-z-]*\) .*/\1/p'
}

@test "the man page has every command" {
  local command
  [ "$(commands | wc -l)" -gt 5 ]
  for command in $(commands); do
    grep -qw -- "${command}" "${BATS_TEST_TMPDIR}/page" || {
      echo "no ${command}"
      return 1
    }
  done
}

@test "the man page has every option of every command" {
  local command option
  for command in $(commands); do
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
  for code in $(condafuse help exit-codes | sed -nE 's/^ +([0-9]+) .*/\1/p'); do
    grep -qE "^ +${code} " "${BATS_TEST_TMPDIR}/page" || {
      echo "no ${code}"
      return 1
    }
  done
}
