#!/usr/bin/env bats
# The candidates of each shell after the tab key.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# The candidates of shell $1 for the following words, one per line.
offered() {
  local shell="$1" words
  shift
  case "${shell}" in
    bash)
      printf -v words ' %q' "$@"
      in_plain_shell bash "COMP_WORDS=(${words}); COMP_CWORD=$(($# - 1)); _condafuse; printf '%s\\n' \"\${COMPREPLY[@]}\""
      ;;
    fish)
      in_plain_shell fish "complete -C '$*' | string replace -r '\t.*' ''"
      ;;
    zsh)
      run --separate-stderr in_environment zsh -f "${BATS_TEST_DIRNAME}/completed.zsh" "$*"
      ;;
  esac
}

setup_names() {
  mkdir -p "${archives}"
  touch "${archives}/small.squashfs" "${archives}/smart one.squashfs" "${archives}/größe.squashfs"
}

@test "names of environments after the functions and commands that take one" {
  local shell words
  setup_names
  for shell in "${shells[@]}"; do
    for words in 'conda-fuse-activate' 'condafuse mount' 'condafuse run' 'condafuse expose' 'condafuse kernel install'; do
      offered "${shell}" ${words} sma
      expect_in_output small
      expect_in_output smart
      [[ "${output}" != *größe* ]] || fail "größe does not begin with sma"
    done
    offered "${shell}" conda-fuse-activate g
    expect_in_output größe
  done
}

@test "only mounted ones for unmount" {
  local shell words
  small_environment
  in_environment "${CONDAFUSE_BIN}" mount small
  setup_names
  for shell in "${shells[@]}"; do
    for words in 'conda-fuse-unmount' 'condafuse unmount'; do
      offered "${shell}" ${words} sma
      expect_in_output small
      [[ "${output}" != *smart* ]] || fail "smart one is not mounted"
    done
  done
  in_environment "${CONDAFUSE_BIN}" unmount small
}

@test "values of options, and generations" {
  local shell
  small_environment
  echo second >"$(in_environment "${CONDAFUSE_BIN}" mount --print-prefix small)/note"
  in_environment "${CONDAFUSE_BIN}" unmount small
  in_environment "${CONDAFUSE_BIN}" mount --generation 1 small
  for shell in "${shells[@]}"; do
    offered "${shell}" conda-fuse-create --format ''
    expect_in_output squashfs
    expect_in_output zip
    offered "${shell}" condafuse convert small --to ''
    expect_in_output zip
    offered "${shell}" condafuse rebase small --keep ''
    expect_in_output theirs
    offered "${shell}" condafuse pack --format ''
    expect_in_output tar.zst
    offered "${shell}" condafuse mount small --generation ''
    [[ "${output}" =~ 2[[:space:]]+1 || "${output}" =~ 1[[:space:]]+2 ]] || fail "generations to mount in ${shell}"
    offered "${shell}" condafuse rollback small ''
    [[ "${output}" =~ 2[[:space:]]+1 || "${output}" =~ 1[[:space:]]+2 ]] || fail "generations to go back to in ${shell}"
    offered "${shell}" condafuse rollback small --
    expect_in_output --message
    offered "${shell}" condafuse unmount sma
    [[ "${output}" == *small@1* ]] || fail "the past in ${shell}"
    offered "${shell}" condafuse pack -n sma
    [[ "${output}" == *small@1* ]] || fail "the past in ${shell}"
  done
  in_environment "${CONDAFUSE_BIN}" unmount small@1
}

@test "nothing after the name of a new environment" {
  local shell
  setup_names
  for shell in "${shells[@]}"; do
    offered "${shell}" conda-fuse-create sma
    [[ "${output}" != *small* ]] || fail "offered small"
  done
}

@test "commands, options and shells" {
  local shell
  for shell in "${shells[@]}"; do
    offered "${shell}" condafuse un
    expect_in_output unmount
    offered "${shell}" conda-fuse-unmount --
    expect_in_output --lazy
    expect_in_output --wait
    offered "${shell}" condafuse init ''
    expect_in_output fish
    offered "${shell}" condafuse kernel ''
    expect_in_output install
  done
}

@test "in bash a name with a space is completed as one word" {
  setup_names
  offered bash conda-fuse-activate smart
  expect_output 'smart\ one'
}

@test "without archives there are no candidates and no errors" {
  local shell
  for shell in "${shells[@]}"; do
    offered "${shell}" conda-fuse-activate x
    [[ -z "${output//[[:space:]]/}" ]] || fail "offered something"
    [[ -z "${stderr}" ]] || fail "complained"
  done
}

@test "the file of zsh's completions works as _condafuse on fpath" {
  setup_names
  mkdir -p "${home}/functions"
  in_environment "${CONDAFUSE_BIN}" completions zsh >"${home}/functions/_condafuse"
  run --separate-stderr in_environment zsh -f "${BATS_TEST_DIRNAME}/completed.zsh" 'conda-fuse-activate smal' "${home}/functions"
  expect_in_output small
}
