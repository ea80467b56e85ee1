#!/usr/bin/env bats
# Files beside an archive in a folder that others may write: whose changes are replayed, and what is removed.
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
