# Common code of the end-to-end tests: real shells with the installed binary, in a separate home.

# A pipeline fails if any part of it fails. grep -q would end a command that is still writing, so use grep >/dev/null in pipelines.
set -o pipefail

shells=(bash zsh fish)

setup() {
  fresh_home
}

# A new home for every test.
fresh_home() {
  home="${CONDAFUSE_TEST_ROOT}/hömé of $(basename "${BATS_TEST_FILENAME}" .bats)-${BATS_TEST_NUMBER:-0}"
  base="${CONDAFUSE_TEST_ROOT}/conda base"
  mounts="${home}/miniconda_fuse/envs"
  archives="${home}/miniconda_fuse/archives"
  environment=(
    HOME="${home}" USER="$(id -un)" LOGNAME="$(id -un)" LANG=C.UTF-8 TERM=dumb TMPDIR="${home}/tmp dir"
    PATH="$(dirname "${CONDAFUSE_BIN}"):/usr/bin:/bin" CONDA_EXE="${base}/bin/conda"
  )
  acting=()
  mkdir -p "${home}/tmp dir"
}

# Removes and reports mounts that a test leaves: a passing test must unmount.
teardown() {
  local left
  [[ -n "${home:-}" ]] || return 0
  left="$(mounted_below "${home}")"
  if [[ -n "${left}" ]]; then
    while IFS= read -r mount; do
      umount -l "${mount}" || fusermount3 -uz "${mount}"
    done <<<"${left}"
    echo "left mounted: ${left}" >&2
  fi
  [[ -z "${left}" || -z "${BATS_TEST_COMPLETED:-}" ]]
}

# The mount points below a directory, one per line.
mounted_below() {
  local point
  # An empty argument would match all mounts of the machine.
  [[ "$1" == /?* ]] || return 1
  while read -r _ _ _ _ point _; do
    printf -v point '%b' "${point}"
    [[ "${point}" != "$1"/* ]] || printf '%s\n' "${point}"
  done </proc/self/mountinfo
}

# Pids of running servers: processes of the installed binary.
servers() {
  # find fails if a process ends meanwhile.
  { find /proc/[0-9]*/exe -maxdepth 0 -lname "${CONDAFUSE_BIN}*" -printf '%h\n' 2>/dev/null || true; } | cut -d / -f 3
}

# Runs "$@" in the test's environment and nothing else.
in_environment() {
  "${acting[@]}" env -i "${environment[@]}" "$@"
}

# From now on, commands run as CONDAFUSE_TEST_USER, which root's tests provide, in a separate home. Nothing may be mounted yet
# that would be left after a skip.
as_second_user() {
  [[ -n "${CONDAFUSE_TEST_USER:-}" ]] || skip 'only where root runs the tests'
  chmod go+x "${CONDAFUSE_TEST_ROOT}" "${home}"
  home="${home}/of the second"
  archives="${home}/miniconda_fuse/archives"
  mounts="${home}/miniconda_fuse/envs"
  mkdir -p "${home}/tmp dir" "${archives}"
  chown -R "${CONDAFUSE_TEST_USER}:" "${home}"
  acting=(setpriv --reuid "${CONDAFUSE_TEST_USER}" --regid "${CONDAFUSE_TEST_USER}" --init-groups)
  environment+=(HOME="${home}" USER="${CONDAFUSE_TEST_USER}" LOGNAME="${CONDAFUSE_TEST_USER}" TMPDIR="${home}/tmp dir")
}

# The line in a user's startup file of shell $1.
init_line() {
  case "$1" in
    fish) echo 'condafuse init fish | source' ;;
    *) echo "eval \"\$(condafuse init $1)\"" ;;
  esac
}

# Difficult conditions for the functions: a strict shell, with unusual options and common names in use.
hostile() {
  local name
  case "$1" in
    fish)
      echo "set -g IFS ''"
      for name in ls cd rm grep cat sed mkdir; do
        echo "function ${name}; echo SHADOWED ${name}; return 9; end"
      done
      ;;
    *)
      [[ "$1" != bash ]] || echo 'set -euo pipefail; shopt -s expand_aliases'
      [[ "$1" != zsh ]] || echo 'setopt err_exit no_unset pipefail ksh_arrays sh_word_split glob_subst rc_quotes'
      for name in ls cd rm grep cat sed mkdir; do
        echo "${name}() { echo SHADOWED ${name}; return 9; }"
      done
      for name in ls cd rm grep cat sed mkdir local return command builtin printf shift continue; do
        echo "alias ${name}='echo ALIASED ${name}; false'"
      done
      echo "IFS=,"
      ;;
  esac
}

# Functions for scripts in all shells: `said` prints the status of the previous command, `go` is cd.
common_words() {
  case "$1" in
    fish) echo 'function said; echo "code $status"; end; function go; builtin cd $argv; end' ;;
    *) echo 'said() { echo "code $?"; }; go() { builtin cd "$1"; }' ;;
  esac
}

# Runs script $2 in shell $1; `before` runs before the functions are defined.
run_script() {
  local shell="$1" file="${home}/script.$1"
  printf '%s\n' "$(common_words "${shell}")" "${before:-}" "$(init_line "${shell}")" "$2" >"${file}"
  case "${shell}" in
    bash) run --separate-stderr in_environment timeout 120 bash --norc --noprofile "${file}" ;;
    zsh) run --separate-stderr in_environment timeout 120 zsh -f "${file}" ;;
    fish) run --separate-stderr in_environment timeout 120 fish --no-config "${file}" ;;
  esac
}

# The same under difficult conditions.
in_shell() {
  local before
  before="$(hostile "$1")"
  run_script "$@"
  [[ "${output}${stderr}" != *SHADOWED* && "${output}${stderr}" != *ALIASED* ]] || fail "$1 met a shadowed name"
}

in_plain_shell() {
  local before="${before:-}"
  run_script "$@"
}

fail() {
  printf '%s\n' "$*" "status: ${status:-}" "--- stdout" "${output:-}" "--- stderr" "${stderr:-}" >&2
  return 1
}

expect_status() {
  [[ "${status}" -eq "$1" ]] || fail "expected status $1"
}

expect_stderr() {
  [[ "${stderr}" == "$1" ]] || fail "expected on stderr: $1"
}

expect_output() {
  [[ "${output}" == "$1" ]] || fail "expected on stdout: $1"
}

expect_in_output() {
  [[ "${output}" == *"$1"* ]] || fail "expected within stdout: $1"
}

expect_in_stderr() {
  [[ "${stderr}" == *"$1"* ]] || fail "expected within stderr: $1"
}

expect_not_in_stderr() {
  [[ "${stderr}" != *"$1"* ]] || fail "not expected within stderr: $1"
}

# The environment $1 with the following packages, created once and copied into the test's archives.
kept_environment() {
  local name="$1" kept
  shift
  kept="${CONDAFUSE_TEST_ROOT}/kept/${name}.squashfs"
  if [[ ! -e "${kept}" ]]; then
    in_environment "${CONDAFUSE_BIN}" create "${name}" -y -q "$@"
    in_environment "${CONDAFUSE_BIN}" unmount "${name}"
    mkdir -p "$(dirname "${kept}")"
    mv "${archives}/${name}.squashfs" "${kept}"
  fi
  mkdir -p "${archives}"
  cp "${kept}" "${archives}/"
}

# A small environment NAME (default: small).
small_environment() {
  kept_environment "${1:-small}" greeting
}

# Runs the program, and stores stdout, stderr and status in variables.
helper() {
  run --separate-stderr in_environment "${CONDAFUSE_BIN}" "$@"
}

# The same on a terminal, with $1 as the answer to the question; $output includes stderr.
answering() {
  local answer="$1"
  shift
  run in_environment /usr/bin/python3 - "${answer}" "${CONDAFUSE_BIN}" "$@" <<'PYTHON'
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
said = b""
while b"[y/N]" not in said:
    said += os.read(terminal, 4096)
os.write(terminal, sys.argv[1].encode() + b"\n")
try:
    while data := os.read(terminal, 4096):
        said += data
except OSError:
    pass
sys.stdout.buffer.write(said)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
}

# Mounts environment $1 and prints its prefix.
prefix_of() {
  in_environment "${CONDAFUSE_BIN}" mount --print-prefix "$1"
}

unmount() {
  in_environment "${CONDAFUSE_BIN}" unmount "$1"
}

# The process that serves the mount at $1.
server_at() {
  in_environment "${CONDAFUSE_BIN}" list --json |
    /usr/bin/python3 -c 'import json, sys
print(*(e["serverPid"] for e in json.load(sys.stdin)["environments"] if e["mountPoint"] == sys.argv[1]))' "$(stat -c %m "$1")"
}

# The record, the socket and the log of the server of the mount at $1.
record_of() {
  local runtime
  runtime=$(in_environment "${CONDAFUSE_BIN}" paths --json | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["runtime"])')
  echo "${runtime}/mount-$(mountpoint -d "$1").server"
}

log_of() {
  in_environment "${CONDAFUSE_BIN}" paths --json | /usr/bin/python3 -c '
import functools, json, os, sys
path = os.path.realpath(sys.argv[1])
digest = functools.reduce(lambda value, byte: ((value ^ byte) * 0x100000001B3) & (2**64 - 1), path.encode(), 0xCBF29CE484222325)
print(json.load(sys.stdin)["runtime"] + f"/{os.path.basename(path)}-{digest:016x}.log")' "$1"
}

# The newest generation of archive $1.
generation_of() {
  in_environment "${CONDAFUSE_BIN}" info --json "$1" | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["generation"])'
}

# Prints the code block of document $1 that starts with line $2.
example_of() {
  /usr/bin/python3 "${CONDAFUSE_REPOSITORY}/tests/EndToEnd/console_examples.py" "${CONDAFUSE_REPOSITORY}/$1" --print "$2"
}

# Evaluates expression $1 on the JSON in $output.
json() {
  /usr/bin/python3 -c "import json, sys; answer = json.load(sys.stdin); print($1)" <<<"${output}"
}

# eventually COMMAND...: waits until it succeeds, for at most 60 s.
eventually() {
  local end=$((SECONDS + 60))
  until "$@"; do
    ((SECONDS < end)) || fail "not within 60 s: $*"
    sleep 0.02
  done
}

# exists FILE, and has_content FILE: conditions for eventually.
exists() {
  [[ -e "$1" ]]
}

has_content() {
  [[ -s "$1" ]]
}

no_server() {
  [[ -z "$(servers)" ]]
}

# Waits until no server is running.
all_ended() {
  eventually no_server
}

has_ended() {
  [[ ! -e "/proc/$1/exe" ]]
}

# Starts `sleep` with working directory $1 for $2 seconds (60), and sets `sleeper` to its pid.
sleep_in() {
  (cd "$1" && exec sleep "${2:-60}") 3>&- &
  sleeper=$!
  eventually sleeps_in "$1"
}

sleeps_in() {
  [[ "$(readlink "/proc/${sleeper}/cwd")" == "$1" && "$(<"/proc/${sleeper}/comm")" == sleep ]]
}

# Unpacks $1 into the new directory $2.
unpack() {
  mkdir -p "$2"
  case "$1" in
    *.squashfs) unsquashfs -q -n -f -d "$2" "$1" >/dev/null ;;
    *.zip) in_environment unzip -q "$1" -d "$2" ;;
    *.no-archive) cp -a "$1/." "$2" ;;
    *) tar -xpf "$1" -C "$2" ;;
  esac
}

# Creates "${home}/kill-server", a script for any shell that kills the server of the mount containing file $1, and waits for its end.
server_killer() {
  cat >"${home}/kill-server" <<'SCRIPT'
point="$(stat -c %m "$1")"
server="$(condafuse list --json | /usr/bin/python3 -c '
import json, sys
print(*(e["serverPid"] for e in json.load(sys.stdin)["environments"] if e["mountPoint"] == sys.argv[1]))' "${point}")"
kill -9 "${server}"
while [ -e "/proc/${server}/exe" ]; do sleep 0.05; done
SCRIPT
}
