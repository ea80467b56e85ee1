#!/usr/bin/env bats
# doctor reports the truth, and removes no uncommitted work without a request.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# The environment small with an uncommitted file.
changed_environment() {
  small_environment
  echo thesis >"$(prefix_of small)/thesis"
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit small
  [[ -d "${archives}/small.changes" ]]
}

@test "changes of a renamed archive are never deleted, and move along on request" {
  changed_environment
  mv "${archives}/small.squashfs" "${archives}/big.squashfs"
  helper doctor
  expect_in_output "uncommitted changes of an archive that is now ${archives}/big.squashfs: ${archives}/small.changes"
  helper doctor --clean
  [[ -d "${archives}/small.changes" ]] || fail 'they were removed without a word'
  helper doctor --clean --discard-changes
  [[ -d "${archives}/small.changes" ]] || fail 'they are not those of a deleted archive'
  answering n doctor --clean
  [[ -d "${archives}/small.changes" ]] || fail 'the answer was no'
  answering y doctor --clean
  expect_in_output 'moved'
  [[ ! -e "${archives}/small.changes" && -d "${archives}/big.changes" ]] || fail 'they were not moved'
  [[ "$(cat "$(prefix_of big)/thesis")" == thesis ]] || fail 'the content'
  unmount big
}

@test "changes that fit two copies of an archive are left to the user" {
  changed_environment
  mv "${archives}/small.squashfs" "${archives}/one.squashfs"
  cp "${archives}/one.squashfs" "${archives}/two.squashfs"
  helper doctor --clean --move-changes
  expect_in_output 'they fit'
  [[ -d "${archives}/small.changes" ]] || fail 'which of both would that be?'
  rm "${archives}/two.squashfs"
  helper doctor --clean --move-changes
  [[ "$(cat "$(prefix_of one)/thesis")" == thesis ]] || fail 'the content'
  unmount one
}

@test "of two diverged copies, changes move to the one that they were made on" {
  small_environment
  cp "${archives}/small.squashfs" "${archives}/fork.squashfs"
  echo one >"$(prefix_of small)/one"
  unmount small
  echo two >"$(prefix_of fork)/two"
  unmount fork
  [[ "$(generation_of small)" == "$(generation_of fork)" ]] || fail 'both are at the same generation'
  echo thesis >"$(prefix_of small)/thesis"
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit small
  mv "${archives}/small.squashfs" "${archives}/big.squashfs"
  helper doctor
  expect_in_output "now ${archives}/big.squashfs"
  # Changes are not moved to an archive that they do not belong to, whatever its name.
  cp "${archives}/fork.squashfs" "${archives}/small.squashfs"
  helper mount small
  [[ "${status}" != 0 ]] || fail 'mounted with the changes of another archive'
  rm "${archives}/small.squashfs"
  helper doctor --clean --move-changes
  expect_in_output 'moved'
  [[ "$(cat "$(prefix_of big)/thesis")" == thesis ]] || fail 'the content'
  unmount big
}

@test "changes of a deleted archive are removed only on request" {
  changed_environment
  rm "${archives}/small.squashfs"
  helper doctor --clean
  expect_in_output '--discard-changes'
  [[ -d "${archives}/small.changes" ]] || fail 'removed without a word'
  helper doctor --clean --json
  [[ -d "${archives}/small.changes" ]] || fail 'removed without a word, in JSON'
  answering n doctor --clean
  [[ -d "${archives}/small.changes" ]] || fail 'the answer was no'
  answering y doctor --clean
  [[ ! -e "${archives}/small.changes" ]] || fail 'the answer was yes'
}

@test "a personal layer moves along with its renamed archive" {
  local layer
  small_environment
  [[ "$(id -u)" != 0 ]] || skip 'root may write every archive'
  chmod 0444 "${archives}/small.squashfs"
  echo mine >"$(prefix_of small)/mine"
  unmount small
  layer="$(echo "${home}"/.local/state/condafuse/layers/small-*)"
  mv "${archives}/small.squashfs" "${archives}/big.squashfs"
  helper doctor --clean
  [[ -d "${layer}" ]] || fail 'removed without a word'
  helper doctor --clean --move-changes
  [[ ! -e "${layer}" && "$(cat "${home}/.local/state/condafuse/layers/"big-*/image)" == "$(realpath "${archives}/big.squashfs")" ]] || fail 'not moved'
  [[ "$(cat "$(prefix_of big)/mine")" == mine ]] || fail 'the content'
  unmount big
}

@test "a mount whose server was killed is a problem, with the command that mends it" {
  local remedy
  small_environment
  prefix_of small >/dev/null
  kill -9 "$(server_at "${mounts}/small")"
  all_ended
  helper doctor
  expect_status 1
  expect_in_output "mount without a running server: ${mounts}/small"
  helper doctor --json
  remedy="$(json '[check["remedy"] for check in answer["checks"] if check["state"] == "wrong"][0]')"
  [[ "${remedy}" == 'condafuse unmount '* ]] || fail 'the remedy'
  run in_environment bash -c "${remedy/#condafuse/\"\$1\"}" sh "${CONDAFUSE_BIN}"
  expect_status 0
  helper doctor
  expect_status 0
}

@test "a server that outlives its mount is named" {
  local server
  small_environment
  prefix_of small >/dev/null
  server="$(server_at "${mounts}/small")"
  sleep_in "${mounts}/small"
  helper unmount small --lazy
  expect_status 0
  helper doctor
  expect_in_output "detached mount that processes still use: ${archives}/small.squashfs, served by process ${server}"
  kill "${sleeper}"
  all_ended
  helper doctor
  [[ "${output}" != *detached* ]] || fail 'it has ended'
}

@test "doctor says whether run works without fusermount3" {
  helper doctor --json
  [[ "$(json 'len([check for check in answer["checks"] if check["name"] == "user namespaces" and check["finding"]])')" == 1 ]] || fail 'not named'
}

@test "doctor does not report unreadable files as damaged" {
  small_environment
  cp "${archives}/small.squashfs" "${archives}/broken.squashfs"
  printf 'x' | dd of="${archives}/broken.squashfs" conv=notrunc status=none
  ln -s "${home}/elsewhere/gone.squashfs" "${archives}/dangling.squashfs"
  mkfifo "${archives}/fifo.squashfs"
  if [[ "$(id -u)" != 0 ]]; then
    cp "${archives}/small.squashfs" "${archives}/secret.squashfs"
    chmod 000 "${archives}/secret.squashfs"
  fi
  helper doctor
  expect_status 1
  [[ "${output}" != *'delete it'* ]] || fail 'the advice to delete'
  expect_in_output "is a symlink to ${home}/elsewhere/gone.squashfs, which does not exist"
  expect_in_output 'is not a regular file'
  expect_in_output "condafuse verify '${archives}/broken.squashfs' shows what is damaged"
  [[ "$(id -u)" == 0 ]] || expect_in_output "you may not read ${archives}/secret.squashfs"
  [[ "$(grep -c 'shows what is damaged' <<<"${output}")" == 1 ]] || fail 'more than one is called damaged'
}
