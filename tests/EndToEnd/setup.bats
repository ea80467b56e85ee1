#!/usr/bin/env bats
# `condafuse setup`: blocks in startup files, and links for tools that look for environments in conda's directory.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

envs() {
  echo "${home}/.conda/envs"
}

# Everything in the home but what belongs to condafuse, with links and content.
snapshot() {
  find "${home}" -path "${home}/miniconda_fuse" -prune -o -path "${home}/.local/state" -prune -o -path "${home}/.cache" -prune \
    -o -printf '%P %y %m %l\n' | sort
  cat "${home}"/.bashrc "${home}"/.zshrc "${home}/.config/fish/config.fish" 2>/dev/null || true
}

@test "setup adds a block to the shells that are there, twice is once, and --undo restores every byte" {
  local before
  environment+=(SHELL=/bin/bash)
  printf 'alias a=b' >"${home}/.bashrc"
  mkdir -p "${home}/.config/fish"
  printf '# mine\n' >"${home}/.config/fish/config.fish"
  before="$(snapshot)"
  helper setup --yes
  expect_status 0
  expect_in_output "Added: ${home}/.bashrc"
  expect_in_output "Added: ${home}/.config/fish/config.fish"
  expect_in_stderr "+ # >>> condafuse >>>"
  [[ ! -e "${home}/.zshrc" ]] || fail 'a startup file for a shell that is not used'
  helper setup --yes
  expect_output 'Nothing to do'
  helper setup --yes --json
  [[ "$(json '[f["action"] for f in answer["startupFiles"]], answer["links"]["directory"]')" == "['unchanged', 'unchanged'] None" ]] || fail 'JSON'
  helper setup --undo --yes
  expect_status 0
  [[ "$(snapshot)" == "${before}" ]] || fail "$(diff <(echo "${before}") <(snapshot))"
}

@test "new shells have the functions after setup, whatever the path of the program" {
  local shell bin="${home}/it's a \$place/bin"
  mkdir -p "${bin}"
  ln "${CONDAFUSE_BIN}" "${bin}/condafuse" || cp "${CONDAFUSE_BIN}" "${bin}/condafuse"
  run --separate-stderr in_environment "${bin}/condafuse" setup --yes --shell bash --shell zsh --shell fish
  expect_status 0
  for shell in bash zsh fish; do
    local file="${home}/.bashrc"
    [[ "${shell}" != zsh ]] || file="${home}/.zshrc"
    [[ "${shell}" != fish ]] || file="${home}/.config/fish/config.fish"
    run --separate-stderr in_environment PATH=/usr/bin:/bin "${shell}" -c \
      "source '${file}'; source '${file}'; conda-fuse-paths >/dev/null && command -v condafuse"
    expect_output "${bin}/condafuse"
    expect_stderr ''
  done
  rm "${bin}/condafuse"
  for shell in bash zsh; do
    file="${home}/.${shell}rc"
    run --separate-stderr in_environment "${shell}" -c "source '${file}'; echo silent"
    expect_output silent
    expect_stderr ''
  done
}

@test "setup asks before it changes a startup file, and needs --yes in a script" {
  environment+=(SHELL=/bin/bash)
  answering n setup --no-links
  expect_status 0
  expect_in_output "${home}/.bashrc is unchanged"
  [[ ! -e "${home}/.bashrc" ]] || fail 'written'
  run --separate-stderr in_environment "${CONDAFUSE_BIN}" setup </dev/null
  expect_status 2
  expect_in_stderr 'cannot ask'
  environment+=(SHELL=/bin/tcsh)
  helper setup --yes
  expect_status 3
  expect_in_stderr 'condafuse setup --shell bash'
}

@test "links follow the environments: created, renamed, cloned, removed, deleted by hand; nothing else is touched" {
  mkdir -p "$(envs)/native/conda-meta"
  ln -s /no/where "$(envs)/dangling"
  echo mine >"$(envs)/taken"
  small_environment
  small_environment taken
  helper setup --yes --shell bash --links
  expect_status 0
  expect_in_output "Linked: $(envs)/small"
  expect_in_stderr "$(envs)/taken exists and is not a link of condafuse"
  [[ "$(readlink "$(envs)/small")" == "${mounts}/small/small" ]] || fail 'the link'
  [[ "$(<"$(envs)/taken")" == mine ]] || fail 'a file was replaced'
  helper create made -y -q greeting
  expect_status 0
  [[ "$(in_environment "$(envs)/made/bin/greeting")" == "hello from ${mounts}/made/made"* ]] || fail 'through the link'
  unmount made
  helper rename made other
  [[ ! -L "$(envs)/made" && "$(readlink "$(envs)/other")" == "${mounts}/other/made" ]] || fail 'renamed'
  helper clone other copy
  [[ "$(readlink "$(envs)/copy")" == "${mounts}/copy/made" ]] || fail 'cloned'
  helper remove copy --yes
  [[ ! -L "$(envs)/copy" ]] || fail 'removed'
  rm "${archives}/other.squashfs"
  helper doctor
  expect_in_output "link to a deleted environment: $(envs)/other"
  helper doctor --clean
  [[ ! -L "$(envs)/other" ]] || fail 'cleaned'
  # An archive that arrives by other means is linked when it is mounted.
  cp "${archives}/small.squashfs" "${archives}/arrived.squashfs"
  prefix_of arrived
  [[ "$(readlink "$(envs)/arrived")" == "${mounts}/arrived/small" ]] || fail 'arrived'
  unmount arrived
  helper setup --undo --yes
  [[ "$(ls "$(envs)" | tr '\n' ' ')" == 'dangling native taken ' ]] || fail "$(ls "$(envs)")"
  [[ ! -e "${home}/.local/state/condafuse/links" ]] || fail 'the state is left'
}

@test "links go to another directory on request, and never to one of others" {
  small_environment
  helper setup --yes --shell bash --links-dir "${home}/my envs"
  expect_status 0
  [[ -L "${home}/my envs/small" ]] || fail 'no link'
  helper setup --yes --shell bash --links-dir "${home}/second" --json
  [[ "$(json 'len(answer["links"]["added"]), len(answer["links"]["removed"])')" == '1 1' ]] || fail 'moved'
  [[ -z "$(ls "${home}/my envs")" && -L "${home}/second/small" ]] || fail 'moved'
  mkdir -m 777 "${home}/open"
  echo before >"${home}/.bashrc"
  helper setup --yes --shell bash --links-dir "${home}/open"
  expect_status 1
  expect_in_stderr 'every user can write in it'
  [[ "$(<"${home}/.bashrc")" == 'before' ]] || fail 'a startup file was changed first'
  helper setup --yes --links --undo
  expect_status 2
}

# The paths below the environment's prefix $1 that contain the text $2.
containing() {
  (cd "$1" && grep -rlF -e "$2" . | sort)
}

# Installs through the link, as conda does for `conda install -n NAME`.
installed_through_link() {
  kept_environment linked python greeting=1.0
  helper setup --yes --shell bash --links
  prefix="$(prefix_of linked)"
  in_environment "${base}/bin/conda" install -y -q -n linked greeting=2.0 tqdm
  [[ -n "$(containing "${prefix}" "$(envs)/linked")" ]] || fail 'nothing was installed through the link'
  # A path with spaces is in the second line.
  [[ "$(head -n 2 "${prefix}/bin/tqdm")" == *"$(envs)/linked/bin/python"* ]] || fail "$(head -n 2 "${prefix}/bin/tqdm")"
}

# The environment works without the link, and nothing in it contains the link's path; conda's digests are right.
expect_own_prefix() {
  [[ -z "$(containing "${prefix}" "$(envs)/linked")" ]] || fail "the link's path is in $(containing "${prefix}" "$(envs)/linked")"
  rm "$(envs)/linked"
  [[ "$(in_environment "${prefix}/bin/greeting")" == "hello from ${prefix}, version 2.0" ]] || fail "$("${prefix}/bin/greeting")"
  in_environment "${prefix}/bin/tqdm" --version
  "${acting[@]}" python3 - "${prefix}" <<'END'
import glob, hashlib, json, sys

checked = 0
for record in glob.glob(f"{glob.escape(sys.argv[1])}/conda-meta/*.json"):
    for path in json.load(open(record))["paths_data"]["paths"]:
        if path.get("prefix_placeholder") and path.get("sha256_in_prefix"):
            checked += 1
            content = open(f"{sys.argv[1]}/{path['_path']}", "rb").read()
            assert hashlib.sha256(content).hexdigest() == path["sha256_in_prefix"], path["_path"]
assert checked
END
}

@test "a commit of a mounted environment replaces a link's path by the prefix, at once for all who look" {
  local prefix
  installed_through_link
  in_environment "${prefix}/bin/greeting" >"${home}/former"
  exec 5<"${prefix}/bin/greeting"
  helper commit linked
  expect_status 0
  expect_own_prefix
  [[ "$(cat <&5)" == *"$(envs)/linked"* ]] || fail 'a process that has the former file open lost it'
  exec 5<&-
  unmount linked
  prefix="$(prefix_of linked)"
  expect_own_prefix
  unmount linked
  [[ "$(generation_of linked)" == 2 ]] || fail "generation $(generation_of linked)"
  helper verify linked
  expect_status 0
}

@test "unmounting, and committing after a killed server, replace a link's path as well" {
  local prefix
  installed_through_link
  unmount linked
  prefix="$(prefix_of linked)"
  expect_own_prefix
  unmount linked
  installed_through_link
  server_killer
  in_environment sh "${home}/kill-server" "${prefix}/conda-meta/history"
  helper unmount linked
  helper commit linked
  expect_status 0
  prefix="$(prefix_of linked)"
  expect_own_prefix
  unmount linked
}

@test "commands by plain name use the mounted environment, not its link as an environment of conda" {
  small_environment
  environment+=(PATH="$(dirname "${CONDAFUSE_BIN}"):${base}/condabin:${base}/bin:/usr/bin:/bin")
  helper setup --yes --shell bash --links
  in_plain_shell bash 'conda list -n small; conda install -y -q -n small greeting=1.0; conda-fuse-activate small; greeting; conda deactivate'
  expect_in_output "hello from ${mounts}/small/small, version 1.0"
  [[ -z "$(containing "${mounts}/small/small" "$(envs)/small")" ]] || fail 'installed through the link'
  unmount small
}
