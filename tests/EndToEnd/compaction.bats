#!/usr/bin/env bats
# Freeing data that no generation needs, on request and automatically.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# The numbers of the generations in an archive, the newest first.
generations() {
  in_environment "${CONDAFUSE_BIN}" log small --json |
    /usr/bin/python3 -c 'import json, sys; print(*(entry["generation"] for entry in json.load(sys.stdin)["generations"]))'
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
  expect_status 2
  expect_in_stderr 'this permanently removes generations 1 and 2 of'
  expect_in_stderr '--yes'
  [[ "$(stat -c %s "${archives}/small.squashfs")" == "${before}" ]] || fail 'nobody was asked'
  helper compact small --yes
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

@test "compact --keep keeps the newest generations unchanged" {
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
  helper compact small --keep 2 --yes
  expect_status 5
  unmount small
  helper compact small --keep 9 --json
  expect_status 0
  [[ "$(json 'answer["compacted"], answer["generations"], answer["dropped"], answer["bytes"] == answer["bytesBefore"]')" == 'False [4, 3, 2, 1] 0 True' ]] || fail 'nothing to drop'
  helper compact small --keep 2 --yes
  expect_status 0
  expect_in_output 'it holds generations 3 and 4'
  [[ "$(stat -c %a "${archives}/small.squashfs")" == 640 ]] || fail 'its permissions'
  in_environment "${CONDAFUSE_BIN}" log small | sed -n 's/ .*message/ message/p' >"${home}/after"
  cmp <(head -n 2 "${home}/before") "${home}/after"
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
  helper compact small --json --yes
  [[ "$(json 'answer["compacted"], answer["generations"], answer["dropped"]')" == 'True [6] 2' ]] || fail 'compacted again'
  helper log small
  expect_in_output 'back to 3'
  [[ "$(stat -c %a "${archives}/small.squashfs")" == 640 ]]
  helper compact small --keep 0
  expect_status 2
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

# 12 MB added to an archive and removed again: only the generation in between needs them. Its removal is announced, unless the default policy applies.
noise_in_history() {
  small_environment
  environment+=(CONDA_FUSE_KEEP="${1-2,0h,0d}")
  head -c 12000000 /dev/urandom >"$(prefix_of small)/noise"
  unmount small
  rm "$(prefix_of small)/noise"
  helper unmount small
  [[ "${output}" != *background* && "${output}" != *removes* ]] || fail 'the last change could not be undone'
  echo zero >"$(prefix_of small)/note"
  helper unmount small
  announced="${output}"
}

@test "by default, nothing of the last 48 hours is removed, and nothing without an announcement" {
  noise_in_history ''
  [[ "${announced}" != *removes* ]] || fail 'announced'
  for number in 1 2 3 4 5 6 7 8 9 10 11; do
    echo "${number}" >"$(prefix_of small)/note"
    helper unmount small
    [[ "${output}" != *removes* && "${output}" != *background* ]] || fail "commit ${number}"
  done
  all_ended
  [[ "$(generations | wc -w)" == 15 ]] || fail 'the generations'
  environment+=(CONDA_FUSE_KEEP='ten')
  echo more >"$(prefix_of small)/note"
  helper unmount small
  expect_in_output "CONDA_FUSE_KEEP is 'ten'"
}

@test "an emptied environment is reported, listed, and restored by the suggested command" {
  local prefix number
  small_environment
  environment+=(CONDA_FUSE_KEEP=2,0h,0d)
  head -c 12000000 /dev/urandom >"$(prefix_of small)/noise"
  unmount small
  prefix="$(prefix_of small)"
  rm -rf "${prefix:?}"/* || true
  helper unmount small
  expect_status 0
  expect_in_stderr "'small' is no longer an environment"
  expect_in_stderr "condafuse rollback small 2"
  for number in 1 2 3; do
    in_environment "${CONDAFUSE_BIN}" mount small
    echo "${number}" >"${mounts}/small/note"
    helper unmount small
    expect_in_stderr "condafuse rollback small 2"
  done
  all_ended
  helper list
  expect_in_output 'empty; to restore it: condafuse rollback small 2'
  helper list --json
  [[ "$(json '[e["lastEnvironment"] for e in answer["environments"] if e["mountPoint"] is None]')" == '[2]' ]] || fail 'the last environment'
  helper rollback small 2
  expect_status 0
  "$(prefix_of small)/bin/greeting"
  unmount small
  helper list
  [[ "${output}" != *emptied* ]]
}

@test "old generations are removed in the background at the commit after the one that announced them" {
  local before
  noise_in_history
  [[ "${announced}" == *"the next commit of 'small' removes generations 1 and 2"* ]] || fail 'announced'
  before="$(stat -c %s "${archives}/small.squashfs")"
  echo one >"$(prefix_of small)/note"
  helper unmount small
  expect_status 0
  expect_in_output "compacting 'small' in the background"
  expect_in_output 'removes generations 1 and 2'
  all_ended
  (($(stat -c %s "${archives}/small.squashfs") < before - 11000000)) || fail 'it is as long as before'
  helper log small --json
  [[ "$(json '[entry["generation"] for entry in answer["generations"]]')" == '[5, 4, 3]' ]] || fail 'the generations'
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

@test "nothing is compacted automatically while the archive is read, or if that is turned off" {
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
  expect_in_output "CONDA_FUSE_COMPACT is 'perhaps'; it must be 'auto' or 'off'"
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

@test "if other hosts might read the archive, it is not compacted automatically, and a hint says what to do" {
  local inner
  small_environment
  inner="$(prefix_of small)/archives" # a folder in a FUSE mount may be on any host
  mkdir "${inner}"
  cp "${archives}/small.squashfs" "${inner}/other.squashfs"
  environment+=(CONDA_FUSE_KEEP=2,0h,0d CONDA_FUSE_ARCHIVE_PATH="${inner}")
  head -c 12000000 /dev/urandom >"$(prefix_of other)/noise"
  unmount other
  rm "$(prefix_of other)/noise"
  unmount other
  echo zero >"$(prefix_of other)/note"
  unmount other
  echo one >"$(prefix_of other)/note"
  helper unmount other
  expect_status 0
  expect_in_output "generations 1 and 2 of 'other' can be removed"
  (($(stat -c %s "${inner}/other.squashfs") > 12000000)) || fail 'it was compacted'
  helper compact other --expired --yes
  expect_status 0
  (($(stat -c %s "${inner}/other.squashfs") < 12000000)) || fail 'it was not compacted'
  [[ "$(cat "$(prefix_of other)/note")" == one ]]
  unmount other
  unset 'environment[-1]'
  unmount small
  all_ended
}

@test "mounts, changes and commits during an automatic compaction neither fail nor lose anything" {
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
  [[ "$(generation_of small)" == 20 ]]
  all_ended
  helper verify small
  expect_status 0
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
}

@test "a killed compaction leaves the old file or the new one, with the generations to keep" {
  local round rounds="${CONDAFUSE_COMMIT_KILLS:-${CONDAFUSE_KILLS:-15}}" keep compaction code killed=0 replaced=0
  local -a before after
  small_environment
  for ((round = 1; round <= rounds; round++)); do
    echo "${round}" >"$(prefix_of small)/note"
    head -c "$((RANDOM * 40))" /dev/urandom >"${mounts}/small/small/noise"
    unmount small
    read -ra before <<<"$(generations)"
    keep="$((RANDOM % 3 + 1))"
    env -i "${environment[@]}" "${CONDAFUSE_BIN}" compact small --yes --keep "${keep}" >"${home}/said" 2>&1 &
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
  rm -rf "${archives}/small.changes" # the write lock of a killed process
  [[ "$(ls -A "${archives}")" == small.squashfs ]]
  echo "# ${killed} of ${rounds} compactions killed at work, ${replaced} of them when the new file was there" >&3
}
