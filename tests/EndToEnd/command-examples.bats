#!/usr/bin/env bats
# The examples at the end of each command's help, as docs/reference/commands.md shows them: each succeeds.

load helpers
load registry

setup_file() {
  bats_require_minimum_version 1.5.0
  start_registry plain
}

teardown_file() {
  stop_registries
}

# Prints the example lines of command $1.
lines_of() {
  sed -n "/^### $1\$/,/^### /{/^\`\`\`sh\$/,/^\`\`\`\$/{/^[\`#]/!p}}" "${CONDAFUSE_REPOSITORY}/docs/reference/commands.md"
}

# Prints the commands in group $1, or all without it.
commands_of() {
  sed -n "/^## ${1:-}/,/^## ./{s/^### //p}" "${CONDAFUSE_REPOSITORY}/docs/reference/commands.md"
}

# Writes three more generations of test-env.
more_generations() {
  local number
  for number in 2 3 4; do
    echo "${number}" >"$(prefix_of test-env)/note"
    unmount test-env
  done
}

# A personal layer over generation 1 of test-env, which is at generation 2.
outdated_layer() {
  chmod a-w "${archives}/test-env.squashfs"
  echo mine >"$(prefix_of test-env)/note"
  unmount test-env
  chmod u+w "${archives}/test-env.squashfs"
  environment+=(XDG_STATE_HOME="${home}/owner")
  echo theirs >"$(prefix_of test-env)/news"
  unmount test-env
  unset 'environment[-1]'
  chmod a-w "${archives}/test-env.squashfs"
}

# What the examples of command $1 need besides test-env.
prepare() {
  local prefix
  kept_environment test-env python pip
  echo 'print("done")' >"${home}/script.py"
  mkdir -p "${home}/data" "${home}/modulefiles"
  cp "${archives}/test-env.squashfs" "${home}/data.squashfs"
  case "$1" in
    create)
      rm "${archives}/test-env.squashfs"
      printf 'dependencies:\n  - greeting\n' >"${home}/environment.yml"
      ;;
    mount | diff | rollback) more_generations ;;
    unmount) prefix_of test-env ;;
    commit) echo mine >"$(prefix_of test-env)/note" ;;
    discard)
      echo mine >"$(prefix_of test-env)/note"
      in_environment "${CONDAFUSE_BIN}" unmount test-env --no-commit
      ;;
    rebase) outdated_layer ;;
    clone | extract) cp "${archives}/test-env.squashfs" "${home}/" ;;
    list | info | pull | tags) in_environment "${CONDAFUSE_BIN}" push test-env "$(registry_at plain)/team/test-env" ;;
    pack)
      prefix_of test-env
      echo one >"${home}/data/one"
      ;;
    kernel)
      prefix="$(prefix_of test-env)"
      echo /usr/lib/python3/dist-packages >"$(echo "${prefix}"/lib/python3.*/site-packages)/debian.pth"
      unmount test-env
      ;;
  esac
}

# What must be true before example line $1 runs, after those before it.
prepare_line() {
  case "$1" in
    *' create test-env --file '*)
      unmount test-env
      rm "${archives}/test-env.squashfs"
      ;;
    *--resume*)
      unmount test-env
      rm "${archives}/test-env.squashfs"
      # As a creation that was killed leaves it.
      in_environment "${CONDAFUSE_BIN}" create test-env -y -q greeting --dry-run
      in_environment "${base}/bin/conda" create -y -q -p "${mounts}/test-env/test-env" greeting
      ;;
    *' run --read-only '* | *--generation*) in_environment "${CONDAFUSE_BIN}" unmount --all ;;
    *' unmount '*) prefix_of test-env ;;
    *' pack ./data '*) rm "${home}/data.squashfs" ;;
    *' commit '*--to*) echo more >"$(prefix_of test-env)/note" ;;
    *' clone /home/ada'*) in_environment "${CONDAFUSE_BIN}" remove test-env --yes ;;
    *' rebase '*--keep*)
      chmod u+w "${archives}/test-env.squashfs"
      outdated_layer
      ;;
    *' compact '*) more_generations ;;
    *--to*zip*) unmount test-env || true ;;
  esac
}

# Runs example line $1 in the shell that it is meant for.
run_line() {
  local line="${1//\/home\/ada/\"\$HOME\"}"
  line="${line//registry.example.org/$(registry_at plain)}"
  case "${line}" in
    *'| source') run --separate-stderr in_environment timeout 120 fish --no-config -c "${line}" ;;
    'condafuse setup' | 'condafuse setup --undo') run --separate-stderr in_environment SHELL=/bin/bash ${line} --yes --no-links ;;
    'condafuse setup '*) run --separate-stderr in_environment SHELL=/bin/bash ${line} ;;
    'condafuse discard '*) answering y discard test-env ;;
    'condafuse compact test-env'*) answering y ${line#condafuse } ;;
    *) run --separate-stderr in_environment timeout 120 bash --norc --noprofile -c "${line}" </dev/null ;;
  esac
  [[ "${status}" -eq 0 ]] || fail "failed: $1"
}

# Every example of every command in group $1.
examples_of_group() {
  local command line lines
  while read -r command; do
    BATS_TEST_NUMBER="${BATS_TEST_NUMBER%%-*}-${command}"
    fresh_home
    [[ "${EUID}" -ne 0 ]] || chmod go+x "${CONDAFUSE_TEST_ROOT}"
    cd "${home}"
    prepare "${command}" >/dev/null
    mapfile -t lines < <(lines_of "${command}")
    ((${#lines[@]} > 0)) || fail "${command} has no example"
    for line in "${lines[@]}"; do
      prepare_line "${line}" >/dev/null
      run_line "${line}"
    done
    in_environment "${CONDAFUSE_BIN}" unmount --all >/dev/null
    [[ ! -e "${home}/data" || -z "$(mounted_below "${home}")" ]] || in_environment "${CONDAFUSE_BIN}" unmount "${home}/data"
  done < <(commands_of "$1")
}

@test "Environments" {
  examples_of_group Environments
}

@test "Changes and history" {
  examples_of_group 'Changes and history'
}

@test "Packing" {
  examples_of_group Packing
}

@test "Sharing" {
  examples_of_group Sharing
}

@test "Other tools" {
  examples_of_group 'Other tools'
}

@test "Setup" {
  examples_of_group Setup
}

@test "every group of commands has a test here" {
  diff <(sed -n 's/^## //p' "${CONDAFUSE_REPOSITORY}/docs/reference/commands.md") <(sed -n 's/^@test "\([A-Z].*\)" {$/\1/p' "${BATS_TEST_FILENAME}")
}
