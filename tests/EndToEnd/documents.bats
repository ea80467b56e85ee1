#!/usr/bin/env bats
# The console examples of the documents: each runs, and prints what the document shows. To write the output again and review it:
# CONDAFUSE_WRITE_EXAMPLES=1 CONDAFUSE_TEST_PREFIX=PREFIX bats tests/EndToEnd/documents.bats && git diff

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# examples DOCUMENT: runs them in a new home.
examples() {
  local options=()
  [[ -z "${CONDAFUSE_WRITE_EXAMPLES:-}" ]] || options=(--write)
  in_environment timeout 300 /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/console_examples.py" \
    "${CONDAFUSE_REPOSITORY}/$1" "${options[@]}"
}

@test "README.md" {
  examples README.md
}

@test "docs/getting-started.md" {
  examples docs/getting-started.md
}

@test "docs/tutorial.md" {
  examples docs/tutorial.md
}

@test "docs/how-to/undo.md" {
  examples docs/how-to/undo.md
}

@test "docs/how-to/share.md" {
  examples docs/how-to/share.md
}

@test "docs/how-to/delete.md" {
  examples docs/how-to/delete.md
}

@test "docs/environment-files.md" {
  examples docs/environment-files.md
}

@test "docs/reference/json.md" {
  examples docs/reference/json.md
}

@test "docs/troubleshooting.md" {
  examples docs/troubleshooting.md
}

@test "an output that differs is reported" {
  printf '```console\n$ echo one\ntwo\n```\n' >"${home}/wrong.md"
  run in_environment /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/console_examples.py" "${home}/wrong.md"
  expect_status 1
  expect_in_output 'wrong.md: $ echo one'
}

@test "every document with console examples has a test here" {
  cd "${CONDAFUSE_REPOSITORY}"
  diff <(grep -rl --include='*.md' '^```console' README.md docs | sort) <(sed -n 's/^  examples //p' "${BATS_TEST_FILENAME}" | sort)
}
