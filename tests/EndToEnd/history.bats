#!/usr/bin/env bats
# Generations: changes are committed to the archive, and every state can be restored.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
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
    expect_in_output 'Restored generation 1 of '
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
    expect_in_output 'is undamaged: '
    rm "${archives}/work.squashfs"
  done
}

@test "an earlier generation is mounted beside the current one, read-only, and both stay unchanged" {
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
  [[ "$(ls -A "${archives}")" == small.squashfs ]] || fail "left beside the archive: $(ls -lA "${archives}" "${archives}"/*.changes)"
}

@test "a directory with another generation is reported; several are mounted at once" {
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
  expect_in_output "is already mounted at ${home}/past"
  helper mount small "${home}/past" --generation 3
  expect_status 4
  expect_in_stderr "generation 2 of ${archives}/small.squashfs is mounted at ${home}/past"
  helper mount small "${home}/past"
  expect_status 4
  expect_in_stderr 'generation 2 of '
  helper mount small "${mounts}/small" --generation 3
  expect_status 4
  expect_in_stderr "the current generation of ${archives}/small.squashfs is mounted"
  [[ "$(cat "${home}/past/small/note" "${mounts}/small@3/small/note" "${mounts}/small/small/note")" == $'2\n3\n3' ]]
  unmount "${home}/past"
  unmount small@3
  unmount small
  rmdir "${home}/past"
}

@test "a commit names new symlinks out of the environment" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  ln -s bin "${prefix}/inside"
  ln -s "${prefix}/bin" "${prefix}/own"
  helper commit small
  expect_status 0
  expect_not_in_stderr 'symlinks'
  ln -s /usr/bin/env "${prefix}/out"
  ln -s ../../../elsewhere "${prefix}/bin/up"
  helper unmount small
  expect_status 0
  expect_in_stderr '2 symlinks point outside the environment; the archive does not contain their targets: small/bin/up -> '
  expect_not_in_stderr '\n'
  expect_in_stderr 'small/out -> /usr/bin/env'
  expect_in_stderr 'small/bin/up -> ../../../elsewhere'
  # Symlinks that the archive has already are not reported again.
  echo more >"$(prefix_of small)/note"
  helper unmount small
  expect_not_in_stderr 'symlinks'
}

@test "restoring the current content does nothing, with a message" {
  local before
  small_environment
  helper rollback small 1
  expect_status 0
  expect_in_output "already has the content of generation 1"
  [[ "$(generation_of small)" == 1 ]]
  echo new >"$(prefix_of small)/note"
  unmount small
  helper rollback small 1
  expect_in_output 'as generation 3'
  before="$(sha256sum <"${archives}/small.squashfs")"
  helper rollback small 1
  expect_in_output 'nothing to restore'
  [[ "$(sha256sum <"${archives}/small.squashfs")" == "${before}" ]] || fail 'the archive'
}

@test "unmount, rollback, discard, extract, pack and convert print JSON, and messages on standard error" {
  local prefix
  small_environment
  echo new >"$(prefix_of small)/note"
  helper unmount small --json
  expect_status 0
  [[ "$(json 'answer["mountPoint"], answer["outcome"], answer["generation"], answer["failure"]')" == "${mounts}/small ended 2 None" ]] || fail 'unmount'
  expect_in_stderr 'committed as generation 2'
  helper rollback small 1 --json
  [[ "$(json 'answer["restored"], answer["generation"], answer["removed"] > 0')" == '1 3 True' ]] || fail 'rollback'
  helper rollback small 1 --json
  [[ "$(json 'answer["restored"], answer["generation"]')" == '1 None' ]] || fail 'rollback to the present content'
  echo more >"$(prefix_of small)/note"
  helper unmount small --no-commit --json
  [[ "$(json 'answer["keptChanges"] > 0, "generation" in answer')" == 'True False' ]] || fail 'kept changes'
  helper discard small --yes --json
  [[ "$(json 'answer["name"], answer["bytes"] > 0')" == 'small True' ]] || fail 'discard'
  helper discard small --json
  [[ "$(json 'answer["bytes"]')" == 0 ]] || fail 'nothing to discard'
  helper extract small "${home}/extracted" --json
  [[ "$(json 'answer["path"], answer["files"] > 5, answer["warnings"]')" == "${home}/extracted True []" ]] || fail 'extract'
  helper pack "${home}/extracted" -o "${home}/packed.tar" --json
  [[ "$(json 'answer["path"], answer["bytes"] > 0')" == "${home}/packed.tar True" ]] || fail 'pack'
  prefix_of small >/dev/null
  helper unmount --all --json
  [[ "$(json '[mount["outcome"] for mount in answer["mounts"]]')" == "['ended']" ]] || fail 'unmount --all'
  helper convert small --to zip --yes --json
  [[ "$(json 'answer["archive"], answer["format"]')" == "${archives}/small.zip zip" ]] || fail 'convert'
  helper unmount small --json
  expect_status 3
  [[ "$(json 'answer["error"]["code"]')" == 3 ]] || fail 'a failure'
}

@test "unmount --no-commit keeps the journal, and commit puts it into the archive" {
  small_environment
  echo kept >"$(prefix_of small)/note"
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit small
  [[ "$(generation_of small)" == 1 && -d "${archives}/small.changes" ]]
  helper rollback small 1
  expect_status 5
  expect_in_stderr 'has uncommitted changes'
  helper commit small -m 'by hand'
  expect_status 0
  [[ "$(generation_of small)" == 2 && ! -e "${archives}/small.changes" ]]
  helper log small
  expect_in_output 'by hand'
  helper commit small
  expect_in_output 'No uncommitted changes'
}

@test "a mount detached by hand is committed; old bytes stay, and unsquashfs reads the new ones" {
  local prefix before="${home}/before" size
  small_environment
  prefix="$(prefix_of small)"
  cp "${archives}/small.squashfs" "${before}"
  echo by-hand >"${prefix}/note"
  umount "${mounts}/small" 2>/dev/null || fusermount3 -u "${mounts}/small"
  all_ended
  [[ "$(generation_of small)" == 2 ]]
  size="$(stat -c %s "${before}")"
  cmp <(tail -c +4097 "${before}") <(head -c "${size}" "${archives}/small.squashfs" | tail -c +4097)
  unsquashfs -no-progress -quiet -d "${home}/out" "${archives}/small.squashfs" >/dev/null
  [[ "$(cat "${home}/out/small/note")" == by-hand ]]
  rmdir "${mounts}/small" # only 'condafuse unmount' removes it
}

@test "a mount is committed although the folder of locks and records was emptied" {
  local prefix
  small_environment
  prefix="$(prefix_of small)"
  echo kept >"${prefix}/note"
  rm "$(record_of "${mounts}/small")" "$(record_of "${mounts}/small" | sed 's/server$/control/')"
  umount "${mounts}/small" 2>/dev/null || fusermount3 -u "${mounts}/small"
  all_ended
  [[ "$(generation_of small)" == 2 ]]
  rmdir "${mounts}/small"
}

@test "a commit through a symlink changes the target; hard links keep the old content" {
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

@test "what another process committed meanwhile is not reported as one's own" {
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
  expect_in_output 'are kept in'
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
  [[ "$(ls -A "${archives}")" == small.squashfs ]] || fail "left beside the archive: $(ls -lA "${archives}" "${archives}"/*.changes)"
}

# Fills the small file system of the archives, which only these tests use.
fill() {
  mountpoint -q "${archives}"
  dd if=/dev/zero of="${archives}/.fill" bs=4k 2>/dev/null || :
}

# The message for a full disk: the file's name, and what to do.
expect_full() {
  expect_status 1
  expect_in_stderr "$1"
  expect_in_stderr 'No space left on device'
  expect_in_stderr 'free some space on that file system'
  [[ "${stderr}" != *.partial* ]] || fail 'a name that is none'
}

@test "on a full disk: writes get ENOSPC, commands name the file and what to do, and discard works" {
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
  [[ "${output}" == *'No space left on device'* ]] || fail 'the write lock was not released'
  helper unmount small
  expect_status 0
  [[ "${output}${stderr}" != *'cannot be read'* ]] || fail 'words about nobody'
  helper rollback small 1
  expect_full "${archives}/small.squashfs"
  helper compact small --yes
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

@test "list shows the generation of a mount, and uncommitted changes" {
  small_environment
  echo second >"$(prefix_of small)/note"
  unmount small
  echo third >"$(prefix_of small)/note"
  in_environment "${CONDAFUSE_BIN}" mount small --generation 1
  helper list --json
  [[ "$(json 'sorted((e["mountPoint"].split("/")[-1], e["generation"], e["mountedGeneration"], e["pendingChanges"] > 0) for e in answer["environments"])')" == \
    "[('small', 2, 2, True), ('small@1', 2, 1, False)]" ]] || fail 'the answer'
  helper list
  [[ "${output}" =~ small\ .*\ 2\ +1\ file\ \([0-9]+B\)\ .*envs/small ]] || fail 'the present'
  [[ "${output}" =~ small\ .*\ 1\ of\ 2\ +-\ .*small@1 ]] || fail 'the past'
  unmount small@1
  unmount small
  helper list --json
  [[ "$(json '[(e["generation"], e["mountedGeneration"], e["pendingBytes"]) for e in answer["environments"]]')" == '[(3, None, 0)]' ]] || fail 'unmounted'
}

@test "list shows mounts, counts an archive once, follows symlinks to archives, and reports two with one name" {
  # Created here: an environment created at another prefix gets an additional file when it is changed.
  in_environment "${CONDAFUSE_BIN}" create small -y -q greeting
  unmount small
  cp "${archives}/small.squashfs" "${home}/elsewhere.squashfs"
  head -c 100000 /dev/zero >"$(prefix_of small)/note"
  unmount small
  prefix_of small >/dev/null
  in_environment "${CONDAFUSE_BIN}" mount small --generation 1
  in_environment "${CONDAFUSE_BIN}" mount small "${home}/again" --generation 1
  # Other mounts of this user are listed too.
  helper list --json
  [[ "$(json 'len({(e["files"], e["uncompressedBytes"]) for e in answer["environments"] if e["name"] == "small" and e["mountedGeneration"] == 1})')" == 1 ]] || fail 'the past differs'
  [[ "$(json '[max(values) - min(values) for values in ([e[key] for e in answer["environments"] if e["archive"].startswith("'"${archives}"'")] for key in ("files", "uncompressedBytes", "bytes"))]')" \
    == '[1, 100000, 0]' ]] || fail 'the past is not told from the present'
  local archives_in_all files
  archives_in_all="$(json 'len({e["archive"] for e in answer["environments"] if not e["outside"]})')"
  files="$(json 'sum({e["archive"]: e["files"] for e in sorted(answer["environments"], key=lambda e: e["files"]) if not e["outside"]}.values())')"
  helper list
  [[ "${output}" =~ ${archives_in_all}\ in\ all,\ .*\ ${files}\ files,\ .*mounted ]] || fail "the totals: ${archives_in_all} archives, ${files} files"
  helper list --names --mounted
  expect_output $'small\nsmall@1'
  unmount "${home}/again"
  unmount small@1
  unmount small

  # A mounted archive of another directory has its own heading.
  in_environment "${CONDAFUSE_BIN}" mount "${home}/elsewhere.squashfs" "${home}/again"
  helper list --json
  [[ "$(json '[(e["name"], e["outside"]) for e in answer["environments"] if e["mountPoint"] == "'"${home}/again"'" or not e["outside"]]')" == \
    "[('small', False), ('elsewhere', True)]" ]] || fail 'where the archives are'
  helper list
  [[ "${output%%Mounted from other directories:*}" != *elsewhere* && "${output##*Mounted from other directories:}" == *elsewhere* ]] || fail 'the headings'
  helper doctor
  expect_in_output " 1 in ${archives}"
  unmount "${home}/again"

  ln -s "${home}/elsewhere.squashfs" "${archives}/linked.squashfs"
  printf 'PK\5\6%018d' 0 | tr 0 '\0' >"${archives}/small.zip"
  helper list --json
  [[ "$(json '[e["bytes"] for e in answer["environments"] if e["name"] == "linked"]')" == "[$(stat -c %s "${home}/elsewhere.squashfs")]" ]] || fail 'the size of the link'
  [[ "$(json 'sorted((e["name"], e["problem"] is None) for e in answer["environments"] if e["mountPoint"] is None)')" == "[('linked', True), ('small', False), ('small', False)]" ]] || fail 'two of one name'
  helper list
  expect_in_output 'another archive has the same name'
}

@test "an earlier generation has a name for mount, activate and run; other commands explain what it is" {
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
  expect_in_stderr "there is no environment 'other@1'"
  cp "${archives}/small.squashfs" "${archives}/small@1.squashfs"
  helper mount --print-prefix small@1
  [[ -e "${output}/note" ]] || fail 'an archive of that name counts first'
  unmount small@1
  mkdir "${home}/far" && mv "${archives}/small@1.squashfs" "${home}/far/small.squashfs" && rm "${archives}/small.squashfs"
  in_environment "${CONDAFUSE_BIN}" mount "${home}/far/small.squashfs"
  helper log small
  expect_status 3
  expect_in_stderr "use its path: '${home}/far/small.squashfs'"
  unmount small
}

@test "log shows the packages of each generation, whatever its message is" {
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

@test "a server killed during a commit leaves the old generation with its journal, or the new one" {
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
  [[ "$(ls -A "${archives}")" == small.squashfs ]] || fail "left beside the archive: $(ls -lA "${archives}" "${archives}"/*.changes)"
}
