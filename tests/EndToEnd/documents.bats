#!/usr/bin/env bats
# The examples of the documents: each runs, and console examples print what the document shows. To write the output again and review it:
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

@test "docs/how-to/modules.md" {
  examples docs/how-to/modules.md
}

@test "docs/how-to/site.md" {
  examples docs/how-to/site.md
}

@test "docs/how-to/storage.md" {
  examples docs/how-to/storage.md
}

@test "docs/how-to/ci.md" {
  examples docs/how-to/ci.md
}

@test "docs/integrations.md" {
  examples docs/integrations.md
}

@test "docs/conda.md" {
  examples docs/conda.md
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

@test "a script that fails is reported" {
  printf '```sh\nfalse\ntrue\n```\n' >"${home}/wrong.md"
  run in_environment /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/console_examples.py" "${home}/wrong.md"
  expect_status 1
  expect_in_output 'wrong.md: this failed with 1:'
}

@test "every document with examples has a test here" {
  cd "${CONDAFUSE_REPOSITORY}"
  diff <(grep -rlE --include='*.md' '^```(console|sh)$' README.md docs | grep -vxF -e docs/reference/commands.md -e docs/conformance.md -e docs/how-to/links.md -e docs/how-to/registry.md | sort) \
    <(sed -n 's/^  examples //p' "${BATS_TEST_FILENAME}" | sort)
}

@test "every code block of the documents runs or is listed" {
  cd "${CONDAFUSE_REPOSITORY}"
  # shellcheck disable=SC2046 # no document has a space in its name
  run /usr/bin/python3 tests/EndToEnd/console_examples.py --check README.md $(find docs -name '*.md' | sort)
  expect_status 0
}

@test "blocks that neither run nor are listed are found" {
  cd "${CONDAFUSE_REPOSITORY}"
  printf 'Text\n\n    indented\n\n```ini\n[X]\n```\n' >"${home}/wrong.md"
  run /usr/bin/python3 tests/EndToEnd/console_examples.py --check "${home}/wrong.md"
  expect_status 1
  expect_in_output "wrong.md: a block of kind 'ini' is not listed: [X]"
  expect_in_output "wrong.md: an indented block:     indented"
  expect_in_output "docs/tutorial.md has no single block that starts with: #!/bin/bash"
}
