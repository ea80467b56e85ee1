#!/usr/bin/env bats
# Three users and root on a machine whose kernel does not protect links in shared folders: mallory attacks, without effect on the others.

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

# --- Places for runtime state that other users can occupy

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
  for _ in {1..500}; do
    [[ ! -e "${stage}/work/bait" ]] || break
    sleep 0.02
  done
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

# --- Files beside an archive

# Changes that mallory made to a copy of the archive: bin/tool prints something else.
planted_changes() {
  plain_archive mallory "$(archives_of mallory)/plain.squashfs"
  cf mallory mount plain
  expect_status 0
  sh_as mallory 'printf "#!/bin/sh\necho planted\n" >"$HOME/miniconda_fuse/envs/plain/bin/tool"'
  cf mallory unmount --no-commit plain
  expect_status 0
  [[ -d "$(archives_of mallory)/plain.changes" ]] || fail 'no changes to plant'
}

# not_replayed VICTIM ARCHIVE: the victim sees the archive's own content and a message about what was left out, and commits nothing of it.
not_replayed() {
  local victim="$1" archive="$2" before
  before="$(sha256sum <"${archive}")"
  cf "${victim}" mount "${archive}" "$(home_of "${victim}")/seen"
  expect_status 0
  expect_in_stderr "${3-.changes}"
  [[ "$(as "${victim}" "$(home_of "${victim}")/seen/bin/tool")" == original ]] || fail 'planted changes were replayed'
  cf "${victim}" unmount "$(home_of "${victim}")/seen"
  cf "${victim}" commit "${archive}"
  cf "${victim}" unmount "$(home_of "${victim}")/seen"
  [[ "$(sha256sum <"${archive}")" == "${before}" ]] || fail 'planted changes were committed'
}

@test "A2 changes that mallory put beside an archive, in an open and in a sticky folder, are not replayed by its owner, by root and by others" {
  local folder victim
  planted_changes
  for folder in open sticky; do
    plain_archive alice "${stage}/${folder}/plain.squashfs"
    as mallory cp -r "$(archives_of mallory)/plain.changes" "${stage}/${folder}/"
    as mallory chmod -R a+rX "${stage}/${folder}/plain.changes"
    for victim in alice root; do
      not_replayed "${victim}" "${stage}/${folder}/plain.squashfs"
    done
    not_replayed bob "${stage}/${folder}/plain.squashfs" ''
    # Nobody removed another user's files.
    [[ -n "$(ls "${stage}/${folder}/plain.changes")" ]] || fail 'removed'
  done
}

@test "A2 a world-writable folder of changes is not replayed, whatever its owner: by mode, by group, by an access list" {
  local way
  planted_changes
  for way in mode group list; do
    plain_archive alice "${stage}/sticky/plain.squashfs"
    rm -rf "${stage}/sticky/plain.changes"
    as alice mkdir "${stage}/sticky/plain.changes"
    as root cp "$(archives_of mallory)"/plain.changes/*.{journal,data} "${stage}/sticky/plain.changes/"
    chown -R "$(user alice):" "${stage}/sticky/plain.changes"
    case "${way}" in
      mode) chmod 777 "${stage}/sticky/plain.changes" ;;
      group)
        chgrp "$(user mallory)" "${stage}/sticky/plain.changes"
        chmod 775 "${stage}/sticky/plain.changes"
        ;;
      list) setfacl -m "u:$(user mallory):rwx" "${stage}/sticky/plain.changes" ;;
    esac
    not_replayed alice "${stage}/sticky/plain.squashfs"
    not_replayed root "${stage}/sticky/plain.squashfs"
  done
}

@test "A2 a journal that mallory may write, in a folder of the owner's, is not replayed" {
  local way
  planted_changes
  for way in owner mode list; do
    plain_archive alice "${stage}/sticky/plain.squashfs"
    rm -rf "${stage}/sticky/plain.changes"
    as alice mkdir "${stage}/sticky/plain.changes"
    as root cp "$(archives_of mallory)"/plain.changes/*.{journal,data} "${stage}/sticky/plain.changes/"
    chown -R "$(user alice):" "${stage}/sticky/plain.changes"
    case "${way}" in
      owner) chown "$(user mallory)" "${stage}"/sticky/plain.changes/*.data ;;
      mode) chmod 666 "${stage}"/sticky/plain.changes/*.data ;;
      list) setfacl -m "u:$(user mallory):rw" "${stage}"/sticky/plain.changes/*.journal ;;
    esac
    not_replayed alice "${stage}/sticky/plain.squashfs"
    not_replayed root "${stage}/sticky/plain.squashfs"
  done
}

@test "A2 changes behind a symlink, and a journal behind a symlink, are not replayed" {
  planted_changes
  plain_archive alice "${stage}/open/plain.squashfs"
  # Alice's changes to a private copy, which no other user may use.
  plain_archive alice "$(archives_of alice)/plain.squashfs"
  cf alice mount plain
  sh_as alice 'printf "#!/bin/sh\necho private\n" >"$HOME/miniconda_fuse/envs/plain/bin/tool"'
  cf alice unmount --no-commit plain
  fingerprint "$(archives_of alice)/plain.changes" >"${stage}/work/before"
  as mallory ln -s "$(archives_of alice)/plain.changes" "${stage}/open/plain.changes"
  not_replayed alice "${stage}/open/plain.squashfs"
  not_replayed root "${stage}/open/plain.squashfs"
  diff "${stage}/work/before" <(fingerprint "$(archives_of alice)/plain.changes") || fail 'changes behind a symlink were touched'
  rm "${stage}/open/plain.changes"
  as alice mkdir "${stage}/open/plain.changes"
  as alice sh -c 'for file in "$1"/*.journal "$1"/*.data; do ln -s "$file" "$2/"; done' sh "$(archives_of alice)/plain.changes" "${stage}/open/plain.changes"
  not_replayed alice "${stage}/open/plain.squashfs"
  not_replayed root "${stage}/open/plain.squashfs"
  diff "${stage}/work/before" <(fingerprint "$(archives_of alice)/plain.changes") || fail 'a journal behind a symlink was touched'
}

@test "A2 members of an archive's group share its uncommitted changes, and may commit them; so may root" {
  mask=007
  plain_archive alice "${stage}/crew/plain.squashfs" 660 "$(user crew)"
  cf bob mount "${stage}/crew/plain.squashfs" "$(home_of bob)/m"
  expect_status 0
  mask=002 sh_as bob 'echo "by bob" >"$HOME/m/first"'
  cf bob unmount --no-commit "$(home_of bob)/m"
  expect_status 0
  [[ -d "${stage}/crew/plain.changes" ]] || fail 'kept elsewhere'
  cf alice mount "${stage}/crew/plain.squashfs" "$(home_of alice)/m"
  expect_status 0
  [[ "$(as alice cat "$(home_of alice)/m/first")" == 'by bob' ]] || fail 'not what bob wrote'
  mask=002 sh_as alice 'echo "by alice" >"$HOME/m/second"; echo more >>"$HOME/m/first" || true'
  cf alice unmount --no-commit "$(home_of alice)/m"
  expect_status 0
  cf bob mount "${stage}/crew/plain.squashfs" "$(home_of bob)/m"
  expect_status 0
  [[ "$(as bob cat "$(home_of bob)/m/second")" == 'by alice' ]] || fail 'not what alice wrote'
  cf bob unmount "$(home_of bob)/m"
  expect_status 0
  expect_in_output 'generation 2'
  [[ ! -e "${stage}/crew/plain.changes" ]] || fail 'changes were left'
  [[ "$(stat -c '%a %G' "${stage}/crew/plain.squashfs")" == "660 $(user crew)" ]] || fail 'mode or group of the archive'
  cf bob mount "${stage}/crew/plain.squashfs" "$(home_of bob)/m"
  sh_as bob 'echo "again" >"$HOME/m/note"'
  cf bob unmount --no-commit "$(home_of bob)/m"
  cf root commit "${stage}/crew/plain.squashfs"
  expect_status 0
  expect_in_output 'generation 3'
}

@test "A2 an archive with a hard link in its owner's folder continues to work" {
  plain_archive alice "$(archives_of alice)/one.squashfs"
  as alice ln "$(archives_of alice)/one.squashfs" "$(archives_of alice)/two.squashfs"
  cf alice mount two
  expect_status 0
  sh_as alice 'echo "hard" >"$HOME/miniconda_fuse/envs/two/note"'
  cf alice unmount two
  expect_status 0
  expect_in_output 'generation 2'
  cf alice run two -- cat "$(home_of alice)/miniconda_fuse/envs/two/note"
  expect_output hard
  cf alice unmount two
}

# --- Removal

@test "A3 changes beside an archive that are a symlink to a folder of the owner's: unmount and doctor --clean delete nothing in it" {
  local victim names
  for victim in "alice notes.data" "root notes.data" "alice 00000001.journal 00000001.data writer lease image" "root 00000001.journal"; do
    read -r victim names <<<"${victim}"
    rm -rf "${stage}"/open/*
    plain_archive "${victim}" "${stage}/open/good.squashfs"
    # shellcheck disable=SC2086 # words
    precious "${victim}" ${names}
    as mallory ln -s "$(home_of "${victim}")/precious" "${stage}/open/good.changes"
    cf "${victim}" mount "${stage}/open/good.squashfs" "$(home_of "${victim}")/seen"
    sh_as "${victim}" 'echo more >"$HOME/seen/note" || true' 2>/dev/null
    cf "${victim}" unmount "$(home_of "${victim}")/seen"
    cf "${victim}" discard --yes "${stage}/open/good.squashfs"
    cf "${victim}" unmount "$(home_of "${victim}")/seen"
    expect_untouched "${victim}"
    with=(CONDA_FUSE_ARCHIVE_PATH="${stage}/open")
    rm "${stage}/open/good.squashfs"
    cf "${victim}" doctor --clean
    expect_untouched "${victim}"
    with=()
  done
}

@test "A3 doctor --clean deletes only our own files, whatever other files are called" {
  local archives
  archives="$(archives_of alice)"
  as alice mkdir "${archives}/project.changes" "${archives}/paper.changes"
  sh_as alice 'echo thesis >"$1/project.changes/thesis.tex"; echo data >"$1/paper.changes/00000001.journal"; echo x >"$1/paper.changes/lease"; mkdir "$1/kept"; echo k >"$1/kept/file"; ln -s "$1/kept" "$1/link.changes"' "${archives}"
  fingerprint "${archives}" >"${stage}/work/before"
  cf alice doctor --clean
  diff "${stage}/work/before" <(fingerprint "${archives}") || fail 'doctor --clean changed what is not ours'
  cf alice doctor --clean --json
  diff "${stage}/work/before" <(fingerprint "${archives}") || fail 'doctor --clean changed what is not ours'
}

# --- Files that are swapped while they are written

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
  for _ in {1..500}; do
    [[ ! -e "${stage}/work/swapping" ]] || break
    sleep 0.02
  done
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

# --- Dangerous content of images

special_image() {
  local source="${stage}/work/special"
  mkdir -p "${source}/conda-meta" "${source}/bin"
  cp "${stage}/source/conda-meta/history" "${source}/conda-meta/"
  cp /bin/true "${source}/bin/su"
  cp /bin/true "${source}/bin/group"
  cp /bin/true "${source}/bin/ping"
  setcap cap_net_raw+ep "${source}/bin/ping"
  mkdir "${source}/bin/shared"
  chmod 4755 "${source}/bin/su"
  chmod 2755 "${source}/bin/group"
  chmod 2777 "${source}/bin/shared"
  mknod -m 666 "${source}/memory" c 1 1
  mknod -m 666 "${source}/disk" b 7 0
  setfattr -n trusted.overlay.opaque -v y "${source}/bin" || true
  setfattr -n user.kept -v yes "${source}/bin/su"
  mksquashfs "${source}" "${stage}/work/special.squashfs" -no-progress -quiet >/dev/null
  "${CONDAFUSE_BIN}" pack "${source}" -q -o "${stage}/work/packed.squashfs"
  chmod a+rX "${stage}/work" "${stage}"/work/*.squashfs
}

expect_nothing_special() {
  local found
  found="$(find "$1" -perm /6000 -type f -print -o -type b -print -o -type c -print)"
  [[ -z "${found}" ]] || fail "set-id or a device: ${found}"
  found="$(getfattr -R -d -m '^(security|trusted)\.' "$1" 2>/dev/null | grep -v '^#' | grep -v 'security.selinux' || true)"
  [[ -z "${found//$'\n'/}" ]] || fail "attributes: ${found}"
  [[ -x "$1/bin/su" ]] || fail 'bin/su is not there'
}

@test "A5 extract drops set-id, devices, and attributes of security, for root and for others" {
  local image
  special_image
  for image in special packed; do
    cf root extract "${stage}/work/${image}.squashfs" "$(home_of root)/${image}"
    expect_status 0
    expect_nothing_special "$(home_of root)/${image}"
    cf alice extract "${stage}/work/${image}.squashfs" "$(home_of alice)/${image}"
    expect_status 0
    expect_nothing_special "$(home_of alice)/${image}"
  done
}

@test "A5 extract keeps them if root requests it, and refuses that to others" {
  special_image
  cf root extract --preserve-special "${stage}/work/special.squashfs" "$(home_of root)/out"
  expect_status 0
  [[ "$(stat -c %a "$(home_of root)/out/bin/su")" == 4755 && -c "$(home_of root)/out/memory" ]] || fail 'not kept'
  [[ "$(getcap "$(home_of root)/out/bin/ping")" == *cap_net_raw* ]] || fail 'no capability'
  cf alice extract --preserve-special "${stage}/work/special.squashfs" "$(home_of alice)/out"
  [[ "${status}" -ne 0 ]] || fail 'allowed to alice'
}

@test "A5 pack to a folder drops set-id, devices, and attributes of security" {
  special_image
  cf root pack "${stage}/work/special" --format no-archive -q -o "$(home_of root)/out"
  expect_status 0
  expect_nothing_special "$(home_of root)/out"
  rm -rf "${stage}/work/special/"{memory,disk}
  chmod -R a+rX "${stage}/work/special"
  cf alice pack "${stage}/work/special" --format no-archive -q -o "$(home_of alice)/out"
  expect_status 0
  expect_nothing_special "$(home_of alice)/out"
}

# --- Odd files

# Every command ends with a message.
all_end() {
  local archive="$1" command
  limit=20
  for command in "info ${archive}" "mount ${archive} $(home_of alice)/seen" list "diff ${archive}" "log ${archive}" "verify ${archive}" "run ${archive} -- true" \
    "commit ${archive}" "discard --yes ${archive}" "unmount $(home_of alice)/seen" doctor "doctor --clean"; do
    # shellcheck disable=SC2086 # words
    cf alice ${command}
    [[ "${command}" != mount* ]] || timeout 20 nsenter --mount="/proc/${machine}/ns/mnt" setpriv --reuid "$(user alice)" --clear-groups --regid "$(user alice)" \
      sh -c 'echo more >>"$1/seen/note"' sh "$(home_of alice)" 2>/dev/null || [[ "$?" -ne 124 ]] || fail 'a write does not end'
    [[ "${stderr}" != *'   at '* && "${stderr}" != *nhandled* && "${stderr}" != *verflow* && "${status}" -lt 128 ]] || fail "condafuse ${command}"
  done
  cf alice unmount "$(home_of alice)/seen"
  cf alice unmount "${archive}"
}

# odd KIND PATH
odd() {
  case "$1" in
    fifo) mkfifo -m 666 "$2" ;;
    sparse) truncate -s 3T "$2" ;;
    folder) mkdir -m 777 "$2" ;;
    socket) /usr/bin/python3 -c 'import os, socket, sys; os.chdir(os.path.dirname(sys.argv[1])); socket.socket(socket.AF_UNIX).bind(os.path.basename(sys.argv[1]))' "$2" ;;
    device) mknod -m 666 "$2" c 1 5 ;;
  esac
}

odd_in_changes() {
  local kind="$1" owner name with_journal
  for owner in mallory alice; do
    for name in lease writer 00000001.journal 00000001.data; do
      rm -rf "${stage}"/open/*
      plain_archive alice "${stage}/open/plain.squashfs"
      with=(CONDA_FUSE_ARCHIVE_PATH="${stage}/open")
      as "${owner}" mkdir -m 755 "${stage}/open/plain.changes"
      odd "${kind}" "${stage}/open/plain.changes/${name}"
      chown -h "$(user "${owner}")" "${stage}/open/plain.changes/${name}"
      all_end "${stage}/open/plain.squashfs"
    done
  done
  rm -rf "${stage}"/open/*
}

@test "A6 a fifo as lease, lock, journal or data stops no command" {
  odd_in_changes fifo
}

@test "A6 a file of 3 TB as lease, lock, journal or data stops no command" {
  odd_in_changes sparse
}

@test "A6 a folder as lease, lock, journal or data stops no command" {
  odd_in_changes folder
}

@test "A6 a fifo, a file of 3 TB, a socket, a folder or a device in place of the changes or of the archive stops no command" {
  local kind
  with=(CONDA_FUSE_ARCHIVE_PATH="${stage}/open")
  for kind in fifo sparse socket folder device; do
    rm -rf "${stage}"/open/*
    plain_archive alice "${stage}/open/plain.squashfs"
    [[ "${kind}" == folder ]] || {
      odd "${kind}" "${stage}/open/plain.changes"
      all_end "${stage}/open/plain.squashfs"
    }
    rm -rf "${stage}"/open/*
    odd "${kind}" "${stage}/open/plain.squashfs"
    all_end "${stage}/open/plain.squashfs"
    mv "${stage}/open/plain.squashfs" "${stage}/open/plain.zip"
    all_end plain
  done
  rm -rf "${stage}"/open/*
}

# --- Private stays private

# Files that were created or made accessible so that others could read them, from a trace: with umask 000, the modes are the requested ones.
readable_by_others() {
  /usr/bin/python3 - "$@" <<'PYTHON'
import re, sys
log, stage, *ours = sys.argv[1:]
for line in open(log, errors="replace"):
    if re.search(r"= -1 E", line) or "<unfinished" in line and "resumed" in line:
        continue
    made = re.search(r"\b(openat|open|creat|mkdir|mkdirat|mknod|mknodat|chmod|fchmod|fchmodat)\((.*)", line)
    if not made:
        continue
    call, rest = made.groups()
    if call.startswith("open") and "O_CREAT" not in rest and "O_TMPFILE" not in rest:
        continue
    modes = re.findall(r", (0[0-7]*)(?=[,)]| <unfinished)", rest)
    path = re.search(r'"((?:[^"\\]|\\.)*)"', rest)
    folder = re.search(r"<([^>]*)>", rest)
    name = (path.group(1) if path else "")
    if not name.startswith("/"):
        name = (folder.group(1) if folder else "") + "/" + name
    name = name.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1", "backslashreplace").decode("utf-8", "replace")
    if modes and int(modes[-1], 8) & 0o077 and any(
            name.startswith(place) for place in ours if place.startswith(stage) or not name.startswith(stage)):
        print(line.strip())
PYTHON
}

# Files that would reveal something of a private archive: beside it, in the state folders, and in the runtime folder. Empty mount points do not count.
private_places() {
  printf '%s\n' "${stage}/open" "$(home_of "$1")/miniconda_fuse/archives" "$(home_of "$1")/.local" "$(home_of "$1")/.cache" /tmp/ /var/tmp/ /dev/shm/ /run/user/
}

@test "A7 with umask 000, nothing of an archive of mode 0600 is ever readable by others" {
  local found places
  mapfile -t places < <(private_places alice)
  plain_archive alice "${stage}/open/plain.squashfs" 600
  mask=000
  # Only names below these folders count, not the mounted tree itself.
  tracer=(strace -f -qq -y -s 4096 -e trace=open,openat,creat,mkdir,mkdirat,mknod,mknodat,chmod,fchmod,fchmodat -o "${stage}/work/trace")
  sh_as alice 'archive=$1; export TMPDIR=/tmp
condafuse mount "$archive" "$HOME/seen"
echo new >"$HOME/seen/private"; mkdir "$HOME/seen/folder"; echo more >>"$HOME/seen/note"
condafuse unmount --no-commit "$HOME/seen"
condafuse mount "$archive" "$HOME/seen"
condafuse commit "$archive"
echo again >"$HOME/seen/private"
condafuse unmount "$HOME/seen"
condafuse rollback "$archive" 1
condafuse compact "$archive" --keep 2 --yes
condafuse convert "$archive" --to zip --yes
condafuse mount "${archive%.squashfs}.zip" "$HOME/seen"
echo last >"$HOME/seen/private"
condafuse unmount "$HOME/seen"' "${stage}/open/plain.squashfs" >&2
  tracer=()
  found="$(readable_by_others "${stage}/work/trace" "${CONDAFUSE_TEST_ROOT}" "${places[@]}" | grep -v 'home/alice/seen' || true)"
  [[ -z "${found}" ]] || fail "readable by others: ${found}"
  [[ "$(stat -c '%a %U' "${stage}/open/plain.zip")" == "600 $(user alice)" ]] || fail 'the archive'
}

@test "A7 only the owner can read uncommitted changes of a private archive, and a personal layer" {
  local found
  mask=000
  plain_archive alice "${stage}/open/plain.squashfs" 600
  cf alice mount "${stage}/open/plain.squashfs" "$(home_of alice)/seen"
  sh_as alice 'echo new >"$HOME/seen/private"'
  found="$(find "${stage}/open" "$(home_of alice)/.cache" "$(home_of alice)/.local" -mindepth 1 -perm /077 2>/dev/null || true)"
  [[ -z "${found}" ]] || fail "while it is mounted: ${found}"
  cf alice unmount --no-commit "$(home_of alice)/seen"
  found="$(find "${stage}/open" -mindepth 1 -perm /077)"
  [[ -z "${found}" ]] || fail "${found}"
  plain_archive alice "${stage}/sticky/plain.squashfs" 644
  cf bob mount "${stage}/sticky/plain.squashfs" "$(home_of bob)/seen"
  sh_as bob 'echo new >"$HOME/seen/private"'
  cf bob unmount "$(home_of bob)/seen"
  expect_in_output 'layers/plain-'
  found="$(find "$(home_of bob)/.local/state/condafuse" -mindepth 1 -perm /077)"
  [[ -z "${found}" ]] || fail "a personal layer: ${found}"
}

@test "A7 uncommitted changes have the archive's group and mode, so that only the crew can read them" {
  mask=007
  local found
  plain_archive alice "${stage}/open/plain.squashfs" 660 "$(user crew)"
  cf alice mount "${stage}/open/plain.squashfs" "$(home_of alice)/seen"
  mask=002 sh_as alice 'echo new >"$HOME/seen/private"'
  cf alice unmount --no-commit "$(home_of alice)/seen"
  found="$(find "${stage}/open" -mindepth 1 \( -perm /007 -o ! -perm -060 -o ! -group "$(user crew)" \) -printf '%P %m %g\n')"
  [[ -z "${found}" ]] || fail "${found}"
  cf bob mount "${stage}/open/plain.squashfs" "$(home_of bob)/seen"
  [[ "$(as bob cat "$(home_of bob)/seen/private")" == new ]] || fail 'bob does not see it'
  cf bob unmount "$(home_of bob)/seen"
  expect_in_output 'generation 2'
}

# --- Locks

# Locks every file that WHO may open, with every kind of lock, until the work folder contains `stop`.
start_locking() {
  rm -f "${stage}"/work/{stop,locking}
  as "$1" /usr/bin/python3 - "${stage}/work" "${@:2}" <<'PYTHON' 3>&- &
import fcntl, os, struct, sys, time
work, *folders = sys.argv[1:]
held = {}
def lock_all():
    for folder in folders:
        for path in [folder] + [os.path.join(top, name) for top, _, names in os.walk(folder) for name in names]:
            for flags in (os.O_RDWR, os.O_RDONLY):
                try:
                    descriptor = os.open(path, flags | os.O_NONBLOCK)
                except OSError:
                    continue
                key = (os.fstat(descriptor).st_ino, flags)
                if key in held:
                    os.close(descriptor)
                    break
                held[key] = descriptor
                kind = fcntl.F_RDLCK if flags == os.O_RDONLY else fcntl.F_WRLCK
                for attempt in (lambda: fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", kind, os.SEEK_SET, 0, 0, 0)),
                                lambda: fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)):
                    try:
                        attempt()
                    except OSError:
                        pass
                break
while not os.path.exists(work + "/stop"):
    lock_all()
    if not os.path.exists(work + "/locking"):
        open(work + "/locking", "w").close()
    time.sleep(0.005)
PYTHON
  locker=$!
  for _ in {1..500}; do
    [[ ! -e "${stage}/work/locking" ]] || break
    sleep 0.02
  done
}

stop_locking() {
  touch "${stage}/work/stop"
  wait "${locker}"
}

@test "A8 a reader of an archive cannot prevent its owner from writing, whatever the reader locks" {
  plain_archive alice "${stage}/sticky/plain.squashfs"
  # There are changes from an earlier mount.
  cf alice mount "${stage}/sticky/plain.squashfs" "$(home_of alice)/seen"
  sh_as alice 'echo first >"$HOME/seen/note"'
  cf alice unmount --no-commit "$(home_of alice)/seen"
  start_locking mallory "${stage}/sticky"
  cf alice mount "${stage}/sticky/plain.squashfs" "$(home_of alice)/seen"
  expect_status 0
  sh_as alice 'echo second >"$HOME/seen/note"' || fail 'not writable'
  cf alice mount "${stage}/sticky/plain.squashfs" "$(home_of alice)/seen"
  cf alice commit "${stage}/sticky/plain.squashfs"
  expect_status 0
  sh_as alice 'echo third >"$HOME/seen/note"' || fail 'not writable after the commit'
  cf alice unmount "$(home_of alice)/seen"
  expect_status 0
  expect_in_output 'generation 3'
  cf alice rollback "${stage}/sticky/plain.squashfs" 1
  expect_status 0
  cf alice compact "${stage}/sticky/plain.squashfs" --keep 2 --yes
  expect_status 0
  stop_locking
}

@test "A8 a reader of an archive sees who changes it" {
  plain_archive alice "${stage}/sticky/plain.squashfs"
  cf alice mount "${stage}/sticky/plain.squashfs" "$(home_of alice)/seen"
  sh_as alice 'echo first >"$HOME/seen/note"'
  mask=022
  plain_archive alice "${stage}/crew/plain.squashfs" 664 "$(user crew)"
  cf alice mount "${stage}/crew/plain.squashfs" "$(home_of alice)/second"
  sh_as alice 'echo first >"$HOME/second/note"'
  cf bob mount "${stage}/crew/plain.squashfs" "$(home_of bob)/seen"
  expect_status 0
  expect_in_stderr "$(user alice)"
  cf bob unmount "$(home_of bob)/seen"
  cf alice unmount "$(home_of alice)/seen"
  cf alice unmount "$(home_of alice)/second"
  expect_status 0
}

# --- Output to terminals and shells

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
