#!/usr/bin/env bats
# An archive works wherever it is mounted: renamed, copied, moved by hand, used by another user. Nothing is unpacked or rewritten for that.

load helpers

# The prefix of environment $1 at its mount point; the directory inside keeps its original name.
prefix_in() {
  echo "${mounts}/$1/${2:-$1}"
}

# A wheel with the console script $1 in the current directory, as pip installs it; prints its name.
wheel_with_script() {
  python3 - "$1" <<'END'
import sys, zipfile

name = sys.argv[1]
info = f"{name}-1.0.dist-info"
files = {
    f"{name}.py": f"import sys\ndef main():\n    print('{name} of', sys.prefix)\n",
    f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
    f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
}
with zipfile.ZipFile(f"{name}-1.0-py3-none-any.whl", "w") as wheel:
    for path, text in files.items():
        wheel.writestr(path, text)
    wheel.writestr(f"{info}/RECORD", "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"]))
print(f"{name}-1.0-py3-none-any.whl")
END
}

# conda's digests in the environment at $1 are those of its files, as `conda doctor` checks them.
expect_digests() {
  run "${acting[@]}" python3 - "$1" <<'END'
import glob, hashlib, json, os, sys

checked = 0
for record in glob.glob(f"{glob.escape(sys.argv[1])}/conda-meta/*.json"):
    with open(record, encoding="utf-8") as file:
        paths = json.load(file)["paths_data"]["paths"]
    for path in paths:
        name = f"{sys.argv[1]}/{path['_path']}"
        if path.get("prefix_placeholder") and path.get("sha256_in_prefix") and os.path.exists(name):
            checked += 1
            with open(name, "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() != path["sha256_in_prefix"]:
                    print(f"{record}: {path['_path']}")
print("checked" if checked else "nothing to check")
END
  expect_status 0
  expect_output checked
}

# Switches back to the user who runs the tests, with the home $1.
as_first_user() {
  acting=()
  home="$1"
  archives="${home}/miniconda_fuse/archives"
  mounts="${home}/miniconda_fuse/envs"
  environment+=(HOME="${home}" USER="$(id -un)" LOGNAME="$(id -un)" TMPDIR="${home}/tmp dir")
}

@test "in every shell: a renamed archive works at its new prefix, and the archive is not changed" {
  local shell before
  small_environment
  mv "${archives}/small.squashfs" "${archives}/renamed.squashfs"
  before=$(sha256sum <"${archives}/renamed.squashfs")
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate renamed
echo "shown as [$CONDA_DEFAULT_ENV] [$CONDA_PROMPT_MODIFIER]"
greeting
condafuse run renamed -- greeting
conda-fuse-unmount renamed'
    expect_in_output 'shown as [renamed] [(renamed) ]'
    expect_in_stderr 'condafuse: deactivating renamed'
    expect_status 0
    expect_in_output "hello from $(prefix_in renamed small), version 2.0
hello from $(prefix_in renamed small), version 2.0"
  done
  [[ "${before}" == "$(sha256sum <"${archives}/renamed.squashfs")" ]] || fail 'the archive was changed'
  [[ ! -e "${archives}/renamed.changes" ]] || fail 'changes were kept'
  [[ ! -e "${home}/.cache/condafuse/prefixes" ]] || fail 'the content was searched although the archive lists the places'
}

@test "a zip archive lists its places too, also after a commit elsewhere, and other programs read it" {
  small_environment
  helper convert small --to zip --yes
  expect_status 0
  mv "${archives}/small.zip" "${archives}/renamed.zip"
  helper mount renamed
  expect_status 0
  run in_environment "$(prefix_in renamed small)/bin/greeting"
  expect_output "hello from $(prefix_in renamed small), version 2.0"
  in_environment touch "$(prefix_in renamed small)/new"
  unmount renamed
  mv "${archives}/renamed.zip" "${archives}/again.zip"
  helper mount again
  expect_status 0
  run in_environment "$(prefix_in again small)/bin/greeting"
  expect_output "hello from $(prefix_in again small), version 2.0"
  unmount again
  [[ ! -e "${home}/.cache/condafuse/prefixes" ]] || fail 'the content was searched although the archive lists the places'
  run unzip -tq "${archives}/again.zip"
  expect_status 0
  helper verify again
  expect_status 0
}

@test "the mounted environment equals one that conda creates at that prefix: sizes, contents, partial reads" {
  local there expected="${home}/expected"
  kept_environment sci python pip tqdm greeting
  mkdir -p "${home}/short"
  there="${home}/short/m"
  helper mount "${archives}/sci.squashfs" "${there}"
  expect_status 0
  expect_digests "${there}/sci"
  run in_environment /usr/bin/python3 -B "${BATS_TEST_DIRNAME}/same_content.py" "${there}/sci"
  expect_output 'agree'
  cp -a "${there}/sci" "${expected}"
  in_environment "${CONDAFUSE_BIN}" unmount "${there}"
  in_environment "${base}/bin/conda" create -y -q -p "${there}/sci" python pip tqdm greeting
  # Excluded: byte code with its times, the history with the former prefix, and conda's records with their digests.
  run diff -r --no-dereference -x __pycache__ -x history -x '*.json' "${there}/sci" "${expected}"
  expect_status 0
  expect_output ''
  rm -r "${there:?}"
}

@test "a python environment of one user works for another, who changes it and returns it" {
  local prefix
  kept_environment sci python pip tqdm greeting
  chmod 0644 "${archives}/sci.squashfs"
  cp "${archives}/sci.squashfs" "${CONDAFUSE_TEST_ROOT}/theirs.squashfs"
  as_second_user
  install -o "${CONDAFUSE_TEST_USER}" "${CONDAFUSE_TEST_ROOT}/theirs.squashfs" "${archives}/theirs.squashfs"
  rm "${CONDAFUSE_TEST_ROOT}/theirs.squashfs"
  prefix=$(prefix_in theirs sci)
  helper run theirs -- pip --version
  expect_status 0
  expect_in_output "from ${prefix}/lib/python"
  helper run theirs -- tqdm --version
  expect_status 0
  helper run theirs -- python -c 'import sys; print(sys.prefix); print(open(sys.executable, "rb").read().split(b"PREFIX=")[-1].split(b"\0")[0].decode())'
  expect_status 0
  expect_output "${prefix}
${prefix}/lib"
  helper run theirs -- greeting
  expect_output "hello from ${prefix}, version 2.0"

  # The first change relocates the whole generation to this user's prefix.
  in_environment "${CONDAFUSE_BIN}" run theirs -- sh -c "echo mine >\"\${CONDA_PREFIX}/mine\""
  expect_digests "${prefix}"
  unmount theirs
  [[ "$(generation_of theirs)" == 2 ]] || fail 'not committed'
  [[ "$(unsquashfs -cat "${archives}/theirs.squashfs" sci/bin/greeting)" == *"${prefix},"* ]] || fail 'the generation has another prefix'
  helper run theirs -- greeting
  expect_output "hello from ${prefix}, version 2.0"
  unmount theirs

  # And back.
  cp "${archives}/theirs.squashfs" "${CONDAFUSE_TEST_ROOT}/back.squashfs"
  setup
  mkdir -p "${archives}"
  mv "${CONDAFUSE_TEST_ROOT}/back.squashfs" "${archives}/back.squashfs"
  helper run back -- pip --version
  expect_status 0
  expect_in_output "from $(prefix_in back sci)/lib/python"
  helper run back -- cat "$(prefix_in back sci)/mine"
  expect_output mine
  unmount back
}

@test "a personal layer over a shared archive has its user's prefix, also after commits to the archive" {
  local shared="${CONDAFUSE_TEST_ROOT}/shared.squashfs" first_home prefix
  [[ -n "${CONDAFUSE_TEST_USER:-}" ]] || skip 'only where root runs the tests'
  kept_environment older greeting=1.0
  first_home="${home}"
  chmod go+x "${home}/miniconda_fuse" "${archives}"
  chmod 0644 "${archives}/older.squashfs"
  ln -s "${archives}/older.squashfs" "${shared}"
  as_second_user
  mv "${shared}" "${archives}/older.squashfs"
  prefix=$(prefix_in older)
  helper run older -- sh -c "greeting; echo mine >'${prefix}/mine'"
  expect_status 0
  expect_output "hello from ${prefix}, version 1.0"
  unmount older
  helper diff older
  expect_status 0
  expect_in_output mine
  [[ "${output}" != *bin/greeting* && "${output}" != *condafuse-prefix* ]] || fail 'the relocation is shown as a change'

  # The owner continues, at the owner's prefix.
  as_first_user "${first_home}"
  prefix=$(prefix_of older)
  in_environment "${base}/bin/conda" install -y -q -p "${prefix}" greeting=2.0
  unmount older

  as_second_user
  prefix=$(prefix_in older)
  helper rebase older
  expect_status 0
  helper run older -- greeting
  expect_output "hello from ${prefix}, version 2.0"
  helper run older -- sh -c "cat '${prefix}/mine'; cat '${prefix}/conda-meta/condafuse-prefix'; echo more >>'${prefix}/mine'"
  expect_output "mine
${prefix}"
  unmount older
  helper discard older --yes
  expect_status 0
  all_ended
}

@test "uncommitted changes move with an archive that is moved by hand" {
  local shell
  server_killer
  for shell in "${shells[@]}"; do
    small_environment
    in_plain_shell "${shell}" 'conda-fuse-activate small
echo mine >"$CONDA_PREFIX/mine"
bash "$HOME/kill-server" "$CONDA_PREFIX/mine"
conda-fuse-unmount small --no-commit'
    [[ -d "${archives}/small.changes" ]] || fail 'no changes were kept'
    mv "${archives}/small.squashfs" "${archives}/renamed.squashfs"
    mv "${archives}/small.changes" "${archives}/renamed.changes"
    helper mount renamed --read-only
    expect_status 0
    [[ "$("$(prefix_in renamed small)/bin/greeting")" == "hello from $(prefix_in renamed small), version 2.0" ]] || fail 'read-only'
    [[ "$(<"$(prefix_in renamed small)/mine")" == mine ]] || fail 'read-only, changes'
    unmount renamed
    helper run renamed -- sh -c 'greeting; cat "${CONDA_PREFIX}/mine"; echo more >>"${CONDA_PREFIX}/mine"'
    expect_output "hello from $(prefix_in renamed small), version 2.0
mine"
    unmount renamed
    [[ "$(generation_of renamed)" == 2 ]] || fail 'not committed'
    [[ "$(unsquashfs -cat "${archives}/renamed.squashfs" small/bin/greeting)" == *"$(prefix_in renamed small),"* ]] || fail 'another prefix'
    helper mount renamed@1
    [[ "$("${mounts}/renamed@1/small/bin/greeting")" == "hello from ${mounts}/renamed@1/small, version 2.0" ]] || fail 'an earlier generation'
    unmount renamed@1
    rm -r "${archives:?}"
  done
}

@test "a prefix too long for a binary is reported, and texts have it nevertheless" {
  local long
  small_environment
  long="${home}/$(printf 'x%.0s' {1..120})/$(printf 'y%.0s' {1..120})"
  mkdir -p "${long}"
  helper mount small "${long}/m"
  expect_status 0
  expect_in_stderr 'lib/libgreeting.so'
  [[ "$("${long}/m/small/bin/greeting")" == "hello from ${long}/m/small, version 2.0" ]] || fail 'text'
  cmp <(unsquashfs -cat "${archives}/small.squashfs" small/lib/libgreeting.so) "${long}/m/small/lib/libgreeting.so"
  helper doctor
  expect_in_output "no room for the prefix ${long}/m/small, so these contain the former one: lib/libgreeting.so"
  in_environment "${CONDAFUSE_BIN}" unmount "${long}/m"
}

@test "an image packed for any prefix needs no conda-unpack: it works where it is mounted, file by file" {
  in_environment "${base}/bin/conda" create -y -q -p "${home}/source" python pip tqdm greeting
  in_environment "${CONDAFUSE_BIN}" pack -p "${home}/source" -o "${home}/packed.tar.gz"
  mkdir -p "${home}/mnt" "${home}/unpacked"
  # The same files, with conda-unpack's list; the directory becomes an image like those of conda-pack.
  tar -xzf "${home}/packed.tar.gz" -C "${home}/unpacked"
  [[ -e "${home}/unpacked/bin/conda-unpack" ]] || fail 'no list'
  mksquashfs "${home}/unpacked" "${home}/image.squashfs" -quiet -no-progress >/dev/null
  rm -r "${home}/unpacked" "${home}/mnt"
  helper mount "${home}/image.squashfs" "${home}/mnt"
  expect_status 0
  cp -a "${home}/mnt" "${home}/served"
  in_environment "${CONDAFUSE_BIN}" unmount "${home}/mnt"
  mkdir -p "${home}/mnt"
  tar -xzf "${home}/packed.tar.gz" -C "${home}/mnt"
  in_environment "${home}/mnt/bin/python" "${home}/mnt/bin/conda-unpack"
  run diff -r --no-dereference -x __pycache__ "${home}/mnt" "${home}/served"
  expect_status 0
  expect_output ''
  rm -r "${home:?}/mnt" "${home:?}/served"
  helper run "${home}/image.squashfs" -- pip --version
  expect_status 0
  expect_in_output "from ${mounts}/image/lib/python"
  unmount image
}

@test "an extracted environment works where it is, and is what a mount shows there" {
  kept_environment sci python pip tqdm greeting
  helper extract sci "${home}/an extracted one"
  expect_status 0
  expect_in_output "for the prefix ${home}/an extracted one/sci"
  run in_environment env PATH="${home}/an extracted one/sci/bin:/usr/bin:/bin" pip --version
  expect_status 0
  expect_in_output "from ${home}/an extracted one/sci/lib/python"
  run "${home}/an extracted one/sci/bin/greeting"
  expect_output "hello from ${home}/an extracted one/sci, version 2.0"
  mv "${home}/an extracted one" "${home}/moved"
  helper mount "${archives}/sci.squashfs" "${home}/an extracted one"
  run diff -r --no-dereference "${home}/moved" "${home}/an extracted one"
  expect_output ''
  in_environment "${CONDAFUSE_BIN}" unmount "${home}/an extracted one"
  rm -r "${home}/moved"

  helper extract --as-is sci "${home}/as-is"
  expect_status 0
  [[ "${output}" != *prefix* ]] || fail 'relocated'
  [[ "$(<"${home}/as-is/sci/bin/greeting")" != *"${home}/as-is"* ]] || fail 'another prefix'
}

@test "what pip, pkg-config, Jupyter and venv write has the prefix of each mount" {
  local short wheels prefix name
  kept_environment sci python pip tqdm greeting
  short=$(mktemp -d /tmp/cf-reloc.XXXXXX)
  wheels="${home}/wheels"
  mkdir "${wheels}"
  for name in plain quoted; do
    (cd "${wheels}" && wheel_with_script "${name}")
  done
  chown --reference="${home}" -R "${wheels}"

  # At a prefix that first lines can hold.
  helper mount "${archives}/sci.squashfs" "${short}/m"
  expect_status 0
  prefix="${short}/m/sci"
  in_environment "${prefix}/bin/python" -m pip install -q --no-index "${wheels}/plain-1.0-py3-none-any.whl"
  [[ "$(head -n 1 "${prefix}/bin/plain")" == "#!${prefix}/bin/python"* ]] || fail 'first line'
  mkdir -p "${prefix}/share/jupyter/kernels/own" "${prefix}/lib/pkgconfig"
  echo "{\"argv\": [\"${prefix}/bin/python\", \"-m\", \"ipykernel_launcher\"], \"language\": \"python\"}" \
    >"${prefix}/share/jupyter/kernels/own/kernel.json"
  printf 'prefix=%s\nName: own\nDescription: own\nVersion: 1\nCflags: -I%s/include\n' "${prefix}" "${prefix}" >"${prefix}/lib/pkgconfig/own.pc"
  in_environment "${CONDAFUSE_BIN}" unmount "${short}/m"

  # At one with spaces.
  prefix=$(prefix_in sci)
  helper run sci -- plain
  expect_output "plain of ${prefix}"
  run in_environment python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["argv"][0])' "${prefix}/share/jupyter/kernels/own/kernel.json"
  expect_output "${prefix}/bin/python"
  run in_environment grep -c "^prefix=${prefix}\$\|-I${prefix}/include\$" "${prefix}/lib/pkgconfig/own.pc"
  expect_output 2
  helper run sci -- python -m pip install -q --no-index "${wheels}/quoted-1.0-py3-none-any.whl"
  expect_status 0
  run in_environment "${prefix}/bin/quoted"
  expect_output "quoted of ${prefix}"
  helper run sci -- python -m venv --without-pip "${home}/venv"
  expect_status 0
  run in_environment "${home}/venv/bin/python" -c 'import sys; print(sys.base_prefix)'
  expect_output "${prefix}"
  unmount sci

  # And back: what was committed at a prefix with spaces finds Python through PATH, what pip wrote there by itself.
  helper mount "${archives}/sci.squashfs" "${short}/m"
  prefix="${short}/m/sci"
  run in_environment "${prefix}/bin/quoted"
  expect_output "quoted of ${prefix}"
  run in_environment env PATH="${prefix}/bin:/usr/bin:/bin" plain
  expect_output "plain of ${prefix}"
  [[ "$(<"${prefix}/lib/pkgconfig/own.pc")" == "prefix=${prefix}"* ]] || fail 'pkg-config'
  expect_digests "${prefix}"
  in_environment "${CONDAFUSE_BIN}" unmount "${short}/m"
  rmdir "${short}/m" "${short}" 2>/dev/null || rmdir "${short}"
}

@test "an image with the list that conda-pack writes works where it is mounted" {
  local prefix="${home}/mnt"
  in_environment "${base}/bin/conda" create -y -q -p "${home}/source" python pip tqdm greeting
  in_environment "${CONDAFUSE_BIN}" pack -p "${home}/source" -o "${home}/packed.tar"
  mkdir -p "${home}/unpacked" "${prefix}"
  tar -xf "${home}/packed.tar" -C "${home}/unpacked"
  # As conda_pack/core.py does: tuples in their repr(), without Python itself.
  python3 - "${home}/unpacked" <<'END'
import glob, json, sys

records = []
for name in sorted(glob.glob(f"{glob.escape(sys.argv[1])}/conda-meta/*.json")):
    with open(name, encoding="utf-8") as file:
        record = json.load(file)
    if record["name"] != "python":
        records += [
            (path["_path"], path["prefix_placeholder"], path["file_mode"])
            for path in record["paths_data"]["paths"]
            if "prefix_placeholder" in path
        ]
assert records
lines = ",\n".join(map(repr, records))
with open(f"{sys.argv[1]}/bin/conda-unpack", "w", encoding="utf-8") as script:
    script.write(f"#!/usr/bin/env python\n_prefix_records = [\n{lines}\n]\n")
END
  mksquashfs "${home}/unpacked" "${home}/image.squashfs" -quiet -no-progress -comp zstd >/dev/null
  rm -r "${home}/unpacked"
  helper mount "${home}/image.squashfs" "${prefix}"
  expect_status 0
  run in_environment "${prefix}/bin/greeting"
  expect_output "hello from ${prefix}, version 2.0"
  in_environment grep -q "${prefix}" "${prefix}/lib/libgreeting.so"
  in_environment "${CONDAFUSE_BIN}" unmount "${prefix}"
  helper run "${home}/image.squashfs" -- pip --version
  expect_status 0
  expect_in_output "from ${mounts}/image/lib/python"
  unmount image
}

@test "a folder that can only be read serves its environments beside one's own, with personal layers" {
  local shared="${CONDAFUSE_TEST_ROOT}/shared archives ${BATS_TEST_NUMBER}" shell prefix
  small_environment
  mkdir -p "${shared}"
  mv "${archives}/small.squashfs" "${shared}/theirs.squashfs"
  small_environment
  cp "${archives}/small.squashfs" "${shared}/small.squashfs"
  chmod 0444 "${shared}"/*.squashfs
  chmod 0555 "${shared}"
  if [[ -n "${CONDAFUSE_TEST_USER:-}" ]]; then
    mv "${archives}/small.squashfs" "${CONDAFUSE_TEST_ROOT}/small.squashfs"
    as_second_user
    install -o "${CONDAFUSE_TEST_USER}" "${CONDAFUSE_TEST_ROOT}/small.squashfs" "${archives}/small.squashfs"
    rm "${CONDAFUSE_TEST_ROOT}/small.squashfs"
  fi
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${shared}:${archives}")
  helper list
  expect_status 0
  expect_in_output 'DIRECTORY'
  expect_in_output "${shared##*/}"
  helper list --json
  [[ "$(json 'sorted(e["archive"].split("/")[-2:] for e in answer["environments"])')" == *"'${shared##*/}', 'small.squashfs'"* ]] || fail 'not the first'
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${archives}:${shared}")
  helper doctor
  expect_in_output "${shared}/small.squashfs is not used"
  helper list --names
  expect_output "small
theirs"
  prefix=$(prefix_in theirs small)
  for shell in "${shells[@]}"; do
    in_shell "${shell}" 'conda-fuse-activate theirs
greeting
echo mine >>"$CONDA_PREFIX/mine"
conda-fuse-unmount theirs'
    expect_in_output "hello from ${prefix}, version 2.0"
  done
  helper diff theirs
  expect_in_output mine
  helper discard theirs --yes
  expect_status 0
  # New archives go to the first folder that takes them.
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${shared}:${archives}")
  helper clone theirs copy
  expect_status 0
  [[ -e "${archives}/copy.squashfs" ]] || fail 'not in the own folder'
  helper run copy -- greeting
  expect_output "hello from $(prefix_in copy small), version 2.0"
  unmount copy
  chmod 0755 "${shared}"
}

@test "rename, clone and remove" {
  small_environment
  helper mount small
  helper rename small other
  expect_status 5
  expect_in_stderr "'small' is mounted"
  helper remove small --yes
  expect_status 5
  unmount small
  helper rename small other
  expect_status 0
  expect_in_output "Renamed 'small' to 'other'"
  [[ ! -e "${archives}/small.squashfs" && ! -e "${mounts}/small" ]] || fail 'the old name is left'
  ! grep -F "${mounts}/small/" "${home}/.conda/environments.txt" || fail 'the old prefix is still registered'
  helper run other -- greeting
  expect_output "hello from $(prefix_in other small), version 2.0"
  unmount other

  helper clone other copy
  expect_status 0
  helper clone other copy
  expect_status 4
  cmp "${archives}/other.squashfs" "${archives}/copy.squashfs"
  echo changed >"$(prefix_of copy)/changed"
  helper clone copy third
  expect_status 0
  expect_in_stderr "uncommitted changes of 'copy' are not in the copy"
  unmount copy
  helper run other -- sh -c 'test ! -e "${CONDA_PREFIX}/changed"'
  expect_status 0
  unmount other

  helper remove copy
  expect_status 2
  [[ -e "${archives}/copy.squashfs" ]] || fail 'removed without an answer'
  answering n remove copy
  expect_status 1
  [[ -e "${archives}/copy.squashfs" ]] || fail 'removed against the answer'
  echo pending >"$(prefix_of copy)/pending"
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit copy
  answering y remove copy
  expect_status 0
  expect_in_output "${archives}/copy.changes"
  [[ ! -e "${archives}/copy.squashfs" && ! -e "${archives}/copy.changes" ]] || fail 'something is left'
  ln -s "${archives}/other.squashfs" "${archives}/link.squashfs"
  helper rm link --yes --json
  expect_status 0
  [[ "$(json 'answer["removed"]')" == "${archives}/link.squashfs" && -e "${archives}/other.squashfs" ]] || fail 'the link'
  printf damaged >"${archives}/other.squashfs"
  helper remove other --yes
  expect_status 0
  helper remove third --yes
  [[ -z "$(ls -A "${archives}")" ]] || fail "left: $(ls -A "${archives}")"
}
