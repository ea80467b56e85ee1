#!/usr/bin/env bats
# External text (names, messages, packages, settings) reaches a terminal as plain text, whatever it contains.

load helpers

# Clears the screen, sets a title, reorders text, ends the line; includes an invalid UTF-8 byte.
evil=$'a\e[2Jb\e]0;title\ac\xc2\x9bd\xe2\x80\xaee\x7ff\ng'
bad_byte=$'\xff'

setup_file() {
  bats_require_minimum_version 1.5.0
}

# Runs the program and checks that its output contains no control characters.
harmless() {
  local code=0
  in_environment "${CONDAFUSE_BIN}" "$@" >"${home}/out" 2>"${home}/err" </dev/null || code="$?"
  /usr/bin/python3 - "${home}/out" "${home}/err" <<'PYTHON' || fail "of: $*"
import sys, unicodedata
for name in sys.argv[1:]:
    text = open(name, "rb").read().decode("utf-8")
    bad = [hex(ord(c)) for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")]
    assert not bad, (name, bad, text)
PYTHON
  output="$(cat "${home}/out")"
  stderr="$(cat "${home}/err")"
  status="${code}"
}

@test "names in an environment, packages and messages are escaped in diff, log, commit, unmount and verify" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  mkdir "${prefix}/${evil}"
  echo x >"${prefix}/${evil}/file"
  echo x >"${prefix}/odd${bad_byte}"
  ln -s "${evil}" "${prefix}/link${evil}"
  /usr/bin/python3 - "${prefix}" <<'PYTHON'
import json, sys
name = "pack\x1b[31mage\u202e"
json.dump({"name": name, "version": "1\x1b[2J", "build": "0", "channel": "\x9b", "files": []}, open(sys.argv[1] + "/conda-meta/evil-1-0.json", "w"))
PYTHON
  harmless diff small
  expect_status 0
  expect_in_output 'a\x1b[2Jb\x1b]0;title\x07c\x9bd\u202ee\x7ff\ng/'
  [[ "$(grep -c . "${home}/out")" -lt 12 ]] || fail 'a name has become lines'
  harmless commit small -m "message${evil}"
  expect_status 0
  harmless log small
  expect_in_output 'message'
  rm "${prefix}/odd${bad_byte}"
  harmless diff small
  harmless diff small 1 2
  expect_in_output 'odd\xff'
  harmless unmount small
  expect_status 0
  # Damage, so that verify names the file.
  /usr/bin/python3 - "${archives}/small.squashfs" <<'PYTHON'
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(2000); f.write(b"\0" * 3000)
PYTHON
  harmless verify small
  expect_status 7
  harmless info small
  harmless doctor
}

@test "errors, warnings and lists escape names, paths and settings" {
  local command
  small_environment
  for command in mount unmount diff log verify info run discard compact create; do
    harmless "${command}" "name${evil}"
    [[ "${status}" -ne 0 ]] || fail "${command}"
    harmless "${command}" "/nowhere/${evil}.squashfs" --no-such-option "${evil}"
    [[ "${status}" -ne 0 ]] || fail "${command} with an option"
  done
  harmless "${evil}"
  expect_status 2
  environment+=(CONDA_FUSE_COMPACT="${evil}" CONDA_FUSE_KEEP="${evil}" CONDA_FUSE_FORMAT="${evil}")
  echo x >"$(prefix_of small)/file"
  harmless unmount small
  expect_status 0
  harmless create other -y
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${home}/${evil}")
  mkdir "${home}/${evil}"
  harmless list
  harmless paths
  harmless doctor
  cp "${archives}/small.squashfs" "${home}/${evil}/it.squashfs"
  harmless list
  harmless extract it "${home}/out ${evil}"
  expect_status 0
  harmless pack "${home}/out ${evil}" -o "${home}/packed ${evil}.squashfs"
  expect_status 0
}

@test "output for programs is refused rather than altered" {
  small_environment
  helper mount --print-prefix "${archives}/small.squashfs" "${home}/line
break"
  expect_status 2
  [[ -z "${output}" ]] || fail 'a prefix of two lines'
  [[ -z "$(mounted_below "${home}")" ]] || fail 'it was mounted'
  helper mount "${archives}/small.squashfs" "${home}/line
break"
  expect_status 2
  [[ ! -e "${home}/.conda/environments.txt" ]] || ! grep -q break "${home}/.conda/environments.txt" || fail 'it was registered'
  touch "${archives}/$(printf 'a\nb').squashfs" "${archives}/$(printf 'a\u202eb').squashfs"
  helper list --names
  expect_output small
}

@test "a directory in an archive with shell code in its name does not become a prefix" {
  local tree="${home}/tree"
  mkdir -p "${tree}/\$(touch ${home//\//_})/conda-meta"
  echo '==>' >"${tree}/\$(touch ${home//\//_})/conda-meta/history"
  mkdir -p "${archives}"
  in_environment "${CONDAFUSE_BIN}" pack "${tree}" -o "${archives}/it.squashfs"
  helper mount --print-prefix it
  [[ "${output}" != *'$('* ]] || fail 'the prefix'
  unmount it
}

# Runs the program on a terminal of 5 lines, types ^C once "ready" is shown, and prints what it showed and its exit code.
on_small_terminal() {
  in_environment /usr/bin/python3 - "${CONDAFUSE_BIN}" "$@" <<'PYTHON'
import fcntl, os, pty, select, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 5, 80, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
shown, typed = b"", False
while True:
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    if not data:
        break
    shown += data
    if not typed and b"ready" in shown:
        typed = True
        os.write(terminal, b"\x03")
print(shown.decode(errors="replace").replace("\r", ""), "exit", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
}

@test "a pager that cannot be run loses no output, and ^C is the pager's to answer" {
  local number
  small_environment
  for number in 1 2 3 4 5 6; do
    echo "${number}" >"$(prefix_of small)/note"
    helper commit small -m "message ${number}"
  done
  unmount small
  environment+=(PAGER="${home}/no such pager")
  output="$(on_small_terminal log small)"
  for number in 1 2 3 4 5 6; do
    expect_in_output "message ${number}"
  done
  expect_in_output 'exit 0'
  # The shell that runs it ignores nothing: it ends the pager itself when it gets the signal.
  environment+=(PAGER="trap 'echo answered; exit 0' INT; echo ready; while :; do sleep 0.1; done")
  output="$(on_small_terminal log small)"
  expect_in_output 'answered'
  expect_in_output 'exit 0'
}
