#!/usr/bin/env bats
# Places for runtime state that other users of a shared machine can occupy: the victims do not use what mallory put there.
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

# Absolute paths, one per line, that the program creates in world-writable folders while $1 mounts, writes and unmounts.
learn_names() {
  local who="$1" log="${stage}/work/trace"
  plain_archive "${who}" "$(archives_of "${who}")/plain.squashfs"
  tracer=(strace -f -qq -y -s 4096 -e trace=%file,bind,connect -o "${log}")
  as "${who}" "${with[@]}" sh -c '
    condafuse mount plain && echo written >"$HOME/miniconda_fuse/envs/plain/note" && condafuse list && condafuse unmount plain' >/dev/null
  tracer=()
  /usr/bin/python3 - "${log}" "${stage%/machine}" <<'PYTHON'
import os, re, sys
paths = set()
for line in open(sys.argv[1], errors="replace"):
    for folder, name in re.findall(r'(?:[(, ](?:AT_FDCWD|\d+)?(?:<([^>]*)>)?, )?"((?:[^"\\]|\\.)*)"', line):
        paths.add(name if name.startswith("/") else os.path.join(folder, name) if folder else "")
public = ("/tmp/", "/var/tmp/", "/dev/shm/", "/run/user/")
places = {path for path in map(os.path.normpath, paths) if path.startswith(public) and not path.startswith(sys.argv[2])}
# If one name of a mount is known, so are the others; names of earlier versions are tried too.
for path in list(places):
    if re.search(r"-[0-9a-f]{16}\.\w", os.path.basename(path)):
        stem = re.sub(r"\.[a-z.-]*$", "", path)
        places |= {stem + end for end in (".lock", ".server", ".server.new", ".control", ".log", ".end", ".read-ahead")}
print(*sorted(places), sep="\n")
PYTHON
  nsenter --mount="/proc/${machine}/ns/mnt" sh -c 'rm -rf --one-file-system -- /tmp/condafuse-[0-9]* /tmp/mallory/* /var/tmp/condafuse* /dev/shm/condafuse* /run/user/*/condafuse*'
  rm -rf -- "$(home_of "${who}")"/{.cache,.local}
  plain_archive "${who}" "$(archives_of "${who}")/plain.squashfs"
}

# squat VICTIM KIND: mallory occupies the learned paths, and those of earlier versions, before the victim uses them.
squat() {
  local id
  id="$(id -u "$(user "$1")")"
  sh_as mallory 'kind=$1 precious=$2 bait=$3 learned=$4 id=$5
mapfile -t places < <({ cat "${learned}"; printf "%s/x\n" {/tmp,/var/tmp,/dev/shm}/condafuse-"${id}"; } | sort -u)
for place in "${places[@]}"; do
  for top in /tmp/mallory /tmp /dev/shm /var/tmp "/run/user/${UID}" /run/user; do
    [[ "${place}" != "${top}"/* ]] || break
  done
  place=${place#"${top}"/}
  place=${top}/${place%%/*}
  [[ ! -e "${place}" && ! -L "${place}" ]] || continue
  case "${kind}" in
    folder) mkdir -m 700 -- "${place}" ;;
    public) mkdir -m 777 -- "${place}" && chmod 777 -- "${place}" ;;
    symlink) ln -s -- "${precious}" "${place}" ;;
    file) : >"${place}" ;;
    fifo) mkfifo -m 666 -- "${place}" ;;
  esac 2>/dev/null || true
done
for name in "${places[@]}"; do
  [[ ! -e "${name}" && ! -L "${name}" && ! -L "${name%/*}" ]] || continue
  mkdir -p -m 700 -- "${name%/*}" || continue
  case "${name}" in
    *.read-ahead) cat "${bait}" >"${name}" ;;
    *.lock) : >"${name}" ;;
    *.log | *.server | *.end) ln -s "${precious}/${name##*/}" "${name}" ;;
    *) ln -s "${precious}/new-${name##*/}" "${name}" ;;
  esac
done 2>/dev/null || true' "$2" "$(home_of "$1")/precious" "${stage}/work/bait" "${stage}/work/learned" "${id}"
}

# A process of the victim that must not be ended; mallory knows its pid.
start_bait() {
  rm -f "${stage}/work/bait"
  as "$1" sh -c 'read -r _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ start _ </proc/self/stat; echo "$$ ${start}" >"$1.new"; mv "$1.new" "$1"; exec sleep 300' \
    sh "${stage}/work/bait" >/dev/null 2>&1 3>&- &
  eventually exists "${stage}/work/bait"
  read -r bait _ <"${stage}/work/bait"
}

end_bait() {
  kill "${bait}" || fail 'a process that mallory named was ended'
}

# The victim works as if the attack did not exist.
works_for() {
  local victim="$1"
  cf "${victim}" mount plain
  expect_status 0
  sh_as "${victim}" 'echo "written by ${USER}" >"$HOME/miniconda_fuse/envs/plain/note"'
  cf "${victim}" list --json
  expect_status 0
  [[ "$(json '[e["mounted"] for e in answer["environments"] if e["name"] == "plain"]')" == '[True]' ]] || fail 'not listed as mounted'
  cf "${victim}" unmount plain
  expect_status 0
  expect_in_output 'generation'
  cf "${victim}" doctor
  expect_status 0
}

# attack_places VICTIM KIND
attack_places() {
  local victim="$1" kind="$2" names=()
  learn_names "${victim}" >"${stage}/work/learned"
  mapfile -t names < <(sed 's|.*/||' "${stage}/work/learned" | sort -u)
  precious "${victim}" "${names[@]}"
  start_bait "${victim}"
  squat "${victim}" "${kind}"
  works_for "${victim}"
  expect_untouched "${victim}"
  end_bait
}

for_each_victim() {
  local victim
  for victim in root alice; do
    fresh_homes
    fresh_temporary
    "$@" "${victim}"
  done
}

a_private_folder() { attack_places "$1" folder; }
a_public_folder() { attack_places "$1" public; }
a_symlink() { attack_places "$1" symlink; }
a_file() { attack_places "$1" file; }
a_fifo() { attack_places "$1" fifo; }

@test "A1 runtime state: a private folder of mallory's with links in it has no effect" {
  for_each_victim a_private_folder
}

@test "A1 runtime state: a world-writable folder has no effect" {
  for_each_victim a_public_folder
}

@test "A1 runtime state: a symlink to a folder of the victim has no effect" {
  for_each_victim a_symlink
}

@test "A1 runtime state: a file in its place has no effect" {
  for_each_victim a_file
}

@test "A1 runtime state: a fifo in its place has no effect" {
  for_each_victim a_fifo
}

# The session's runtime directory is mallory's, as after su or sudo with the variable kept, and contains symlinks to the victim's files.
foreign_runtime() {
  with=(XDG_RUNTIME_DIR="/run/user/$(id -u "$(user mallory)")")
  nsenter --mount="/proc/${machine}/ns/mnt" install -d -m 700 -o "$(user mallory)" "${with[0]#*=}"
  attack_places "$1" folder
}

@test "A1 runtime state: an XDG_RUNTIME_DIR of mallory's is not used" {
  for_each_victim foreign_runtime
}

foreign_tmpdir() {
  with=(TMPDIR=/tmp/mallory)
  nsenter --mount="/proc/${machine}/ns/mnt" install -d -m 1777 -o "$(user mallory)" /tmp/mallory
  attack_places "$1" folder
}

@test "A1 runtime state: a TMPDIR of mallory's with links in it has no effect" {
  for_each_victim foreign_tmpdir
}
