#!/usr/bin/env bats
# Mallory swaps files in a shared folder while the victims write them, without effect on the victims' other files.
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

# Mallory swaps every new file in a folder for a symlink to the victim's file. The victim is slowed down, so that this precedes every change by name.
start_swapping() {
  local folder="$1" target="$2"
  rm -f "${stage}/work/stop" "${stage}/work/swapping" "${stage}/work/swapped"
  as mallory /usr/bin/python3 - "${folder}" "${target}" "${stage}/work" <<'PYTHON' 3>&- &
import os, sys, time
folder, target, work = sys.argv[1:]
known = set(os.listdir(folder))
open(work + "/swapping", "w").close()
while not os.path.exists(work + "/stop"):
    for name in set(os.listdir(folder)) - known:
        path = os.path.join(folder, name)
        try:
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            os.rename(path, os.path.join(folder, ".stolen-" + name))
            os.symlink(target, path)
            known |= {".stolen-" + name}
            open(work + "/swapped", "a").write(name + "\n")
        except OSError:
            pass
    time.sleep(0.002)
PYTHON
  swapper=$!
  eventually exists "${stage}/work/swapping"
  tracer=(strace -f -qq -o /dev/null -e trace=chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,rename,renameat,renameat2,link,linkat,truncate,utimensat,setxattr
    -e inject=chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat,rename,renameat,renameat2,link,linkat,truncate,utimensat,setxattr:delay_enter=60000)
}

stop_swapping() {
  tracer=()
  touch "${stage}/work/stop"
  wait "${swapper}" || true
}

# swapped_during VICTIM COMMAND...: in the folder `open`, where plain.squashfs has three generations.
swapped_during() {
  local victim="$1" value
  shift
  rm -rf "${stage}"/open/* "${stage}"/open/.s*
  plain_archive "${victim}" "${stage}/open/plain.squashfs"
  for value in second third; do
    cf "${victim}" mount "${stage}/open/plain.squashfs" "$(home_of "${victim}")/seen"
    sh_as "${victim}" 'echo "$1" >"$HOME/seen/note"' "${value}"
    cf "${victim}" unmount "$(home_of "${victim}")/seen"
    expect_status 0
  done
  if [[ "$1" == zip ]]; then
    shift
    cf "${victim}" convert "${stage}/open/plain.squashfs" --to zip --yes
    expect_status 0
    cf "${victim}" mount "${stage}/open/plain.zip" "$(home_of "${victim}")/seen"
    sh_as "${victim}" 'echo fourth >"$HOME/seen/note"'
    cf "${victim}" unmount --no-commit "$(home_of "${victim}")/seen"
  fi
  precious "${victim}"
  start_swapping "${stage}/open" "$(home_of "${victim}")/precious/thesis.tex"
  cf "${victim}" "$@"
  stop_swapping
  expect_untouched "${victim}"
}

# For root as well as for another user.
swapped_for_all() {
  swapped_during alice "$@"
  swapped_during root "$@"
}

@test "A4 packing while mallory swaps files changes no file of the victim's" {
  swapped_for_all pack "${stage}/source" -q -o "${stage}/open/new.squashfs"
  swapped_for_all pack "${stage}/source" -q -o "${stage}/open/new.tar.gz"
}

@test "A4 a compaction while mallory swaps its file changes no file of the victim's" {
  swapped_for_all compact "${stage}/open/plain.squashfs" --keep 2 --yes
  swapped_for_all compact "${stage}/open/plain.squashfs" --yes
}

@test "A4 a conversion while mallory swaps its file changes no file of the victim's" {
  swapped_for_all convert "${stage}/open/plain.squashfs" --to zip --yes
}

@test "A4 a rollback while mallory swaps files changes no file of the victim's" {
  swapped_for_all rollback "${stage}/open/plain.squashfs" 1
}

@test "A4 a commit of a zip archive, and one to a new archive, while mallory swaps files changes no file of the victim's" {
  swapped_for_all zip commit "${stage}/open/plain.zip"
  swapped_for_all zip commit "${stage}/open/plain.zip" --to "${stage}/open/other.squashfs"
}

@test "A4 a creation in a folder where mallory swaps files changes no file of the victim's" {
  local victim
  for victim in alice root; do
    precious "${victim}"
    start_swapping "${stage}/open" "$(home_of "${victim}")/precious/thesis.tex"
    with=(CONDA_FUSE_ARCHIVE_PATH="${stage}/open" CONDA_EXE="${CONDAFUSE_TEST_ROOT}/conda base/bin/conda")
    cf "${victim}" create small -y -q greeting
    stop_swapping
    cf "${victim}" unmount small
    cf "${victim}" create --drop small
    expect_untouched "${victim}"
    rm -rf "${stage}"/open/* "${stage}"/open/.[!.]*
    with=()
  done
}
