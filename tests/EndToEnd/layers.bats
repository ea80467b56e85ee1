#!/usr/bin/env bats
# Personal layers: a user's changes to archives that the user may not write.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

@test "changes of a read-only archive can be committed to a new archive" {
  small_environment
  chmod 0444 "${archives}/small.squashfs"
  echo mine >"$(prefix_of small)/note"
  helper unmount small
  expect_status 0
  expect_in_output 'are kept in'
  [[ "$(generation_of small)" == 1 ]]
  helper commit small
  expect_status 6
  expect_in_stderr "'condafuse commit small --to NEW'"
  helper mount small
  helper commit small
  expect_status 6
  expect_in_stderr "'condafuse commit small --to NEW'"
  unmount small
  for command in 'rollback small 1' 'compact small --yes' 'convert small --to zip'; do
    # shellcheck disable=SC2086 # words
    helper ${command}
    expect_status 6
    expect_in_stderr "its owner can run 'chmod u+w', or 'condafuse commit small --to NEW'"
  done
  printf '%s/bin/greeting' "${mounts}/small/small" >"$(prefix_of small)/own.conf"
  ln -s "${mounts}/small/small/bin/greeting" "${mounts}/small/small/own.link"
  unmount small
  helper commit small --to own
  expect_status 0
  expect_in_output "for the prefix ${mounts}/own/small;"
  [[ "$(cat "$(prefix_of own)/note")" == mine ]]
  # It is independent: nothing in it refers to the archive that it was created from.
  [[ "$(cat "${mounts}/own/small/own.conf")" == "${mounts}/own/small/bin/greeting" ]] || fail 'a text'
  [[ "$(readlink "${mounts}/own/small/own.link")" == "${mounts}/own/small/bin/greeting" ]] || fail 'a symlink'
  run ! grep -rlF "${mounts}/small/" "${mounts}/own/small" --exclude-dir=conda-meta
  unmount own
  helper verify own
  expect_status 0
  helper discard small --yes
  expect_status 0
}

@test "an archive folder that is not writable is named, and a path for the new archive is accepted" {
  small_environment
  chmod go+x "${home}/miniconda_fuse" "${archives}"
  chmod go+r "${archives}"
  shared="${archives}"
  as_second_user
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${shared}")
  helper commit small --to own
  expect_status 6
  expect_in_stderr "hint: --to ~/own.squashfs writes it elsewhere; or set CONDA_FUSE_ARCHIVE_PATH"
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

@test "in every shell: an earlier generation beside the current one, and a read-only archive with a personal layer that becomes a new archive" {
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
    expect_in_output 'are kept in'
    expect_in_output $'mine\nsecond'
    [[ "$(generation_of small)" == 2 ]] || fail 'the read-only archive was changed'
    helper discard small --yes
    expect_status 0
    rm -f "${archives}"/*.squashfs
  done
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
    expect_in_output 'are kept in'
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

@test "personal changes are rebased onto the archive's new generation; conflicts are reported, and nothing is dropped" {
  local shell
  for shell in "${shells[@]}"; do
    small_environment
    chmod 0444 "${archives}/small.squashfs"
    in_shell "${shell}" 'conda-fuse-activate small
echo mine >"$CONDA_PREFIX/mine"
echo here >"$CONDA_PREFIX/both"
conda-fuse-unmount small'
    expect_status 0
    # Meanwhile its owner, with another folder for changes, commits.
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
    expect_in_stderr "'small' is mounted read-only, without its uncommitted changes"
    expect_in_stderr "hint: condafuse rebase small carries them over"
    expect_in_stderr 'Read-only file system'
    helper rebase small
    expect_status 1
    expect_in_output 'added here  added there  small/both'
    expect_in_stderr '1 conflict'
    expect_in_stderr "condafuse rebase small --keep mine"
    helper rebase small --json
    expect_status 1
    [[ "$(json 'answer["rebased"], answer["before"], answer["generation"], answer["conflicts"]')" == \
      "False 1 2 [{'path': 'small/both', 'here': 'added', 'there': 'added'}]" ]] || fail 'the answer'
    helper rebase small --keep mine
    expect_status 0
    expect_in_output "Carried the changes of 'small' over from generation 1 to 2; 1 conflict resolved with mine"
    in_shell "${shell}" 'conda-fuse-activate small
/usr/bin/cat "$CONDA_PREFIX/mine" "$CONDA_PREFIX/both" "$CONDA_PREFIX/theirs"
conda-fuse-unmount small'
    expect_status 0
    expect_in_output $'mine\nhere\ntheirs'
    helper rebase small
    expect_in_output 'Nothing to carry over'
    helper discard small --yes
    rm -f "${archives}/small.squashfs"
  done
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

# The owner, with another folder for changes, writes file $1.
owner_commits() {
  environment+=(XDG_STATE_HOME="${home}/owner")
  echo "$1" >"$(prefix_of small)/$1"
  unmount small
  unset 'environment[-1]'
}

@test "jobs continue when the archive below a personal layer changes; the layer becomes an archive, or is rebased" {
  stale_layer
  helper run small -- sh -c 'cat "${CONDA_PREFIX}/theirs"; ls "${CONDA_PREFIX}"'
  expect_status 0
  expect_in_output theirs
  [[ "${output}" != *mine* ]] || fail 'a layer over another generation'
  expect_in_stderr "'condafuse commit small --to NEW' writes them to a new archive"
  helper mount --read-only small --json
  expect_status 0
  expect_in_stderr 'without its uncommitted changes'
  [[ "$(json 'answer["readOnly"], answer["wasMounted"]')" == 'True True' ]] || fail 'the answer'
  helper commit small --to own
  expect_status 0
  [[ "$(cat "$(prefix_of own)/mine")" == mine && ! -e "$(prefix_of own)/theirs" ]] || fail 'what they are of, and them'
  unmount own
  helper rebase small
  expect_status 0
  helper mount small
  expect_status 0
  expect_in_stderr 'can be read again'
  unmount small
  helper mount small
  expect_status 0
  [[ "$(cat "$(prefix_of small)/mine" "$(prefix_of small)/theirs")" == $'mine\ntheirs' ]] || fail 'both'
  unmount small
  helper discard small --yes
}

@test "changes that cannot be rebased any more are reported; compact with nothing to gain does nothing" {
  stale_layer
  chmod 0644 "${archives}/small.squashfs"
  cp "${archives}/small.squashfs" "${home}/copy"
  environment+=(XDG_STATE_HOME="${home}/owner")
  helper compact small --yes
  expect_status 0
  helper compact small --json
  expect_status 0
  [[ "$(json 'answer["compacted"], answer["generations"], answer["bytes"] == answer["bytesBefore"]')" == 'False [3] True' ]] || fail 'once more'
  helper compact small
  expect_in_output 'Nothing to compact'
  unset 'environment[-1]'
  helper compact --help
  expect_in_output 'no longer fit'
  helper run small -- true
  expect_status 0
  expect_in_stderr 'the archive was compacted'
  [[ "${stderr}" != *rebase* ]] || fail 'an advice that does not help'
  unmount small
  helper rebase small
  expect_status 1
  expect_in_stderr 'cannot be carried over'
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
