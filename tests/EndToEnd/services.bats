#!/usr/bin/env bats
# Shells, mounts in the foreground for service managers and containers, and the helper of mount(8).

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

# Serves small in the foreground, as a background job of this test with the pid `server`. Its output is in ${home}/said.
serve() {
  rm -f "${home}/said"
  in_environment "$@" "${CONDAFUSE_BIN}" mount small --foreground >"${home}/said" 2>"${home}/log" 3>&- &
  server=$!
  eventually has_content "${home}/said" || fail "it does not serve: $(<"${home}/log")"
}

# Waits for the server's end and checks its exit code.
served() {
  local code=0
  wait "${server}" || code=$?
  [[ "${code}" == "$1" ]] || fail "exit code ${code}, not $1: $(<"${home}/log")"
  [[ -z "$(mounted_below "${home}")" && -z "$(servers)" ]] || fail 'it is still mounted'
}

@test "mount --foreground serves in its own process; unmount commits and ends it" {
  small_environment
  serve
  [[ "$(<"${home}/said")" == "Mounted ${archives}/small.squashfs at ${mounts}/small" ]]
  [[ "$(servers)" == "$(server_at "${mounts}/small")" ]] || fail 'there is another process'
  echo note >"${mounts}/small/small/note"
  helper mount small --foreground
  expect_status 4
  expect_in_stderr "${mounts}/small is mounted by another process"
  helper run small -- greeting
  expect_status 0
  helper unmount small
  expect_status 0
  expect_in_output 'committed as generation 2'
  served 0
}

@test "SIGTERM, SIGINT and SIGHUP end a mount in the foreground, and its changes are kept" {
  local signal
  small_environment
  for signal in TERM INT HUP; do
    serve env --default-signal=INT,HUP
    echo "${signal}" >>"${mounts}/small/small/note"
    kill -s "${signal}" "$(servers)"
    served 0
    [[ "$(generation_of small)" == 1 ]] || fail 'it was committed'
  done
  [[ "$(cat "$(prefix_of small)/note")" == $'TERM\nINT\nHUP' ]] || fail 'the changes'
  unmount small
}

@test "a service manager is notified when the mount is ready" {
  local address told
  small_environment
  for address in "${home}/notify" "@condafuse-test-$$-${RANDOM}"; do
    rm -f "${home}/told"
    /usr/bin/python3 -c '
import socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[1].replace("@", "\0", 1))
manager.settimeout(120)
print(flush=True)
print(manager.recv(100).decode(), flush=True)' "${address}" >"${home}/told" 3>&- &
    told=$!
    eventually has_content "${home}/told"
    serve env NOTIFY_SOCKET="${address}"
    wait "${told}"
    [[ "$(<"${home}/told")" == $'\nREADY=1' ]] || fail 'what it was told'
    unmount small
    served 0
  done
}

@test "the documented unit is valid, and its commands mount, commit and unmount" {
  local unit="${home}/condafuse@small.service" stop
  small_environment
  example_of docs/integrations.md '[Unit]' | sed -e 's|%h/.local/bin/condafuse|/bin/true|' -e 's/%i/small/' >"${unit}"
  run systemd-analyze verify --man=no "${unit}"
  expect_status 0
  expect_output ''
  grep -x 'ExecStart=/bin/true mount small --foreground' "${unit}"
  serve
  echo note >"${mounts}/small/small/note"
  stop="$(sed -n 's/^ExecStop=[^ ]* //p' "${unit}")"
  # shellcheck disable=SC2086 # words
  helper ${stop}
  expect_status 0
  expect_in_output 'committed as generation 2'
  served 0
}

@test "as the first process of a container it handles SIGTERM" {
  [[ "${EUID}" -eq 0 ]] || skip 'only root makes such a namespace'
  small_environment
  in_environment unshare --pid --fork --mount-proc --propagation private "${CONDAFUSE_BIN}" mount small --foreground >"${home}/said" 3>&- &
  server=$!
  eventually has_content "${home}/said"
  kill -s TERM "$(servers)"
  wait "${server}"
  all_ended
  rmdir "${mounts}/small" # its namespace has ended with it
}

# The output of an interactive shell $1 of `condafuse shell small` for commands on its standard input.
shell_session() {
  run --separate-stderr in_environment SHELL="$(command -v "$1")" timeout 60 "${CONDAFUSE_BIN}" shell small <<<"$2"
}

@test "shell starts the user's own shell with its startup files and the environment active" {
  local shell
  small_environment
  mkdir -p "${home}/.config/fish" "${home}/zsh files"
  echo 'FROM_RC=yes' >"${home}/.bashrc"
  echo 'export ZDOTDIR="${HOME}/zsh files"; FROM_ENV=yes' >"${home}/.zshenv"
  echo '[ "${FROM_ENV}" = yes ] && FROM_RC=yes' >"${home}/zsh files/.zshrc"
  echo 'set FROM_RC yes' >"${home}/.config/fish/config.fish"
  for shell in "${shells[@]}"; do
    shell_session "${shell}" 'echo "<$FROM_RC><$CONDA_DEFAULT_ENV><$CONDA_SHLVL><$__conda_fuse_shell_name><$ZDOTDIR>"; greeting
conda-fuse-env-list --names; conda deactivate; echo "<$CONDA_SHLVL>"; exit 7'
    expect_status 7
    [[ "${shell}" == zsh ]] && expect_in_output "<yes><small><1><><${home}/zsh files>" || expect_in_output '<yes><small><1><><'
    expect_in_output 'hello from '
    expect_in_output '<0>'
    [[ "${output}" == *$'\nsmall\n'* ]] || fail 'the functions'
  done
  shell_session dash 'echo "<$CONDA_DEFAULT_ENV>"; greeting; exit 7'
  expect_status 7
  expect_in_output '<small>'
  unmount small
  helper shell smal
  expect_status 3
  [[ ! -e "${home}/zsh files/.zcompdump" ]] || fail 'files of the session'
}

@test "mount(8) mounts and unmounts by /etc/fstab, also as an ordinary user" {
  [[ "${EUID}" -eq 0 && -n "${CONDAFUSE_TEST_USER:-}" ]] || skip 'only root can put a helper beside mount(8)'
  local helpers="${CONDAFUSE_TEST_ROOT}/helpers" image point
  as_second_user
  small_environment
  chown -R "${CONDAFUSE_TEST_USER}:" "${archives}"
  image="${home}/small.squashfs" point="${home}/mounted"
  mv "${archives}/small.squashfs" "${image}"
  mkdir -p "${point}" "${helpers}"
  chown "${CONDAFUSE_TEST_USER}:" "${point}"
  # mount.condafuse finds condafuse relative to its own path, as when it is installed.
  mkdir -p "${CONDAFUSE_TEST_ROOT}/installed/sbin" "${CONDAFUSE_TEST_ROOT}/installed/bin"
  cp "${CONDAFUSE_REPOSITORY}/scripts/mount.condafuse" "${CONDAFUSE_TEST_ROOT}/installed/sbin/"
  cp "${CONDAFUSE_BIN}" "${CONDAFUSE_TEST_ROOT}/installed/bin/condafuse"
  ln -sf "${CONDAFUSE_TEST_ROOT}/installed/sbin/mount.condafuse" "${helpers}/mount.condafuse"
  in_fstab() { sed 's/\\/\\134/g; s/ /\\040/g' <<<"$1"; }
  # The documented line, for these paths.
  example_of docs/integrations.md 'ln -s /usr/local/sbin/mount.condafuse /sbin/' |
    sed -n "s/^echo '[^ ]* *[^ ]* *\(condafuse .*\)' >>.*$/\1/p" >"${home}/fields"
  [[ "$(<"${home}/fields")" == 'condafuse '* ]] || fail 'the documented line'
  echo "$(in_fstab "${image}") $(in_fstab "${point}") $(<"${home}/fields")" >"${home}/fstab"
  cat >"${home}/script" <<'SCRIPT'
set -eu
helpers=$1 home=$2
shift 2
mount --bind "${home}/fstab" /etc/fstab
mount -t overlay -o "lowerdir=${helpers}:/usr/sbin" overlay /usr/sbin
"$@" mount "${home}/mounted"
"$@" ls "${home}/mounted/small"
"$@" touch "${home}/mounted/small/x" 2>/dev/null && exit 1
"$@" umount "${home}/mounted"
mountpoint -q "${home}/mounted" && exit 1
refused() {
  "$@" && exit 1
  echo "code $?"
}
refused "$@" mount.condafuse "${home}/small.squashfs" "${home}/mounted" -o bogus
refused "$@" mount.condafuse "${home}/small.squashfs" "${home}/mounted" -o noauto,noexec
refused "$@" mount.condafuse "${home}/absent.squashfs" "${home}/mounted"
SCRIPT
  run --separate-stderr unshare --mount --propagation private bash "${home}/script" "${helpers}" "${home}" \
    "${acting[@]}" env "${environment[@]}" PATH=/usr/bin:/bin:/usr/sbin
  expect_status 0
  expect_in_output 'conda-meta'
  expect_in_output $'code 1\ncode 1\ncode 32'
  expect_in_stderr "option 'bogus' is not known"
  expect_in_stderr "write 'exec' behind 'user'"
  all_ended
}
