#!/usr/bin/env bats
# Names and messages from other users carry no control characters to a terminal, and no code to a shell.
# machine.bash has the users.

load helpers
load machine

setup_file() {
  start_machine
}

teardown_file() {
  stop_machine
}

setup() {
  fresh_homes
}

teardown() {
  nothing_left
}

# Control characters of C0 and C1, newlines in names, and characters that change the direction of text.
expect_clean() {
  /usr/bin/python3 -c 'import re, sys
text = sys.stdin.buffer.read().decode("utf-8", "surrogateescape")
bad = re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\udc80-\udc9f]", text)
sys.exit(f"{bad[:5]} in {text[:2000]!r}" if bad else 0)' <<<"${output}${stderr}" || fail 'a control character reached the terminal'
}

hostile_names=($'esc\e]0;title\a\e[2J' $'c1\xc2\x9b31m' $'raw\x9b31m' $'bidi\xe2\x80\xaegpj.exe' $'line\nfake: ok' $'back\b\b\bover' $'isolate\xe2\x81\xa6x')

@test "A9 names and messages in diff, log, verify, list, info and errors carry no control characters" {
  local name source="${stage}/work/names"
  cp -r "${stage}/source" "${source}"
  for name in "${hostile_names[@]}"; do
    echo content >"${source}/${name}"
  done
  printf '{"name": "evil\\u001b[31m", "version": "1\\u202e", "build": "0\\u009b", "build_number": 0, "channel": "x", "files": [], "paths_data": {"paths": [], "paths_version": 1}}' \
    >"${source}/conda-meta/evil-1-0.json"
  "${CONDAFUSE_BIN}" pack "${source}" -q -o "$(archives_of alice)/names.squashfs"
  chown "$(user alice):" "$(archives_of alice)/names.squashfs"
  cf alice mount names
  expect_clean
  sh_as alice 'cd "$HOME/miniconda_fuse/envs/names"; for file in *; do [[ ! -f "$file" ]] || { echo changed >>"$file"; echo new >"new $file"; }; done; rm conda-meta/evil*'
  cf alice diff names
  expect_status 0
  expect_in_output changed
  expect_clean
  cf alice commit names -m $'message \e[31mred\nsecond\xc2\x9b \xe2\x80\xae turned'
  expect_clean
  cf alice log names
  expect_status 0
  expect_in_output message
  expect_clean
  cf alice diff names 1
  expect_clean
  cf alice list
  expect_clean
  cf alice info names
  expect_clean
  cf alice unmount names
  expect_clean
  cf alice verify names
  expect_clean
  # Damaged content, whose file is named.
  /usr/bin/python3 - "$(archives_of alice)/names.squashfs" <<'PYTHON'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[100:400] = bytes(300)
open(sys.argv[1], "wb").write(data)
PYTHON
  cf alice verify names
  [[ "${status}" -ne 0 ]] || fail 'no damage'
  expect_clean
}

@test "A9 arguments, paths and archives' names in errors carry no control characters" {
  local name
  for name in "${hostile_names[@]}"; do
    cf alice mount "${name}"
    expect_clean
    cf alice mount "${stage}/open/${name}.squashfs" "$(home_of alice)/x"
    expect_clean
    plain_archive alice "${stage}/open/${name}.squashfs"
    with=(CONDA_FUSE_ARCHIVE_PATH="${stage}/open")
    cf alice list
    expect_clean
    cf alice doctor
    expect_clean
    cf alice run "${stage}/open/${name}.squashfs" -- no-such-command
    expect_clean
    cf alice unmount "${stage}/open/${name}.squashfs"
    expect_clean
    cf alice extract "${stage}/open/${name}.squashfs" "$(home_of alice)/precious"
    expect_clean
    cf alice extract "${stage}/open/${name}.squashfs" "$(home_of alice)/precious"
    expect_clean
    rm -rf "$(home_of alice)/precious" "${stage}"/open/*
    with=()
    cf alice "${name}"
    expect_clean
    cf alice list "--${name}"
    expect_clean
  done
}

@test "A9 the holder in a lease file is shown without control characters" {
  plain_archive alice "${stage}/crew/plain.squashfs" 660 "$(user crew)"
  mask=007
  as bob mkdir "${stage}/crew/plain.changes"
  printf '{"schema": 1, "host": "far\\u001b[31m", "boot": "b\\u009b", "processSpace": "p", "pid": 1, "startTicks": 1, "user": "eve\\u202e\\u001b]0;x\\u0007", "since": "%s", "token": "00000000-0000-0000-0000-000000000001"}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >"${stage}/crew/plain.changes/lease"
  cp "${stage}/crew/plain.changes/lease" "${stage}/crew/plain.changes/writer"
  chown -R "$(user bob):$(user crew)" "${stage}/crew/plain.changes"
  chmod 660 "${stage}"/crew/plain.changes/*
  cf alice mount "${stage}/crew/plain.squashfs" "$(home_of alice)/seen"
  expect_status 0
  expect_clean
  sh_as alice 'echo x >"$HOME/seen/note" || true' 2>/dev/null
  cf alice mount "${stage}/crew/plain.squashfs" "$(home_of alice)/seen"
  expect_clean
  cf alice unmount "$(home_of alice)/seen"
  expect_clean
  cf alice commit "${stage}/crew/plain.squashfs"
  expect_clean
  cf alice discard "${stage}/crew/plain.squashfs" --yes
  expect_clean
}

# hostile_prefix NAME: an archive whose environment is in a directory of that name, as after a creation.
hostile_prefix() {
  local source="${stage}/work/prefix"
  rm -rf "${source}"
  mkdir -p "${source}"
  cp -r "${stage}/source" "${source}/$1"
  "${CONDAFUSE_BIN}" pack "${source}" -q -o "$(archives_of alice)/trap.squashfs" --force
  chown "$(user alice):" "$(archives_of alice)/trap.squashfs"
}

@test "A9 a directory in an image with a newline or shell code in its name does not become a prefix" {
  local name shell
  # shellcheck disable=SC2016 # meant as it is
  for name in $'two\nevil' '$(touch PWNED)' '`touch PWNED`' $'esc\e[31m' $'bidi\xe2\x80\xae'; do
    rm -f "$(home_of alice)/.conda/environments.txt"
    hostile_prefix "${name}"
    cf alice mount trap --print-prefix
    expect_clean
    [[ "${output}" != *"${name}"* ]] || fail 'such a name is a prefix'
    [[ ! -e "$(home_of alice)/.conda/environments.txt" || "$(grep -c evil "$(home_of alice)/.conda/environments.txt")" == 0 ]] || fail 'a line in environments.txt'
    cf alice unmount trap
    for shell in bash zsh; do
      # Expands the prompt like an interactive shell.
      # shellcheck disable=SC2016 # the inner shell expands
      run --separate-stderr as alice timeout 60 "${shell}" -c 'cd "$HOME"; PS1="> "; [ -z "${ZSH_VERSION:-}" ] || setopt prompt_subst
eval "$(condafuse init '"${shell}"')"
conda-fuse-activate trap
[ -z "${BASH_VERSION:-}" ] || : "${PS1@P}"
[ -z "${ZSH_VERSION:-}" ] || print -P "$PS1"
condafuse unmount trap || true'
      [[ ! -e "$(home_of alice)/PWNED" ]] || fail "${shell} ran ${name}"
    done
    cf alice unmount trap
  done
}

@test "A9 shell code in the name of an archive does not run from the prompt" {
  local name shell
  # shellcheck disable=SC2016 # meant as it is
  for name in '$(touch PWNED)' '`touch PWNED`'; do
    hostile_prefix plain
    mv "$(archives_of alice)/trap.squashfs" "$(archives_of alice)/${name}.squashfs"
    for shell in bash zsh; do
      # shellcheck disable=SC2016 # the inner shell expands
      run --separate-stderr as alice timeout 60 "${shell}" -c 'cd "$HOME"; PS1="> "; [ -z "${ZSH_VERSION:-}" ] || setopt prompt_subst
eval "$(condafuse init '"${shell}"')"
conda-fuse-activate "$1"
echo "<$PS1>"
[ -z "${BASH_VERSION:-}" ] || : "${PS1@P}"
[ -z "${ZSH_VERSION:-}" ] || print -P "$PS1" >/dev/null
conda-fuse-unmount "$1"' "${shell}" "${name}"
      expect_in_output 'touch PWNED'
      [[ ! -e "$(home_of alice)/PWNED" ]] || fail "${shell} ran ${name}"
    done
    rm "$(archives_of alice)/${name}.squashfs"
  done
}
