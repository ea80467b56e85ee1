#!/usr/bin/env bats
# condafuse pack of conda environments: packed here, unpacked elsewhere, and used there.

load helpers


# One environment for all tests: Python with pip, and packages with the prefix in text and in binaries.
sample() {
  sample="${CONDAFUSE_TEST_ROOT}/pack/sample"
  [[ -e "${sample}/conda-meta" ]] ||
    in_environment "${base}/bin/conda" create -y -q -p "${sample}" greeting python pip >/dev/null
}

# The part of a directory that packing preserves: not added files, conda's records, and the times of files that conda-unpack rewrites.
digest() {
  (cd "$1" && find . -mindepth 1 ! -path './conda-meta/*.json' ! -path './bin/activate*' ! -path './bin/deactivate' ! -path './bin/conda-unpack' \
    ! -type d -printf '%p %y %m %l\n' -type f -exec md5sum {} + | sed "s|$1||g" | LC_ALL=C sort)
}

@test "each format, unpacked and fixed by conda-unpack, is the environment at its new place" {
  sample
  local format tree="${home}/unpacked"
  for format in tar squashfs zip no-archive; do
    rm -rf "${tree}"
    helper pack -p "${sample}" -o "${home}/env.${format}" -j 2 --compress-level 1 --zip-symlinks
    expect_status 0
    [[ -z "${stderr}" ]] || fail "${format}"
    unpack "${home}/env.${format}" "${tree}"
    in_environment "${tree}/bin/conda-unpack"
    [[ "$(in_environment "${tree}/bin/greeting")" == *"${tree}"* ]] || fail "greeting of ${format}"
    [[ "$(in_environment "${tree}/bin/python" -c 'import sys; print(sys.prefix)')" == "${tree}" ]] || fail "python of ${format}"
    ! grep -rIl --exclude-dir=conda-meta -e "${sample}" -e /opt/placehold_ "${tree}" --exclude=conda-unpack || fail "prefixes are left in ${format}"
    # Running it twice has no further effect.
    digest "${tree}" >"${home}/once"
    in_environment "${tree}/bin/conda-unpack"
    digest "${tree}" | cmp - "${home}/once"
    [[ ! -e "${home}/first" ]] || cmp "${home}/first" "${home}/once" || fail "${format} is not as the first one"
    cp "${home}/once" "${home}/first"
  done
}

@test "each compressed tar archive holds the same tar archive" {
  sample
  local tree format
  declare -A decompress=([tar.gz]=gzip [tgz]=gzip [tar.bz2]=bzip2 [tbz2]=bzip2 [tar.xz]=xz [txz]=xz [tar.zst]=zstd [tzst]=zstd)
  mkdir -p "${home}/small/conda-meta"
  echo content >"${home}/small/conda-meta/history"
  # The short extensions name the same codecs, so a small tree is enough for them.
  for tree in "${sample}" "${home}/small"; do
    helper pack -f -p "${tree}" -o "${home}/env.tar"
    expect_status 0
    for format in "${!decompress[@]}"; do
      [[ "${tree}" != "${sample}" || "${format}" == tar.* ]] || continue
      helper pack -f -p "${tree}" -o "${home}/env.${format}" -j 2 --compress-level 1
      expect_status 0
      [[ -z "${stderr}" ]] || fail "${format}"
      "${decompress[${format}]}" -dc <"${home}/env.${format}" | cmp - "${home}/env.tar" || fail "${format}"
    done
  done
}

@test "a zip archive has copies instead of symlinks, which conda-unpack rewrites, unless --zip-symlinks" {
  sample
  local linked="${home}/linked" tree="${home}/unpacked"
  in_environment "${base}/bin/conda" create -y -q -p "${linked}" greeting python >/dev/null
  ln -s ../share/greeting/message "${linked}/etc-message"
  helper pack -p "${linked}" -o "${home}/env.zip"
  expect_status 1
  expect_in_stderr 'etc-message -> ../share/greeting/message: its target does not exist'
  expect_in_stderr '--zip-symlinks'
  [[ ! -e "${home}/env.zip" ]]
  # A file outside is copied, as conda-pack does, and named.
  echo outside >"${home}/elsewhere"
  ln -sfn ../elsewhere "${linked}/etc-message"
  helper pack -p "${linked}" -o "${home}/env.zip"
  expect_status 0
  expect_in_stderr 'etc-message -> ../elsewhere'
  [[ "$(unzip -p "${home}/env.zip" etc-message)" == outside ]]
  rm "${home}/env.zip"
  ln -sfn share/greeting/message "${linked}/etc-message"
  ln -s share/greeting "${linked}/folder"
  echo "home is ${linked}" >"${linked}/share/greeting/own"
  ln -s folder/own "${linked}/own"
  helper pack -p "${linked}" -o "${home}/env.zip"
  expect_status 0
  [[ -z "${stderr}" ]] || fail "warnings"
  unpack "${home}/env.zip" "${tree}"
  [[ -z "$(find "${tree}" -type l)" ]] || fail "there are symlinks"
  in_environment "${tree}/bin/conda-unpack"
  cmp "${tree}/etc-message" "${tree}/share/greeting/message"
  cmp "${tree}/folder/message" "${tree}/share/greeting/message"
  [[ "$(<"${tree}/own")" == "home is ${tree}" && "$(<"${tree}/folder/own")" == "home is ${tree}" ]]
  [[ "$(in_environment "${tree}/bin/python" -c 'import json, sys; print(sys.prefix)')" == "${tree}" ]]
  [[ "$(in_environment "${tree}/bin/greeting")" == *"${tree}"* ]]
  7z t "${home}/env.zip" >/dev/null
  /usr/bin/python3 -m zipfile -t "${home}/env.zip"
  helper pack -f -p "${linked}" -o "${home}/env.zip" --zip-symlinks
  expect_status 0
  rm -rf "${tree}"
  unpack "${home}/env.zip" "${tree}"
  [[ "$(readlink "${tree}/own")" == folder/own ]]
}

@test "a zip archive packed for its destination is mounted there, written and committed" {
  sample
  mkdir -p "${archives}"
  helper pack -p "${sample}" --arcroot moved --dest-prefix "${mounts}/moved/moved" -o "${archives}/moved.zip"
  expect_status 0
  helper mount moved --print-prefix
  expect_output "${mounts}/moved/moved"
  [[ "$(in_environment "${mounts}/moved/moved/bin/greeting")" == *"${mounts}/moved/moved"* ]]
  echo new >"${mounts}/moved/moved/new"
  helper unmount moved
  expect_status 0
  [[ "$(unzip -p "${archives}/moved.zip" moved/new)" == new ]]
}

@test "a directory is zipped without its symlinks, or with them; --no-zip-64 refuses what does not fit" {
  mkdir -p "${home}/tree/sub"
  echo content >"${home}/tree/sub/file"
  ln -s sub/file "${home}/tree/link"
  helper pack "${home}/tree" -o "${home}/tree.zip" --arcroot top --no-zip-64
  expect_status 0
  unpack "${home}/tree.zip" "${home}/out"
  [[ ! -L "${home}/out/top/link" && "$(<"${home}/out/top/link")" == content ]]
  helper pack "${home}/tree" -o "${home}/links.zip" --zip-symlinks
  unpack "${home}/links.zip" "${home}/links"
  [[ "$(readlink "${home}/links/link")" == sub/file ]]
  truncate -s 4G "${home}/tree/sub/huge"
  helper pack "${home}/tree" -o "${home}/huge.zip" --no-zip-64 --compress-level 1
  expect_status 7
  expect_in_stderr 'zip64'
  [[ ! -e "${home}/huge.zip" ]]
}

@test "the same environment gives the same bytes, with any number of threads" {
  sample
  local format
  for format in tar.gz tar.zst squashfs zip; do
    helper pack -p "${sample}" -o "${home}/one.${format}" -j 1 --quiet
    expect_status 0
    expect_output ''
    helper pack -p "${sample}" -o "${home}/many.${format}" -j 4
    cmp "${home}/one.${format}" "${home}/many.${format}"
  done
}

@test "the progress is one line on a terminal, and nothing elsewhere" {
  sample
  in_environment script -qec "'${CONDAFUSE_BIN}' pack -p '${sample}' -o '${home}/env.tar.xz' -j 1 --compress-level 1" /dev/null >"${home}/typescript"
  grep -qE $'\r\x1b\\[Kpacking: [0-9]+ %, [0-9]+ s left, .* files' "${home}/typescript" || fail "$(cat -v "${home}/typescript")"
  [[ "$(tr '\r' '\n' <"${home}/typescript" | sed 's/^\x1b\[K//' | sed '/^$/d' | tail -1)" == 'Packed '* ]] || fail "$(cat -v "${home}/typescript")"
  helper pack -p "${sample}" -f -o "${home}/env.tar.xz" -j 1 --compress-level 1
  [[ -z "${stderr}" && "${output}" == 'Packed '*' s' ]]
}

@test "--version works as in conda-pack" {
  helper --version
  expect_status 0
  [[ "${output}" =~ ^[0-9]+\.[0-9]+\.[0-9]+ ]]
  helper pack -h
  expect_status 0
  expect_in_output '--dest-prefix'
}

@test "levels have an effect, and invalid levels are refused" {
  sample
  local format
  for format in tar.gz tar.zst squashfs zip; do
    helper pack -p "${sample}" -o "${home}/low.${format}" --compress-level 1
    helper pack -p "${sample}" -o "${home}/high.${format}" --compress-level 8
    [[ "$(stat -c %s "${home}/high.${format}")" -lt "$(stat -c %s "${home}/low.${format}")" ]] || fail "${format}"
  done
  helper info --json "${home}/low.squashfs"
  expect_in_output '"blockSize": 262144'
  helper pack -p "${sample}" -o "${home}/no.tar.gz" --compress-level 10
  expect_status 2
  expect_in_stderr '0 to 9'
  helper pack -p "${sample}" -o "${home}/no.tar.zst" --compress-level 20
  expect_status 2
  expect_in_stderr '0 to 19'
  helper pack -p "${sample}" -o "${home}/no.tar.gz" -j 0
  expect_status 2
}

@test "an image packed for its destination is mounted there without unpacking" {
  sample
  mkdir -p "${archives}"
  helper pack -p "${sample}" --arcroot moved --dest-prefix "${mounts}/moved/moved" -o "${archives}/moved.squashfs"
  expect_status 0
  helper mount moved --print-prefix
  expect_output "${mounts}/moved/moved"
  [[ ! -e "${mounts}/moved/moved/bin/conda-unpack" ]]
  [[ "$(head -1 "${mounts}/moved/moved/bin/pip")" == "#!"* ]]
  [[ "$(in_environment "${mounts}/moved/moved/bin/greeting")" == *"${mounts}/moved/moved"* ]]
  # The path contains a space, which the kernel does not support in a script's first line.
  in_environment PATH="${mounts}/moved/moved/bin:/usr/bin:/bin" "${mounts}/moved/moved/bin/pip" --version
  helper unmount moved
  expect_status 0
}

@test "a mounted environment is packed by name, with its uncommitted changes" {
  in_environment "${CONDAFUSE_BIN}" create mine -y -q greeting # at its own prefix, which pack searches for in files
  in_environment "${CONDAFUSE_BIN}" mount mine
  echo "here is ${mounts}/mine/mine" >"${mounts}/mine/mine/etc-of-mine"
  helper pack -n mine -o "${home}/mine.tar.gz"
  expect_status 0
  in_environment "${CONDAFUSE_BIN}" unmount mine --no-commit
  unpack "${home}/mine.tar.gz" "${home}/elsewhere"
  in_environment "${home}/elsewhere/bin/conda-unpack"
  [[ "$(<"${home}/elsewhere/etc-of-mine")" == "here is ${home}/elsewhere" ]]
  in_environment "${home}/elsewhere/bin/greeting" | grep -F "${home}/elsewhere"
  # Not mounted, it is packed in the same way, and is not mounted afterwards.
  helper pack -n mine -o "${home}/again.tar.gz"
  expect_status 0
  [[ -z "$(servers)" && ! -e "${mounts}/mine" ]] || fail 'still mounted'
  unpack "${home}/again.tar.gz" "${home}/again"
  [[ -s "${home}/again/etc-of-mine" ]] || fail 'the uncommitted file'
  diff <(cd "${home}/again" && find . -type f | sort) <(cd "${home}/elsewhere" && find . -type f ! -path '*/__pycache__/*' | sort) || fail 'other files'
}

@test "an archive created below another mount root is packed with rewritten files" {
  in_environment "${CONDAFUSE_BIN}" create theirs -y -q greeting python
  in_environment "${CONDAFUSE_BIN}" unmount theirs
  environment+=(CONDA_FUSE_MOUNT_ROOT="${home}/other root")
  in_environment "${CONDAFUSE_BIN}" mount theirs
  helper pack -n theirs -o "${home}/theirs.tar.gz"
  expect_status 0
  [[ -z "${stderr}" ]] || fail "warnings"
  in_environment "${CONDAFUSE_BIN}" unmount theirs
  unpack "${home}/theirs.tar.gz" "${home}/elsewhere"
  in_environment "${home}/elsewhere/bin/conda-unpack"
  in_environment "${home}/elsewhere/bin/greeting" | grep -F "${home}/elsewhere"
  ! grep -rIl --exclude-dir=conda-meta -e "${mounts}/theirs" "${home}/elsewhere" --exclude=conda-unpack || fail "the old prefix is left"
}

@test "the environment is given by name or prefix, or is the active one; this determines the output's name" {
  sample
  cd "${home}"
  environment+=(CONDA_PREFIX="${sample}")
  helper pack -q
  expect_status 0
  [[ -s "${home}/sample.tar.gz" ]]
  helper pack -q --format tzst
  [[ -s "${home}/sample.tzst" ]]
  helper pack
  expect_status 4
  helper pack -n a -p b
  expect_status 2
  helper pack -n no-such
  expect_status 3
  helper pack -p "${home}/none" -o x.tar
  expect_status 3
  helper pack -p "${home}" -o x.tar
  expect_status 3
  expect_in_stderr 'not a conda environment'
  helper pack -p "${sample}" -o x.unknown
  expect_status 2
  environment+=(CONDA_PREFIX=)
  helper pack
  expect_status 2
  expect_in_stderr 'no environment is active'
}

@test "an environment of the installed conda is found by name" {
  in_environment "${base}/bin/conda" create -y -q -n by-name greeting >/dev/null
  helper pack -n by-name -o "${home}/x.tar"
  expect_status 0
  tar -tf "${home}/x.tar" | grep -x bin/greeting >/dev/null
}

@test "--exclude and --include apply in order" {
  sample
  helper pack -p "${sample}" -o "${home}/x.tar" --exclude '*.py' --include 'lib/python3*/json/*.py' --exclude='*/tool.py'
  expect_status 0
  tar -tf "${home}/x.tar" >"${home}/names"
  grep -q 'json/decoder.py$' "${home}/names"
  ! grep -q 'json/tool.py$' "${home}/names"
  ! grep -q 'lib/python3[0-9.]*/os.py$' "${home}/names"
}

@test "missing or overwritten files, and editable packages, are named with a remedy" {
  local broken="${home}/broken" site
  in_environment "${base}/bin/conda" create -y -q -p "${broken}" greeting python pip >/dev/null
  site="$(echo "${broken}"/lib/python3*/site-packages)"
  rm "${broken}/share/greeting/message"
  echo '# shorter' >"${site}/pip/__init__.py.new" && mv "${site}/pip/__init__.py.new" "${site}/pip/__init__.py"
  helper pack -p "${broken}" -o "${home}/x.tar"
  expect_status 1
  expect_in_stderr 'are missing'
  expect_in_stderr '--ignore-missing-files'
  [[ ! -e "${home}/x.tar" ]]
  helper pack -p "${broken}" -o "${home}/x.tar" --ignore-missing-files
  expect_status 0
  expect_in_stderr 'overwritten'
  expect_in_stderr 'pip/__init__.py'
  mkdir "${site}/mine-1.0.dist-info"
  echo '{"dir_info": {"editable": true}, "url": "file:///src/mine"}' >"${site}/mine-1.0.dist-info/direct_url.json"
  helper pack -p "${broken}" -o "${home}/y.tar" --ignore-missing-files
  expect_status 1
  expect_in_stderr 'mine (file:///src/mine)'
  expect_in_stderr '--ignore-editable-packages'
  helper pack -p "${broken}" -o "${home}/y.tar" --ignore-missing-files --ignore-editable-packages
  expect_status 0
}

@test "--force replaces packed output, creates directories, and touches no other directory" {
  sample
  helper pack -q -p "${sample}" -o "${home}/new/dir/x.tar"
  expect_status 3
  expect_in_stderr "there is no directory ${home}/new/dir"
  expect_in_stderr '--force creates it'
  helper pack -q -f -p "${sample}" -o "${home}/new/dir/x.tar"
  expect_status 0
  helper pack -q -f -p "${sample}" -o "${home}/new/dir/x.tar"
  expect_status 0
  helper pack -q -p "${sample}" -o "${home}/x.no-archive"
  helper pack -q -p "${sample}" -o "${home}/x.no-archive"
  expect_status 4
  helper pack -q -f -p "${sample}" -o "${home}/x.no-archive"
  expect_status 0
  mkdir "${home}/precious" && touch "${home}/precious/file"
  helper pack -q -f -p "${sample}" -o "${home}/precious" --format no-archive
  expect_status 4
  [[ -e "${home}/precious/file" ]]
  ! compgen -G "${home}/*.partial*"
}

@test "a directory is packed unmodified, in any format; options for environments are refused" {
  mkdir -p "${home}/tree/sub"
  echo content >"${home}/tree/sub/file"
  helper pack "${home}/tree" -o "${home}/tree.tar.xz" --arcroot top
  expect_status 0
  unpack "${home}/tree.tar.xz" "${home}/out"
  diff -r "${home}/tree" "${home}/out/top"
  helper pack "${home}/tree" -o "${home}/image.foo"
  expect_status 2
  expect_in_stderr "cannot tell the format of '${home}/image.foo' from its name"
  [[ ! -e "${home}/image.foo" ]]
  helper pack "${home}/tree" -o "${home}/image"
  helper info "${home}/image"
  expect_status 0
  helper pack "${home}/tree" -o "${home}/x.tar" --exclude '*'
  expect_status 2
  helper pack "${home}/tree" -o "${home}/x.tar" --compressor xz
  expect_status 2
}

@test "only files and directories are replaced, and a missing output folder is reported in one sentence" {
  mkdir -p "${home}/tree"
  echo content >"${home}/tree/file"
  mkfifo "${home}/pipe"
  ln -s pipe "${home}/link"
  local target format
  for target in "${home}/pipe" "${home}/link"; do
    for format in tar zip squashfs no-archive; do
      helper pack -f "${home}/tree" -o "${target}" --format "${format}"
      expect_status 4
      expect_in_stderr 'it is a named pipe'
    done
  done
  helper pack -f "${home}/tree" -o /dev/full --format tar
  expect_status 4
  expect_in_stderr 'is a device'
  [[ -p "${home}/pipe" && -L "${home}/link" && -c /dev/full ]]
  helper extract "${home}/tree" "${home}/pipe"
  [[ "${status}" -ne 0 && -p "${home}/pipe" ]] || fail 'extracted onto a pipe'

  helper pack "${home}/nothing" -o "${home}/x.tar"
  expect_status 3
  expect_in_stderr "there is no directory ${home}/nothing"
  helper pack "${home}/tree/file" -o "${home}/x.tar"
  expect_status 2
  helper pack "${home}/tree" -o "${home}/tree/file/x.tar"
  expect_status 3
  helper pack -f "${home}/tree" -o "${home}/tree/file/sub/x.tar"
  expect_status 1
  expect_in_stderr 'cannot create the directory'
  ln -s nowhere "${home}/tree/dangling"
  helper pack "${home}/tree" -o "${home}/x.zip"
  expect_status 1
  expect_in_stderr 'remove or correct them'
  expect_not_in_stderr '--exclude'
  if [[ "$(id -u)" -ne 0 ]]; then
    mkdir "${home}/sealed" && chmod a-w "${home}/sealed"
    helper pack "${home}/tree" -o "${home}/sealed/x.tar"
    expect_status 1
    expect_in_stderr "you may not write in ${home}/sealed"
  fi
}

@test "activate and deactivate, sourced by bash, zsh, dash and fish" {
  sample
  helper pack -q -p "${sample}" -o "${home}/env.tar"
  unpack "${home}/env.tar" "${home}/my env"
  mkdir -p "${home}/my env/etc/conda/activate.d" "${home}/my env/etc/conda/deactivate.d"
  echo 'export GREETED=yes' >"${home}/my env/etc/conda/activate.d/a.sh"
  echo 'unset GREETED' >"${home}/my env/etc/conda/deactivate.d/a.sh"
  local shell script='. "$1/bin/activate"; echo "$CONDA_PREFIX|${GREETED-}|$(command -v python)"; . deactivate; echo "${CONDA_PREFIX-none}|${GREETED-none}|$PATH"'
  for shell in bash zsh dash; do
    run --separate-stderr in_environment PATH="/usr/bin:/bin" "${shell}" -euc "${script}" "${shell}" "${home}/my env"
    expect_output "${home}/my env|yes|${home}/my env/bin/python
none|none|/usr/bin:/bin"
    [[ -z "${stderr}" ]] || fail "${shell}"
  done
  run --separate-stderr in_environment PATH="/usr/bin:/bin" fish --no-config -c "source '${home}/my env/bin/activate.fish'; echo \"\$CONDA_PREFIX|\"(command -v python); deactivate; set -q CONDA_PREFIX; or echo none; string join : \$PATH"
  expect_output "${home}/my env|${home}/my env/bin/python
none
/usr/bin:/bin"
}

@test "a prefix that is too long for a binary is refused before anything is changed" {
  sample
  helper pack -q -p "${sample}" -o "${home}/env.tar"
  local deep="${home}/$(printf 'long-%.0s' {1..45})"
  unpack "${home}/env.tar" "${deep}"
  digest "${deep}" >"${home}/before"
  run --separate-stderr in_environment "${deep}/bin/conda-unpack"
  expect_status 1
  expect_in_stderr 'shorter path'
  digest "${deep}" | cmp - "${home}/before"
  helper pack -q -p "${sample}" -o "${home}/far.squashfs" -d "/$(printf 'long-%.0s' {1..60})"
  expect_status 1
  expect_in_stderr 'choose a shorter prefix'
  [[ ! -e "${home}/far.squashfs" ]]
}

@test "activate keeps what it replaces, under set -u, through a symlink, with the variables that conda sets" {
  sample
  mkdir -p "${sample}/etc/conda/activate.d" "${sample}/etc/conda/env_vars.d"
  echo 'export GREETED=${NEVER_SET}yes' >"${sample}/etc/conda/activate.d/a.sh"
  echo '{"OF_PACKAGE": "1", "HELD": "overwritten"}' >"${sample}/etc/conda/env_vars.d/package.json"
  echo '{"version": 1, "env_vars": {"HELD": "new", "SEVERAL": "a\n$(touch pwned) \"b\" \\c", "GONE": "***unset***", "x;touch pwned": "1"}}' >"${sample}/conda-meta/state"
  helper pack -q -p "${sample}" -o "${home}/env.tar"
  unpack "${home}/env.tar" "${home}/my env"
  ln -s "my env/bin/activate" "${home}/act"
  ln -s "${home}/my env/bin/activate.fish" "${home}/act.fish"
  cat >"${home}/script" <<'EOF'
set -eu
export HELD=old CONDA_PREFIX=/outer PATH=/outer/bin:/usr/bin::/bin
PS1='$ ' before=${PATH}
. "$1"
printf '%s\n' "${CONDA_PREFIX}|${PS1}|${PATH}|${OF_PACKAGE}|${HELD}|${SEVERAL}|${GONE-unset}|${GREETED}"
. deactivate
printf '%s\n' "${CONDA_PREFIX}|${PS1}|${OF_PACKAGE-unset}|${HELD}"
[ "${PATH}" = "${before}" ]
case $- in *u*) ;; *) echo 'set -u is gone' ;; esac
env | grep CONDAFUSE_PACK || :
EOF
  cat >"${home}/script.fish" <<'EOF'
set -gx HELD old; set -gx CONDA_PREFIX /outer; set -gx PATH /outer/bin /usr/bin /bin
source $argv[1]
echo "$CONDA_PREFIX|"(string join : $PATH)"|$OF_PACKAGE|$HELD|$SEVERAL"
deactivate
echo "$CONDA_PREFIX|"(string join : $PATH)"|$HELD"; set -q OF_PACKAGE; or echo unset
env | grep CONDAFUSE_PACK
true
EOF
  local value=$'a\n$(touch pwned) "b" \\c' shell
  for shell in bash zsh dash; do
    run --separate-stderr in_environment "${shell}" "${home}/script" "${home}/act"
    expect_output "${home}/my env|(my env) \$ |${home}/my env/bin:/outer/bin:/usr/bin::/bin|1|new|${value}|unset|yes
/outer|\$ |unset|old"
    [[ -z "${stderr}" ]] || fail "${shell}: ${stderr}"
  done
  run --separate-stderr in_environment fish --no-config "${home}/script.fish" "${home}/act.fish"
  expect_output "${home}/my env|${home}/my env/bin:/outer/bin:/usr/bin:/bin|1|new|${value}
/outer|/outer/bin:/usr/bin:/bin|old
unset"
}

@test "a directory with shell code in its name is activated, and the prompt does not expand it" {
  sample
  helper pack -q -p "${sample}" -o "${home}/env.tar"
  local odd="${home}/"'$(touch pwned)`touch pwned`'
  unpack "${home}/env.tar" "${odd}"
  cd "${home}"
  run --separate-stderr in_environment bash -c 'PS1="> "; . "$1/bin/activate"; echo "${PS1@P}${CONDA_PREFIX}"' bash "${odd}"
  expect_output "(packed) > ${odd}"
  [[ ! -e "${home}/pwned" ]] || fail 'the name was run'
}

@test "conda-unpack reports a write failure in one sentence" {
  sample
  helper pack -q -p "${sample}" -o "${home}/env.squashfs"
  # conda-unpack has nothing to do in our own mount.
  helper mount --read-only "${home}/env.squashfs" "${home}/there"
  expect_status 0
  run --separate-stderr in_environment "${home}/there/bin/conda-unpack"
  expect_status 0
  helper unmount "${home}/there"
  mkdir -p "${home}/there"
  squashfuse "${home}/env.squashfs" "${home}/there"
  run --separate-stderr in_environment "${home}/there/bin/conda-unpack"
  fusermount3 -u "${home}/there"
  expect_status 1
  expect_in_stderr 'Read-only file system; unpack the environment into a directory that you may write'
  [[ $(wc -l <<<"${stderr}") -eq 1 ]] || fail 'more than a sentence'
}

@test "the packed scripts pass the linters" {
  local texts="${CONDAFUSE_REPOSITORY}/shells/packed"
  shellcheck --shell=sh --enable=all --exclude=SC2310,SC2311,SC2312 "${texts}/activate" "${texts}/deactivate"
  shfmt --indent 2 --language-dialect posix --diff "${texts}/activate" "${texts}/deactivate"
  diff "${texts}/activate.fish" <(fish_indent <"${texts}/activate.fish")
  /usr/bin/python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "${texts}/conda-unpack"
}
