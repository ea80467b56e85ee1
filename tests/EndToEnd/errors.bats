#!/usr/bin/env bats
# Exit codes as documented, and messages that say what failed.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

@test "an unknown command is named, with a suggestion" {
  helper mont small
  expect_status 2
  expect_in_stderr "condafuse: there is no command 'mont'; did you mean 'mount'?"
  helper lsit
  expect_in_stderr "did you mean 'list'?"
  helper frobnicate
  expect_status 2
  expect_not_in_stderr 'mean'
  expect_not_in_stderr 'Required command'
}

@test "a directory is reported as a directory, and converting to the same format succeeds" {
  helper info /etc
  expect_status 2
  expect_in_stderr '/etc is a directory'
  small_environment
  helper convert small --to squashfs
  expect_status 0
  expect_in_output 'already'
}

@test "harmful names are refused for new environments" {
  local name
  for name in ' ' '*' base root a:b 'a@1' 'a$b' 'a ' '~x'; do
    helper create "${name}" -y -q greeting
    expect_status 2
    expect_in_stderr 'invalid name'
  done
  small_environment
  helper commit small --to 'a*b'
  expect_status 2
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

@test "errors are messages of this program, not of its runtime" {
  small_environment
  [[ "$(id -u)" != 0 ]] || skip 'root may read and write everything'
  chmod 000 "${archives}/small.squashfs"
  for command in mount info verify diff log commit extract; do
    helper "${command}" small
    [[ "${status}" -ne 0 ]] || fail "${command}"
    [[ "${stderr}" != *'Access to the path'* && "${stderr}" != *'Could not find'* ]] || fail "${command}"
  done
  chmod 644 "${archives}/small.squashfs"
  mkdir "${home}/shut"
  chmod 500 "${home}/shut"
  helper extract small "${home}/shut/x"
  [[ "${status}" -ne 0 && "${stderr}" != *'Access to the path'* && "${stderr}" != *'Could not find'* ]] || fail 'extract'
  helper pack "${home}/tmp dir" -o "${home}/shut/x.squashfs"
  [[ "${status}" -ne 0 && "${stderr}" != *'Access to the path'* && "${stderr}" != *'Could not find'* ]] || fail 'pack'
}

@test "an unusable /dev/fuse is not possible on this machine" {
  [[ "$(id -u)" == 0 ]] || skip 'root makes the mount namespace'
  small_environment
  mknod "${home}/no driver" c 10 250
  run --separate-stderr unshare -m sh -c 'mount --bind "$1" /dev/fuse; shift; exec "$@"' sh "${home}/no driver" env -i "${environment[@]}" "${CONDAFUSE_BIN}" mount small
  expect_status 6
  expect_in_stderr '/dev/fuse'
}

@test "^C at conda's prompt ends with 130" {
  run in_environment /usr/bin/python3 - "${CONDAFUSE_BIN}" create asked greeting <<'PYTHON'
import os, pty, signal, sys
pid, terminal = pty.fork()
if pid == 0:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # it is ignored if the tests run in the background
    os.execv(sys.argv[1], sys.argv[1:])
said = b""
while b"[y]" not in said and b"Proceed" not in said:
    said += os.read(terminal, 4096)
os.write(terminal, b"\x03")
try:
    while data := os.read(terminal, 4096):
        said += data
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
  expect_status 130
  helper create --drop asked || true
}

@test "every command reports a mistake in its command line as JSON" {
  local page name
  for page in "${BATS_TEST_DIRNAME}"/../../man/condafuse-*.1; do
    name="${page##*/condafuse-}"
    name="${name%.1}"
    helper "${name}" --json --no-such-option
    expect_status 2
    [[ "$(json 'answer["schema"], answer["error"]["code"], sorted(answer["error"])')" == "1 2 ['code', 'hint', 'message', 'path']" ]] || fail "${name}"
    expect_in_stderr "hint: condafuse ${name} --help"
  done
  helper mont --json
  expect_status 2
  [[ "$(json 'answer["error"]["hint"]')" == 'condafuse mount --help' ]] || fail 'an unknown command'
}

@test "every command reports its own failure as JSON" {
  # Those that cannot fail for a reason other than their command line, on a machine that works.
  local -A seen=([list]=1 [paths]=1 [doctor]=1 [gc]=1)
  local line page name
  : >"${home}/no image"
  while read -r line; do
    eval "set -- ${line}"
    helper "$@"
    [[ "${status}" -ne 0 && -n "${stderr}" ]] || fail "no failure: ${line}"
    [[ "$(json 'answer["error"]["code"], bool(answer["error"]["message"])')" == "${status} True" ]] || fail "${line}"
    seen["$1"]=1
  done <<'COMMANDS'
create --json base -y greeting
create --json --resume no-such
mount no-such --json
unmount no-such --json
run no-such --json -- true
run --json no-such
shell no-such --json
export no-such --json
status no-such --json
rename no-such other --json
clone no-such other --json
remove no-such --yes --json
diff no-such --json
commit no-such --json
log no-such --json
rollback no-such 1 --json
rebase no-such --json
compact no-such --yes --json
discard no-such --yes --json
pack -n no-such --json
extract "${home}/no image" "${home}/x" --json
convert no-such --to zip --json
info "${home}/no image" --json
verify no-such --json
kernel install no-such --json
kernel remove no-such --json
expose no-such python --json
expose no-such --remove --json
slurm sbatch no-such --json
module no-such --json
init csh --json
completions csh --json
help no-such --json
setup --json
push no-such 127.0.0.1:1/team/env --json
pull team/env --json
tags team/env --json
COMMANDS
  for page in "${BATS_TEST_DIRNAME}"/../../man/condafuse-*.1; do
    name="${page##*/condafuse-}"
    [[ -n "${seen["${name%.1}"]:-}" ]] || fail "no failure of ${name%.1} is tested"
  done
}

@test "run and create keep standard output for JSON and for the command" {
  small_environment
  helper run small --json -- echo word
  expect_status 0
  expect_output word
  unmount small
  helper create made -y --json greeting
  expect_status 0
  [[ "$(json 'answer["created"]')" == True ]] || fail 'conda wrote on standard output'
  unmount made
}

@test "mounting at a full directory, and renaming what is mounted, get a hint" {
  small_environment
  helper mount small /etc
  expect_status 4
  expect_in_stderr 'hint: mount at an empty or new directory'
  prefix_of small >/dev/null
  helper rename small other
  expect_status 5
  expect_in_stderr "'small' is mounted at ${mounts}/small; nothing was changed"
  expect_in_stderr 'hint: condafuse unmount '
  unmount small
  head -c 3000 "${archives}/small.squashfs" >"${home}/cut.squashfs"
  helper info "${home}/cut.squashfs"
  expect_status 7
  expect_in_stderr 'hint: copy the file again'
}
