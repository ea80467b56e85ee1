#!/usr/bin/env bats
# README's examples, run as they stand there.

load helpers

# All code blocks of kind $1.
blocks() {
  awk -v fence="\`\`\`$1" '$0 == "```" { inside = 0 } inside { print } $0 == fence { inside = 1 }' "${CONDAFUSE_REPOSITORY}/README.md"
}

@test "the bash examples work one after the other" {
  mkdir -p "${home}/work/my-directory"
  echo 'import numpy; print("trained with numpy", numpy.__version__)' >"${home}/work/train.py"
  (echo 'set -e' && blocks bash) >"${home}/examples.sh"
  [[ "$(grep -c conda "${home}/examples.sh")" -ge 10 ]]
  cd "${home}/work"
  run --separate-stderr in_environment bash --norc "${home}/examples.sh" <<<y
  expect_status 0
  expect_in_output 'trained with numpy'
  expect_in_output "${mounts}/test-env/test-env"
  in_environment "${CONDAFUSE_BIN}" unmount test-env
}
