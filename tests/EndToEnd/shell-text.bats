#!/usr/bin/env bats
# Checks the texts that the installed binary prints with the shells' own parsers and with linters.

load helpers

posix_texts=(init.bash init.zsh completions.bash completions.zsh)

setup_file() {
  bats_require_minimum_version 1.5.0
  export texts="${BATS_FILE_TMPDIR}/texts"
  mkdir -p "${texts}"
  local shell
  for shell in bash zsh fish; do
    "${CONDAFUSE_BIN}" init "${shell}" >"${texts}/init.${shell}"
    "${CONDAFUSE_BIN}" completions "${shell}" >"${texts}/completions.${shell}"
  done
}

@test "init and completions print the reviewed text, and nothing on stderr" {
  local name
  for name in "${posix_texts[@]}" init.fish completions.fish; do
    run --separate-stderr "${CONDAFUSE_BIN}" "${name%.*}" "${name#*.}"
    expect_status 0
    [[ -z "${stderr}" ]]
    cmp "${texts}/${name}" "${CONDAFUSE_REPOSITORY}/tests/ShellTemplates.Tests/Golden/${name}"
  done
}

@test "every shell parses its texts" {
  local kind
  for kind in init completions; do
    bash -n "${texts}/${kind}.bash"
    bash --posix -n "${texts}/${kind}.bash"
    zsh -f -n "${texts}/${kind}.zsh"
    fish -n "${texts}/${kind}.fish"
  done
}

@test "shellcheck finds nothing, with all its optional checks but those that object to a || b" {
  local name
  for name in "${posix_texts[@]}"; do
    shellcheck --enable=all --exclude=SC2310,SC2311,SC2312 "${texts}/${name}"
  done
}

@test "shfmt and fish_indent change nothing" {
  local name
  for name in "${posix_texts[@]}"; do
    shfmt --indent 2 --language-dialect bash --diff "${texts}/${name}"
  done
  for name in init.fish completions.fish; do
    diff "${texts}/${name}" <(fish_indent <"${texts}/${name}")
  done
}

@test "conda-fuse.sh passes bash, zsh and the linters, and any shell can parse it" {
  local file="${CONDAFUSE_REPOSITORY}/tests/ShellTemplates.Tests/Golden/conda-fuse.sh"
  bash -n "${file}"
  zsh -f -n "${file}"
  dash -n "${file}"
  shellcheck --enable=all --exclude=SC2310,SC2311,SC2312 "${file}"
  shfmt --indent 2 --language-dialect bash --diff "${file}"
}

@test "init takes less than 10 ms" {
  local start end run best=1000000
  # The minimum of up to 1000 runs, because other work on the machine can only add time.
  for ((run = 1; run <= 1000 && best >= 10000; run++)); do
    start="${EPOCHREALTIME/./}"
    "${CONDAFUSE_BIN}" init bash >/dev/null
    end="${EPOCHREALTIME/./}"
    ((end - start >= best)) || best=$((end - start))
  done
  echo "best of ${run}: ${best} µs" >&2
  ((best < 10000))
}

@test "an unknown shell is refused" {
  run --separate-stderr "${CONDAFUSE_BIN}" init csh
  expect_status 2
  expect_output ''
  expect_in_stderr csh
}

@test "the completions know exactly the commands that condafuse has" {
  local offered listed
  offered="$(bash -c 'source "$1"; COMP_WORDS=(condafuse ""); COMP_CWORD=1; _condafuse; printf "%s\n" "${COMPREPLY[@]}"' - "${texts}/completions.bash" | grep -v '^-' | sort)"
  listed="$("${CONDAFUSE_BIN}" --help | sed -n '/^Options:/q; s/^  \([a-z][a-z-]*\) .*/\1/p' | sort)"
  diff <(echo "${listed}") <(echo "${offered}")
}

@test "the completions know exactly the options that each command has" {
  local verb offered listed
  for verb in $("${CONDAFUSE_BIN}" --help | sed -n '/^Options:/q; s/^  \([a-z][a-z-]*\) .*/\1/p'); do
    offered="$(bash -c 'source "$1"; COMP_WORDS=(condafuse "$2" --); COMP_CWORD=2; _condafuse; printf "%s\n" "${COMPREPLY[@]}"' - "${texts}/completions.bash" "${verb}" | sort)"
    listed="$("${CONDAFUSE_BIN}" "${verb}" --help | sed -n '/^Options:/,/^$/s/^  [^ ]*\(, [^ ]*\)*/&/p' | grep -oE '^  (-[^ ]+, )*--[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' | sort)"
    diff <(echo "${listed}") <(echo "${offered}") || fail "condafuse ${verb}: < has, > offered"
  done
}
