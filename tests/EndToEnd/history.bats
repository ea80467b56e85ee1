#!/usr/bin/env bats
# Generations: what was changed goes into the archive, and every state of it comes back.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

helper() {
  run --separate-stderr in_environment "${CONDAFUSE_BIN}" "$@"
}

small_environment() {
  kept_environment small greeting
}

prefix_of() {
  in_environment "${CONDAFUSE_BIN}" mount --print-prefix "$1"
}

unmount() {
  in_environment "${CONDAFUSE_BIN}" unmount "$1"
}

# The process behind the mount at $1.
server_at() {
  in_environment "${CONDAFUSE_BIN}" list --json |
    /usr/bin/python3 -c 'import json, sys; print(*(e["serverPid"] for e in json.load(sys.stdin)["environments"] if e["mountPoint"] == sys.argv[1]))' "$(stat -c %m "$1")"
}

generation_of() {
  in_environment "${CONDAFUSE_BIN}" info --json "$1" | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)["generation"])'
}

# Expression $1 over the JSON in $output.
json() {
  /usr/bin/python3 -c "import json, sys; answer = json.load(sys.stdin); print($1)" <<<"${output}"
}

@test "install, unmount, log, roll back: the import fails; roll forward: it works" {
  local shell
  for shell in "${shells[@]}"; do
    kept_environment work python pip greeting
    in_shell "${shell}" "conda-fuse-activate work
conda install -y -q six
conda-fuse-unmount work"
    expect_status 0
    expect_in_output 'committed as generation 2: +six '
    [[ "${output}" =~ 'added ('.*'; in '[0-9.]+' s' ]] || fail 'how much, and how long'
    [[ "$(ls -A "${archives}")" == work.squashfs ]]
    helper log work
    expect_in_output '+six '
    expect_in_output 'in all'
    helper rollback work 1
    expect_status 0
    expect_in_output 'generation 3 now, which is generation 1 again'
    in_shell "${shell}" "conda-fuse-activate work
python -c 'import six'"
    [[ "${status}" != 0 ]] || fail 'six is still there'
    unmount work
    helper rollback work 2
    expect_status 0
    in_shell "${shell}" "conda-fuse-activate work
python -c 'import six; print(\"six is\", six.__version__)'
conda-fuse-unmount work"
    expect_status 0
    expect_in_output 'six is 1'
    helper verify work
    expect_status 0
    expect_in_output 'is sound: '
    rm "${archives}/work.squashfs"
  done
}

@test "the past is mounted beside the present, read-only, and both stay what they are" {
  local prefix past="${mounts}/small@1/small"
  small_environment
  prefix="$(prefix_of small)"
  echo second >"${prefix}/note"
  unmount small
  prefix="$(prefix_of small)"
  helper mount small --generation 1
  expect_status 0
  [[ ! -e "${past}/note" && "$(cat "${prefix}/note")" == second ]]
  run touch "${past}/x"
  expect_in_output 'Read-only file system'
  echo third >"${prefix}/note"
  helper commit small -m 'while both are mounted'
  expect_status 0
  expect_in_output 'Committed generation 3'
  [[ ! -e "${past}/note" && "$(cat "${prefix}/note")" == third ]]
  echo fourth >"${prefix}/note"
  [[ "$(cat "${prefix}/note")" == fourth ]]
  unmount small@1
  unmount small
  [[ "$(generation_of small)" == 4 ]]
  helper diff small 2 3
  expect_in_output 'changed    small/note'
  helper mount small --generation 9
  expect_status 3
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

@test "a directory that shows another generation is said to; several are mounted at once" {
  local number
  small_environment
  for number in 2 3; do
    echo "${number}" >"$(prefix_of small)/note"
    unmount small
  done
  prefix_of small >/dev/null
  helper mount small "${home}/past" --generation 2
  expect_status 0
  helper mount small --generation 3
  expect_status 0
  helper mount small "${home}/past" --generation 2
  expect_in_output "is mounted at ${home}/past"
  helper mount small "${home}/past" --generation 3
  expect_status 4
  expect_in_stderr "${home}/past shows generation 2 of ${archives}/small.squashfs: unmount it first, or name another directory"
  helper mount small "${home}/past"
  expect_status 4
  expect_in_stderr 'shows generation 2'
  helper mount small "${mounts}/small" --generation 3
  expect_status 4
  expect_in_stderr "shows ${archives}/small.squashfs as it is now"
  [[ "$(cat "${home}/past/small/note" "${mounts}/small@3/small/note" "${mounts}/small/small/note")" == $'2\n3\n3' ]]
  unmount "${home}/past"
  unmount small@3
  unmount small
  rmdir "${home}/past"
}

@test "unmount --no-commit keeps the journal, and commit puts it into the archive" {
  small_environment
  echo kept >"$(prefix_of small)/note"
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit small
  [[ "$(generation_of small)" == 1 && -d "${archives}/small.changes" ]]
  helper rollback small 1
  expect_status 5
  expect_in_stderr 'has changes that are not in the archive'
  helper commit small -m 'by hand'
  expect_status 0
  [[ "$(generation_of small)" == 2 && ! -e "${archives}/small.changes" ]]
  helper log small
  expect_in_output 'by hand'
  helper commit small
  expect_in_output 'nothing was changed'
}

@test "a mount that is undone by hand is committed; old bytes stay, and unsquashfs reads the new ones" {
  local prefix before="${home}/before" size
  small_environment
  prefix="$(prefix_of small)"
  cp "${archives}/small.squashfs" "${before}"
  echo by-hand >"${prefix}/note"
  umount "${mounts}/small" 2>/dev/null || fusermount3 -u "${mounts}/small"
  until [[ -z "$(servers)" ]]; do sleep 0.05; done
  [[ "$(generation_of small)" == 2 ]]
  size="$(stat -c %s "${before}")"
  cmp <(tail -c +4097 "${before}") <(head -c "${size}" "${archives}/small.squashfs" | tail -c +4097)
  unsquashfs -no-progress -quiet -d "${home}/out" "${archives}/small.squashfs" >/dev/null
  [[ "$(cat "${home}/out/small/note")" == by-hand ]]
  rmdir "${mounts}/small" # only 'condafuse unmount' removes it
}

@test "a mount is committed although somebody emptied the folder of locks and records" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  echo kept >"${prefix}/note"
  rm -r "${home}/tmp dir"/condafuse-*
  umount "${mounts}/small" 2>/dev/null || fusermount3 -u "${mounts}/small"
  until [[ -z "$(servers)" ]]; do sleep 0.05; done
  [[ "$(generation_of small)" == 2 ]]
  rmdir "${mounts}/small"
}

@test "through a symlink the target is changed; other names of the file keep what they show" {
  small_environment
  mkdir "${home}/elsewhere"
  mv "${archives}/small.squashfs" "${home}/elsewhere/real.squashfs"
  ln -s "${home}/elsewhere/real.squashfs" "${archives}/small.squashfs"
  echo linked >"$(prefix_of small)/note"
  unmount small
  [[ -L "${archives}/small.squashfs" && "$(generation_of small)" == 2 ]]
  ln "${home}/elsewhere/real.squashfs" "${home}/elsewhere/other.squashfs"
  echo again >"$(prefix_of small)/note"
  unmount small
  [[ -L "${archives}/small.squashfs" && "$(generation_of small)" == 3 && "$(generation_of "${home}/elsewhere/other.squashfs")" == 2 ]]
}

@test "compact drops the history and keeps the content" {
  local before
  small_environment
  head -c 3000000 /dev/urandom >"$(prefix_of small)/noise"
  unmount small
  rm "$(prefix_of small)/noise"
  unmount small
  before="$(stat -c %s "${archives}/small.squashfs")"
  helper compact small
  expect_status 0
  (($(stat -c %s "${archives}/small.squashfs") < before - 2000000)) || fail 'it is as long as before'
  [[ "$(generation_of small)" == 4 ]]
  helper verify small
  expect_status 0
  helper log small
  [[ "${output}" != *removed* ]]
  "$(prefix_of small)/bin/greeting"
  unmount small
}

@test "compact --keep keeps the newest generations as they are" {
  local number
  small_environment
  for number in 2 3 4; do
    head -c 1000000 /dev/urandom >"$(prefix_of small)/noise"
    echo "${number}" >"$(prefix_of small)/note"
    in_environment "${CONDAFUSE_BIN}" commit small -m "message ${number}"
    unmount small
  done
  chmod 0640 "${archives}/small.squashfs"
  in_environment "${CONDAFUSE_BIN}" log small | sed -n 's/ .*message/ message/p' >"${home}/before"
  cp -r "$(prefix_of small)" "${home}/fourth"
  helper compact small --keep 2
  expect_status 5
  unmount small
  helper compact small --keep 9 --json
  expect_status 0
  [[ "$(json 'answer["compacted"], answer["generations"], answer["dropped"], answer["bytes"] == answer["bytesBefore"]')" == 'False [4, 3, 2, 1] 0 True' ]] || fail 'nothing to drop'
  helper compact small --keep 2
  expect_status 0
  expect_in_output 'of its history, generations 3 and 4 remain'
  [[ "$(stat -c %a "${archives}/small.squashfs")" == 640 ]] || fail 'its permissions'
  in_environment "${CONDAFUSE_BIN}" log small | sed -n 's/ .*message/ message/p' >"${home}/after"
  cmp <(head -n 3 "${home}/before") "${home}/after"
  helper verify small
  expect_status 0
  diff -r "${home}/fourth" "$(prefix_of small)"
  in_environment "${CONDAFUSE_BIN}" mount small --generation 3
  [[ "$(cat "${mounts}/small@3/small/note")" == 3 ]]
  helper mount small --generation 2
  expect_status 3
  unmount small@3
  unmount small
  helper rollback small 3
  expect_status 0
  unsquashfs -no-progress -quiet -d "${home}/out" "${archives}/small.squashfs" >/dev/null
  [[ "$(cat "${home}/out/small/note")" == 3 ]]
  helper compact small --json
  [[ "$(json 'answer["compacted"], answer["generations"], answer["dropped"]')" == 'True [6] 2' ]] || fail 'anew'
  helper log small
  expect_in_output 'back to 3'
  [[ "$(stat -c %a "${archives}/small.squashfs")" == 640 ]]
  helper compact small --keep 0
  expect_status 2
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

# 12 MB that were put into an archive and taken out again, which only the generation in between needs: the last change is still to come.
noise_in_history() {
  small_environment
  head -c 12000000 /dev/urandom >"$(prefix_of small)/noise"
  unmount small
  rm "$(prefix_of small)/noise"
  helper unmount small
  [[ "${output}" != *background* ]] || fail 'the last change could not be undone'
}

all_ended() {
  local left
  for left in {1..300}; do
    [[ -n "$(servers)" ]] || return 0
    sleep 0.1
  done
  fail "still there: $(servers)"
}

@test "an archive of which too much is of no use is compacted by itself, and the last change can be undone" {
  local before
  noise_in_history
  before="$(stat -c %s "${archives}/small.squashfs")"
  echo one >"$(prefix_of small)/note"
  helper unmount small
  expect_status 0
  expect_in_output 'are of no use to its newest 2 generations: they are given back in the background, and with them generation 1, 2 (CONDA_FUSE_COMPACT=off keeps everything)'
  all_ended
  (($(stat -c %s "${archives}/small.squashfs") < before - 11000000)) || fail 'it is as long as before'
  helper log small --json
  [[ "$(json '[entry["generation"] for entry in answer["generations"]]')" == '[4, 3]' ]] || fail 'the generations'
  helper verify small
  expect_status 0
  [[ "$(cat "$(prefix_of small)/note")" == one ]]
  "${mounts}/small/small/bin/greeting"
  unmount small
  helper rollback small 3
  expect_status 0
  [[ ! -e "$(prefix_of small)/note" ]]
  unmount small
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

@test "nothing is compacted by itself while somebody reads the archive, or where that is turned off" {
  local before
  noise_in_history
  exec 9<"${archives}/small.squashfs"
  echo one >"$(prefix_of small)/note"
  helper unmount small
  expect_in_output 'in the background'
  all_ended
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
  (($(stat -c %s "${archives}/small.squashfs") > 12000000)) || fail 'it was compacted'
  exec 9<&-
  environment+=(CONDA_FUSE_COMPACT=off)
  echo two >"$(prefix_of small)/note"
  helper unmount small
  [[ "${output}" != *background* ]] || fail 'it is turned off'
  environment+=(CONDA_FUSE_COMPACT=perhaps)
  echo three >"$(prefix_of small)/note"
  helper unmount small
  expect_in_output "CONDA_FUSE_COMPACT is 'perhaps', which is neither auto nor off"
  unset 'environment[-1]' 'environment[-1]'
  [[ -z "$(servers)" ]]
  echo four >"$(prefix_of small)/note"
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit small
  helper commit small
  expect_in_output 'in the background'
  all_ended
  (($(stat -c %s "${archives}/small.squashfs") < 12000000)) || fail 'it was not compacted'
  [[ "$(cat "$(prefix_of small)/note")" == four ]]
  unmount small
}

@test "where other hosts might read it nothing is compacted by itself, and a line says what to do" {
  local inner
  small_environment
  inner="$(prefix_of small)/archives" # a folder of FUSE may be anywhere
  mkdir "${inner}"
  cp "${archives}/small.squashfs" "${inner}/other.squashfs"
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${inner}")
  head -c 12000000 /dev/urandom >"$(prefix_of other)/noise"
  unmount other
  rm "$(prefix_of other)/noise"
  unmount other
  echo one >"$(prefix_of other)/note"
  helper unmount other
  expect_status 0
  expect_in_output "'condafuse compact other --keep 2' gives them back"
  (($(stat -c %s "${inner}/other.squashfs") > 12000000)) || fail 'it was compacted'
  helper compact other --keep 2
  expect_status 0
  (($(stat -c %s "${inner}/other.squashfs") < 12000000)) || fail 'it was not compacted'
  [[ "$(cat "$(prefix_of other)/note")" == one ]]
  unmount other
  unset 'environment[-1]'
  unmount small
  all_ended
}

@test "who mounts, changes and commits while an archive is compacted by itself neither fails nor loses anything" {
  local round
  noise_in_history
  for ((round = 1; round <= 8; round++)); do
    head -c 12000000 /dev/urandom >"$(prefix_of small)/noise"
    echo "${round}" >"${mounts}/small/small/note"
    helper unmount small
    expect_status 0
    sleep "0.$((RANDOM % 4))"
    [[ "$(cat "$(prefix_of small)/note")" == "${round}" ]] || fail "round ${round}"
    rm "${mounts}/small/small/noise"
    echo "${round} again" >"${mounts}/small/small/note"
    unmount small
    [[ "$(cat "$(prefix_of small)/note")" == "${round} again" ]] || fail "round ${round} again"
    unmount small
  done
  [[ "$(generation_of small)" == 19 ]]
  all_ended
  helper verify small
  expect_status 0
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

@test "what belongs to a read-only archive goes into an archive of one's own" {
  small_environment
  chmod 0444 "${archives}/small.squashfs"
  echo mine >"$(prefix_of small)/note"
  helper unmount small
  expect_status 0
  expect_in_output 'of your own are kept in'
  [[ "$(generation_of small)" == 1 ]]
  helper commit small
  expect_status 6
  expect_in_stderr "'condafuse commit small --to NEW'"
  helper mount small
  helper commit small
  expect_status 6
  expect_in_stderr "'condafuse commit small --to NEW'"
  unmount small
  for command in 'rollback small 1' 'compact small' 'convert small --to zip'; do
    # shellcheck disable=SC2086 # words
    helper ${command}
    expect_status 6
    expect_in_stderr "its owner may take that away with 'chmod u+w', or 'condafuse commit small --to NEW'"
  done
  printf '%s/bin/greeting' "${mounts}/small/small" >"$(prefix_of small)/own.conf"
  ln -s "${mounts}/small/small/bin/greeting" "${mounts}/small/small/own.link"
  unmount small
  helper commit small --to own
  expect_status 0
  expect_in_output "for ${mounts}/own/small;"
  [[ "$(cat "$(prefix_of own)/note")" == mine ]]
  # It stands by itself: nothing in it leads to the archive that it was made of.
  [[ "$(cat "${mounts}/own/small/own.conf")" == "${mounts}/own/small/bin/greeting" ]] || fail 'a text'
  [[ "$(readlink "${mounts}/own/small/own.link")" == "${mounts}/own/small/bin/greeting" ]] || fail 'a symlink'
  run ! grep -rlF "${mounts}/small/" "${mounts}/own/small" --exclude-dir=conda-meta
  unmount own
  helper verify own
  expect_status 0
  helper discard small --yes
  expect_status 0
}

@test "a folder of archives where one may not write is named, and a path for one's own archive is taken" {
  small_environment
  chmod go+x "${home}/miniconda_fuse" "${archives}"
  chmod go+r "${archives}"
  shared="${archives}"
  as_second_user
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${shared}")
  helper commit small --to own
  expect_status 6
  expect_in_stderr "you may not write in ${shared}: give a path ('--to ~/own.squashfs'), or set CONDA_FUSE_ARCHIVE_PATH"
  helper commit small --to "${home}/own.squashfs"
  expect_status 0
  helper info "${home}/own.squashfs"
  expect_status 0
  helper commit small --to "${home}/own.squashfs"
  expect_status 4
  helper commit small --to "${home}/of nobody/own.squashfs"
  expect_status 3
  unset 'environment[-1]'
}

@test "in every shell: the past beside the present, and a read-only archive with changes of one's own that becomes an archive of one's own" {
  local shell
  for shell in "${shells[@]}"; do
    small_environment
    in_shell "${shell}" "conda-fuse-activate small
echo second >\"\$CONDA_PREFIX/note\"
conda-fuse-unmount small
conda-fuse-activate small
condafuse mount small --generation 1
/usr/bin/cat \"\$CONDA_PREFIX/note\"
/usr/bin/ls '${mounts}/small@1/small'
condafuse unmount small@1
conda-fuse-unmount small"
    expect_status 0
    expect_in_output $'\nsecond\n'
    [[ "${output}" == *$'\nconda-meta\n'* && "${output}" != *$'\nnote\n'* ]] || fail 'the past'
    chmod 0444 "${archives}/small.squashfs"
    in_shell "${shell}" 'conda-fuse-activate small
echo mine >"$CONDA_PREFIX/mine"
conda-fuse-unmount small
conda-fuse-commit small --to own
conda-fuse-activate own
/usr/bin/cat "$CONDA_PREFIX/mine" "$CONDA_PREFIX/note"
conda-fuse-unmount own'
    expect_status 0
    expect_in_output 'of your own are kept in'
    expect_in_output $'mine\nsecond'
    [[ "$(generation_of small)" == 2 ]] || fail 'the read-only archive was changed'
    helper discard small --yes
    expect_status 0
    rm -f "${archives}"/*.squashfs
  done
}

@test "what somebody else committed meanwhile is not told as one's own" {
  small_environment
  chmod 0444 "${archives}/small.squashfs"
  echo mine >"$(prefix_of small)/note"
  chmod 0644 "${archives}/small.squashfs"
  environment+=(XDG_STATE_HOME="${home}/owner" CONDA_FUSE_MOUNT_ROOT="${home}/owner mounts")
  echo theirs >"$(prefix_of small)/theirs"
  helper unmount small
  expect_in_output 'committed as generation 2'
  unset 'environment[-1]' 'environment[-1]'
  helper unmount small
  expect_status 0
  expect_in_output 'of your own are kept in'
  [[ "${output}" != *committed* ]] || fail 'whose commit'
  helper discard small --yes
  expect_status 0
}

@test "after a commit of a mounted environment, unmounting leaves the archive and nothing beside it" {
  small_environment
  echo mine >"$(prefix_of small)/note"
  helper commit small
  expect_status 0
  unmount small
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

@test "in every shell: a second user changes an archive of the first, forks it, and neither disturbs the other" {
  local shell owners
  [[ -n "${CONDAFUSE_TEST_USER:-}" ]] || skip 'only where root runs the tests'
  small_environment
  helper mount small
  echo first >"${mounts}/small/small/note"
  owners=${mounts}/small/small
  cp -p "${archives}/small.squashfs" "${home}/before"
  ln -sf "${archives}/small.squashfs" "${home}/shared"
  chmod go+x "${home}/miniconda_fuse"
  as_second_user
  mv "${home}/../shared" "${archives}/small.squashfs"
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate small
/usr/bin/test -e "$CONDA_PREFIX/note" || echo "nothing of the first"
echo second >"$CONDA_PREFIX/mine"
conda-fuse-unmount small
conda-fuse-activate small
/usr/bin/cat "$CONDA_PREFIX/mine"
conda-fuse-unmount small
conda-fuse-commit small --to own
conda-fuse-activate own
/usr/bin/cat "$CONDA_PREFIX/mine"
conda-fuse-unmount own
condafuse discard small --yes'
    expect_status 0
    expect_in_output 'nothing of the first'
    expect_in_output 'of your own are kept in'
    expect_in_output $'second\n'
    [[ "$(stat -c %U "${archives}/own.squashfs")" == "${CONDAFUSE_TEST_USER}" ]] || fail 'whose archive'
    rm "${archives}/own.squashfs"
  done
  setup
  cmp "${archives}/small.squashfs" "${home}/before"
  [[ "$(cat "${owners}/note")" == first && ! -e "${owners}/mine" ]] || fail 'what the first has mounted'
  unmount small
  [[ "$(generation_of small)" == 2 ]]
}

@test "changes of one's own are carried over to what the archive became; conflicts are said, and nothing is dropped" {
  local shell
  for shell in "${shells[@]}"; do
    small_environment
    chmod 0444 "${archives}/small.squashfs"
    in_shell "${shell}" 'conda-fuse-activate small
echo mine >"$CONDA_PREFIX/mine"
echo here >"$CONDA_PREFIX/both"
conda-fuse-unmount small'
    expect_status 0
    # Its owner, who has another place for changes, commits meanwhile.
    chmod 0644 "${archives}/small.squashfs"
    environment+=(XDG_STATE_HOME="${home}/owner")
    echo theirs >"$(prefix_of small)/theirs"
    echo there >"$(prefix_of small)/both"
    unmount small
    unset 'environment[-1]'
    chmod 0444 "${archives}/small.squashfs"
    in_shell "${shell}" 'conda-fuse-activate small
said
/usr/bin/cat "$CONDA_PREFIX/theirs"
/usr/bin/touch "$CONDA_PREFIX/mine" || :
conda-fuse-unmount small'
    expect_in_output $'code 0\ntheirs\n'
    expect_in_stderr "'small' is mounted read-only, without what was changed in it"
    expect_in_stderr "'condafuse rebase small' carries them over"
    expect_in_stderr 'Read-only file system'
    helper rebase small
    expect_status 1
    expect_in_output 'small/both  added here  added there'
    expect_in_stderr '1 conflict'
    expect_in_stderr "'condafuse rebase small --keep mine'"
    helper rebase small --json
    expect_status 1
    [[ "$(json 'answer["rebased"], answer["before"], answer["generation"], answer["conflicts"]')" == \
      "False 1 2 [{'path': 'small/both', 'here': 'added', 'there': 'added'}]" ]] || fail 'the answer'
    helper rebase small --keep mine
    expect_status 0
    expect_in_output "Carried the changes of 'small' over from generation 1 to 2; of 1 conflict, mine was kept"
    in_shell "${shell}" 'conda-fuse-activate small
/usr/bin/cat "$CONDA_PREFIX/mine" "$CONDA_PREFIX/both" "$CONDA_PREFIX/theirs"
conda-fuse-unmount small'
    expect_status 0
    expect_in_output $'mine\nhere\ntheirs'
    helper rebase small
    expect_in_output 'nothing to carry over'
    helper discard small --yes
    rm -f "${archives}/small.squashfs"
  done
}

# Fills the small file system on which the archives are: nothing else is written to.
fill() {
  mountpoint -q "${archives}"
  dd if=/dev/zero of="${archives}/.fill" bs=4k 2>/dev/null || :
}

# The words of a full disk: the file's own name, and what to do.
expect_full() {
  expect_status 1
  expect_in_stderr "$1"
  expect_in_stderr 'No space left on device'
  expect_in_stderr 'make room on that file system'
  [[ "${stderr}" != *.partial* ]] || fail 'a name that is none'
}

@test "on a full disk: writing says ENOSPC, commands name the file and what to do, and discard works" {
  local prefix
  ((EUID == 0)) || skip 'only root mounts a small file system'
  small_environment
  mv "${archives}/small.squashfs" "${home}/kept"
  mount -t tmpfs -o size=4m tmpfs "${archives}"
  mountpoint -q "${archives}"
  cp "${home}/kept" "${archives}/small.squashfs"
  echo second >"$(prefix_of small)/note"
  unmount small
  prefix="$(prefix_of small)"
  fill
  run -1 touch "${prefix}/new"
  [[ "${output}" == *'No space left on device'* ]] || fail 'another refusal'
  run -1 touch "${prefix}/again"
  [[ "${output}" == *'No space left on device'* ]] || fail 'the right to write was not given back'
  helper unmount small
  expect_status 0
  [[ "${output}${stderr}" != *'cannot be read'* ]] || fail 'words about nobody'
  helper rollback small 1
  expect_full "${archives}/small.squashfs"
  helper compact small
  expect_full "${archives}/small.squashfs"
  helper convert small --to zip --yes
  expect_full "${archives}/small.squashfs"
  helper commit small --to other
  expect_full "${archives}/other.squashfs"
  helper pack "${home}/tmp dir" -o "${archives}/packed.squashfs"
  expect_full "${archives}/packed.squashfs"
  rm "${archives}/.fill"
  [[ "$(ls -A "${archives}")" == small.squashfs && "$(generation_of small)" == 2 ]] || fail 'what was left'
  head -c 500000 /dev/urandom >"$(prefix_of small)/noise"
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit small
  fill
  helper discard small --yes
  expect_status 0
  [[ ! -e "${archives}/small.changes" ]] || fail 'the changes'
  umount "${archives}"
}

# A layer over `small`, whose owner has committed since.
stale_layer() {
  small_environment
  chmod 0444 "${archives}/small.squashfs"
  echo mine >"$(prefix_of small)/mine"
  unmount small
  chmod 0644 "${archives}/small.squashfs"
  owner_commits theirs
  chmod 0444 "${archives}/small.squashfs"
}

# The owner, who keeps changes elsewhere, writes file $1.
owner_commits() {
  environment+=(XDG_STATE_HOME="${home}/owner")
  echo "$1" >"$(prefix_of small)/$1"
  unmount small
  unset 'environment[-1]'
}

@test "jobs go on when the archive moved on below changes of one's own; the changes become an archive, or are carried over" {
  stale_layer
  helper run small -- sh -c 'cat "${CONDA_PREFIX}/theirs"; ls "${CONDA_PREFIX}"'
  expect_status 0
  expect_in_output theirs
  [[ "${output}" != *mine* ]] || fail 'a layer over another generation'
  expect_in_stderr "'condafuse commit small --to NEW' makes an archive of your own"
  helper mount --read-only small --json
  expect_status 0
  expect_in_stderr 'without what was changed in it'
  [[ "$(json 'answer["readOnly"], answer["wasMounted"]')" == 'True True' ]] || fail 'the answer'
  helper commit small --to own
  expect_status 0
  [[ "$(cat "$(prefix_of own)/mine")" == mine && ! -e "$(prefix_of own)/theirs" ]] || fail 'what they are of, and them'
  unmount own
  helper rebase small
  expect_status 0
  helper mount small
  expect_status 0
  expect_in_stderr 'settled now'
  unmount small
  helper mount small
  expect_status 0
  [[ "$(cat "$(prefix_of small)/mine" "$(prefix_of small)/theirs")" == $'mine\ntheirs' ]] || fail 'both'
  unmount small
  helper discard small --yes
}

@test "what cannot be carried over any more is said to be so; compact with nothing to gain does nothing" {
  stale_layer
  chmod 0644 "${archives}/small.squashfs"
  cp "${archives}/small.squashfs" "${home}/copy"
  environment+=(XDG_STATE_HOME="${home}/owner")
  helper compact small
  expect_status 0
  helper compact small --json
  expect_status 0
  [[ "$(json 'answer["compacted"], answer["generations"], answer["bytes"] == answer["bytesBefore"]')" == 'False [3] True' ]] || fail 'once more'
  helper compact small
  expect_in_output 'there is nothing to gain'
  unset 'environment[-1]'
  helper compact --help
  expect_in_output 'cannot be carried over any more'
  helper run small -- true
  expect_status 0
  expect_in_stderr 'it was compacted'
  [[ "${stderr}" != *rebase* ]] || fail 'an advice that does not help'
  unmount small
  helper rebase small
  expect_status 1
  expect_in_stderr 'nothing can carry them over'
  helper commit small --to own
  expect_status 1
  cp "${home}/copy" "${archives}/small.squashfs"
  helper commit small --to own
  expect_status 0
  [[ "$(cat "$(prefix_of own)/mine")" == mine ]] || fail 'the layer'
  unmount own
  helper discard small --yes
  expect_status 0
}

@test "list says which generation a mount shows, and what waits to be committed" {
  small_environment
  echo second >"$(prefix_of small)/note"
  unmount small
  echo third >"$(prefix_of small)/note"
  in_environment "${CONDAFUSE_BIN}" mount small --generation 1
  helper list --json
  [[ "$(json 'sorted((e["mountPoint"].split("/")[-1], e["generation"], e["mountedGeneration"], e["pendingChanges"] > 0) for e in answer["environments"])')" == \
    "[('small', 2, 2, True), ('small@1', 2, 1, False)]" ]] || fail 'the answer'
  helper list
  [[ "${output}" =~ small\ .*\ 2\ +[0-9]+\ \([0-9]+B\)\ .*envs/small ]] || fail 'the present'
  [[ "${output}" =~ small\ .*\ 1\ of\ 2\ +-\ .*small@1 ]] || fail 'the past'
  unmount small@1
  unmount small
  helper list --json
  [[ "$(json '[(e["generation"], e["mountedGeneration"], e["pendingBytes"]) for e in answer["environments"]]')" == '[(3, None, 0)]' ]] || fail 'unmounted'
}

@test "list shows what is mounted, counts an archive once, follows symlinks to archives, and tells of two with one name" {
  small_environment
  cp "${archives}/small.squashfs" "${home}/elsewhere.squashfs"
  head -c 100000 /dev/zero >"$(prefix_of small)/note"
  unmount small
  prefix_of small >/dev/null
  in_environment "${CONDAFUSE_BIN}" mount small --generation 1
  in_environment "${CONDAFUSE_BIN}" mount small "${home}/again" --generation 1
  # Other mounts of this user, if there are any, are listed too.
  helper list --json
  [[ "$(json 'len({(e["files"], e["uncompressedBytes"]) for e in answer["environments"] if e["name"] == "small" and e["mountedGeneration"] == 1})')" == 1 ]] || fail 'the past differs'
  [[ "$(json '[max(values) - min(values) for values in ([e[key] for e in answer["environments"] if e["archive"].startswith("'"${archives}"'")] for key in ("files", "uncompressedBytes", "bytes"))]')" \
    == '[1, 100000, 0]' ]] || fail 'the past is not told from the present'
  local archives_in_all files
  archives_in_all="$(json 'len({e["archive"] for e in answer["environments"]})')"
  files="$(json 'sum({e["archive"]: e["files"] for e in sorted(answer["environments"], key=lambda e: e["files"])}.values())')"
  helper list
  [[ "${output}" =~ ${archives_in_all}\ in\ all\ .*\ ${files}\ .*mounted ]] || fail "the totals: ${archives_in_all} archives, ${files} files"
  helper list --names --mounted
  expect_output $'small\nsmall@1'
  unmount "${home}/again"
  unmount small@1
  unmount small

  ln -s "${home}/elsewhere.squashfs" "${archives}/linked.squashfs"
  printf 'PK\5\6%018d' 0 | tr 0 '\0' >"${archives}/small.zip"
  helper list --json
  [[ "$(json '[e["bytes"] for e in answer["environments"] if e["name"] == "linked"]')" == "[$(stat -c %s "${home}/elsewhere.squashfs")]" ]] || fail 'the size of the link'
  [[ "$(json 'sorted((e["name"], e["problem"] is None) for e in answer["environments"] if e["mountPoint"] is None)')" == "[('linked', True), ('small', False), ('small', False)]" ]] || fail 'two of one name'
  helper list
  expect_in_output 'another archive has the same name'
}

@test "the past has a name: it is mounted, activated and run by that; to all else it says what it is" {
  small_environment
  echo second >"$(prefix_of small)/note"
  unmount small
  local command
  for command in 'log small@1' 'diff small@1' 'commit small@1' 'info small@1'; do
    # shellcheck disable=SC2086 # words
    helper ${command}
    expect_status 3
    expect_in_stderr "'small@1' is generation 1 of 'small'"
    expect_not_in_stderr deleted
  done
  helper run small@1 -- /bin/sh -c 'ls "${CONDA_PREFIX}"; touch "${CONDA_PREFIX}/x"'
  [[ "${status}" -ne 0 && "${output}" != *note* && "${stderr}" == *'Read-only file system'* ]] || fail 'run'
  helper mount --print-prefix small@1
  expect_output "${mounts}/small@1/small"
  helper log small@1
  expect_status 3
  expect_in_stderr "'small@1' is generation 1 of 'small'"
  in_plain_shell bash 'conda-fuse-activate small@1; echo "${CONDA_PREFIX}"; conda-fuse-unmount small@1; said'
  expect_in_output "${mounts}/small@1/small"
  expect_in_output 'code 0'
  helper mount small@7
  expect_status 3
  helper mount other@1
  expect_status 3
  expect_in_stderr "no environment named 'other@1'"
  cp "${archives}/small.squashfs" "${archives}/small@1.squashfs"
  helper mount --print-prefix small@1
  [[ -e "${output}/note" ]] || fail 'an archive of that name counts first'
  unmount small@1
  mkdir "${home}/far" && mv "${archives}/small@1.squashfs" "${home}/far/small.squashfs" && rm "${archives}/small.squashfs"
  in_environment "${CONDAFUSE_BIN}" mount "${home}/far/small.squashfs"
  helper log small
  expect_status 3
  expect_in_stderr "${home}/far/small.squashfs; name that file"
  unmount small
}

@test "log tells the packages of each generation, whatever its message says" {
  small_environment
  local prefix
  prefix="$(prefix_of small)"
  mkdir -p "${prefix}/lib/python3.11/site-packages/tqdm-4.64.1.dist-info"
  echo '{}' >"${prefix}/conda-meta/tqdm-4.64.1-0.json"
  echo '{}' >"${prefix}/conda-meta/six-1.16.0-0.json"
  helper commit small -m 'six'
  expect_status 0
  expect_in_output '+six 1.16.0, +tqdm 4.64.1;'
  rm "${prefix}/conda-meta/six-1.16.0-0.json"
  helper commit small
  echo x >"${prefix}/note"
  helper commit small -m 'only a note'
  unmount small
  helper log small
  expect_in_output '  six (+six 1.16.0, +tqdm 4.64.1)'
  [[ "${lines[2]}" == *'  -six 1.16.0' && "${lines[1]}" == *'  only a note' ]] || fail 'the messages'
  helper log small --json
  [[ "$(json '[e["packages"] if not e["packages"] else [(p["name"], p["installer"], p["before"], p["after"]) for p in e["packages"]] for e in answer["generations"]]')" == \
    "[[], [('six', 'conda', '1.16.0', None)], [('six', 'conda', None, '1.16.0'), ('tqdm', 'conda', None, '4.64.1')], None]" ]] || fail 'the answer'
}

@test "a server that is killed while it commits leaves the old generation with its journal, or the new one" {
  local prefix server round rounds="${CONDAFUSE_COMMIT_KILLS:-${CONDAFUSE_KILLS:-15}}"
  small_environment
  for ((round = 1; round <= rounds; round++)); do
    prefix="$(prefix_of small)"
    [[ "${round}" == 1 || "$(cat "${prefix}/note")" == "$((round - 1))" ]] || fail "round ${round}: what was acknowledged is lost"
    echo "${round}" >"${prefix}/note"
    head -c "$((RANDOM * 40))" /dev/urandom >"${prefix}/noise"
    sync "${prefix}/noise"
    server="$(server_at "${prefix}")"
    umount "${mounts}/small" 2>/dev/null || fusermount3 -u "${mounts}/small"
    sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
    kill -KILL "${server}" 2>/dev/null || true
    while [[ -d "/proc/${server}" ]]; do sleep 0.01; done
    if ((round % 7 == 0)); then
      helper verify small
      expect_status 0
    fi
  done
  [[ "$(cat "$(prefix_of small)/note")" == "${rounds}" ]] || fail 'the last change is lost'
  unmount small
  helper verify small
  expect_status 0
  all_ended # it may have been compacted by itself meanwhile
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

# The numbers of the generations that an archive holds, the newest first.
generations() {
  in_environment "${CONDAFUSE_BIN}" log small --json |
    /usr/bin/python3 -c 'import json, sys; print(*(entry["generation"] for entry in json.load(sys.stdin)["generations"]))'
}

@test "a compaction that is killed leaves the old file or the new one, with the generations that were to be kept" {
  local round rounds="${CONDAFUSE_COMMIT_KILLS:-${CONDAFUSE_KILLS:-15}}" keep compaction code killed=0 replaced=0
  local -a before after
  small_environment
  for ((round = 1; round <= rounds; round++)); do
    echo "${round}" >"$(prefix_of small)/note"
    head -c "$((RANDOM * 40))" /dev/urandom >"${mounts}/small/small/noise"
    unmount small
    read -ra before <<<"$(generations)"
    keep="$((RANDOM % 3 + 1))"
    env -i "${environment[@]}" "${CONDAFUSE_BIN}" compact small --keep "${keep}" >"${home}/said" 2>&1 &
    compaction="$!"
    sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
    kill -KILL "${compaction}" 2>/dev/null || true
    code=0
    wait "${compaction}" 2>/dev/null || code="$?"
    [[ "${code}" == 0 || "${code}" == 137 ]] || fail "round ${round}: $(cat "${home}/said")"
    killed="$((killed + (code == 137)))"
    read -ra after <<<"$(generations)"
    if [[ "${after[*]}" == "${before[*]}" ]]; then
      ((code == 137 || keep >= ${#before[@]})) || fail "round ${round}: nothing was done"
    elif [[ "${keep}" == 1 ]]; then
      replaced="$((replaced + (code == 137)))"
      [[ "${after[*]}" == "$((before[0] + 1))" ]] || fail "round ${round}: ${before[*]}, then ${after[*]}"
    else
      replaced="$((replaced + (code == 137)))"
      [[ "${after[*]}" == "${before[*]:0:keep}" ]] || fail "round ${round}: ${before[*]}, keep ${keep}, then ${after[*]}"
    fi
    [[ "$(cat "$(prefix_of small)/note")" == "${round}" ]] || fail "round ${round}: what was committed is lost"
    unmount small
    if ((round % 7 == 0)); then
      helper verify small
      expect_status 0
    fi
  done
  helper verify small
  expect_status 0
  all_ended
  helper doctor --clean
  rm -rf "${archives}/small.changes" # the right to write of a killed process
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
  echo "# ${killed} of ${rounds} compactions killed at work, ${replaced} of them when the new file was there" >&3
}
