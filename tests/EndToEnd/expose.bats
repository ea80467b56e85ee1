#!/usr/bin/env bats
# Launchers: interpreter paths that mount on demand. PyCharm and VS Code are not in Debian, so these tests imitate their use of such a path.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# "$@" as an IDE starts it: neither our PATH nor our variables.
as_an_ide() {
  run --separate-stderr env -i HOME="${home}" PATH=/usr/bin:/bin "$@"
}

@test "an exposed interpreter answers an IDE's queries from the environment, which is mounted on demand" {
  local dir="${home}/some where" prefix
  kept_environment py python pip
  mkdir -p "${home}/archives of mine"
  mv "${archives}/py.squashfs" "${home}/archives of mine/"
  environment+=(CONDA_FUSE_ARCHIVE_PATH="${home}/archives of mine")
  prefix="${mounts}/py/py"
  helper expose py python python3 pip --dir "${dir}"
  expect_status 0
  [[ "$(ls "${dir}/py/bin")" == $'pip\npython\npython3' ]] || fail 'the launchers'
  unmount py
  # The queries of VS Code's locator and PyCharm: version, prefix, executable.
  as_an_ide "${dir}/py/bin/python" -I -c 'import sys; print(sys.prefix, sys.executable, sys.version_info[0], sys.argv[1], sep="|")' 'two  words'
  expect_status 0
  expect_output "${prefix}|${prefix}/bin/python|3|two  words"
  as_an_ide "${dir}/py/bin/python3" --version
  expect_in_output 'Python 3.'
  as_an_ide "${dir}/py/bin/pip" --version
  expect_in_output "${prefix}/lib"
  as_an_ide "${dir}/py/bin/python" -c 'raise SystemExit(7)'
  expect_status 7
  run --separate-stderr env -i HOME="${home}" PATH=/usr/bin:/bin "${dir}/py/bin/python" - <<<'print("from standard input")'
  expect_output 'from standard input'
  helper expose py python
  printf '#!/usr/bin/env py-python\nimport sys\nprint("a script with", sys.argv[1:])\n' >"${home}/script"
  chmod +x "${home}/script"
  as_an_ide PATH="${home}/.local/bin:/usr/bin:/bin" "${home}/script" 'one word'
  expect_output "a script with ['one word']"
  [[ "$(grep -c "^${prefix}$" "${home}/.conda/environments.txt")" == 1 ]] || fail 'registration'
  unmount py
}

@test "launchers in ~/.local/bin are written, listed and removed; other files stay" {
  local bin="${home}/.local/bin"
  small_environment
  mkdir -p "${bin}"
  echo 'not ours' >"${bin}/small-tool"
  helper expose --list
  expect_status 0
  expect_in_output 'no launchers'
  helper expose small greeting
  expect_status 0
  expect_output "Wrote ${bin}/small-greeting"
  as_an_ide "${bin}/small-greeting"
  expect_output "hello from ${mounts}/small/small, version 2.0"
  helper expose --list --json
  expect_status 0
  [[ "$(json '[(l["environment"], l["program"], l["path"]) for l in answer["launchers"]]')" == \
    "[('small', 'greeting', '${bin}/small-greeting')]" ]] || fail 'the JSON'
  cp "${mounts}/small/small/bin/greeting" "${mounts}/small/small/bin/tool"
  helper expose small greeting tool
  expect_status 4
  expect_in_stderr "${bin}/small-tool exists"
  [[ "$(<"${bin}/small-tool")" == 'not ours' ]]
  helper expose small absent
  expect_status 3
  helper expose small ../bin/greeting
  expect_status 2
  helper expose small
  expect_status 2
  helper expose small tool --remove
  expect_status 3
  helper expose small --remove
  expect_status 0
  expect_output "Removed ${bin}/small-greeting"
  [[ "$(ls "${bin}")" == small-tool ]]
  helper expose small --remove
  expect_status 3
  unmount small
}
