#!/usr/bin/env bats
# Environments that are mounted from a registry before they are downloaded: Debian's docker-registry, with plain http and with TLS and a password.

load helpers
load registry

setup_file() {
  bats_require_minimum_version 1.5.0
  start_registry plain
  start_registry fickle
  start_registry safe tls password
}

teardown_file() {
  stop_registries
}

setup() {
  fresh_home
  cache="${home}/cache"
  environment+=(CONDA_FUSE_CACHE="${cache}" CONDA_FUSE_FETCH_TIMEOUT=20)
}

teardown() {
  end_fetcher KILL
  unmounted_all
}

# Fails if something is left mounted below the home; a passing test must unmount.
unmounted_all() {
  local point left=''
  while IFS= read -r point; do
    [[ -n "${point}" ]] || continue
    left+="${point} "
    umount -l "${point}" 2>/dev/null || fusermount3 -uz "${point}"
  done <<<"$(mounted_below "${home}")"
  [[ -z "${left}" || -z "${BATS_TEST_COMPLETED:-}" ]]
}

# The pids of this program's fetchers.
fetchers() {
  local pid
  for pid in $(servers); do
    { tr '\0' ' ' <"/proc/${pid}/cmdline" | grep -E '^condafuse fetch ' >/dev/null && echo "${pid}"; } 2>/dev/null || true
  done
}

# Ends them with signal $1.
end_fetcher() {
  local pid
  for pid in $(fetchers); do
    kill -s "$1" "${pid}" 2>/dev/null || true
    eventually process_is_gone "${pid}"
  done
}

# An environment 'small' with a file of 2 MB, pushed to $1, without its archive. Prints nothing.
pushed() {
  small_environment
  head -c 2000000 /dev/urandom >"${home}/expected"
  cp "${home}/expected" "$(prefix_of small)/payload"
  unmount small >/dev/null
  helper push small "$1" "${@:2}"
  expect_status 0
  mv "${archives}/small.squashfs" "${home}/pushed.squashfs"
}

# Whether the payload of the environment mounted at $1 is right.
payload_is_right() {
  cmp "${home}/expected" "$1/payload"
}

# Stops registry $1 and waits.
stop_registry() {
  kill -KILL "$(<"${BATS_FILE_TMPDIR}/$1/pid")"
  eventually process_is_gone "$(<"${BATS_FILE_TMPDIR}/$1/pid")"
}

# Starts registry $1 again at the same address.
restart_registry() {
  local folder="${BATS_FILE_TMPDIR}/$1"
  sed -i "s/addr: '127.0.0.1:[0-9]*'/addr: '$2'/" "${folder}/config.yml"
  docker-registry serve "${folder}/config.yml" >"${folder}/log" 2>&1 </dev/null 3>&- &
  echo $! >"${folder}/pid"
  eventually grep -q 'listening on' "${folder}/log"
}

@test "an environment is mounted from a registry, read, changed in a layer, and committed to an archive" {
  local reference
  reference="$(registry_at plain)/team/small"
  pushed "${reference}"
  helper mount "oci://${reference}:latest" --json
  expect_status 0
  [[ "${output}" == *"\"mountPoint\": \"${mounts}/small\""* ]] || fail 'another mount point'
  payload_is_right "${mounts}/small/small"
  helper list
  expect_in_output small
  helper status small
  expect_status 0
  echo mine >"${mounts}/small/small/note"
  helper commit small
  expect_status 6
  expect_in_stderr "'small' is in a registry"
  helper commit small --to mine
  expect_status 0
  helper unmount small
  expect_status 0
  helper run mine -- sh -c 'cat "${CONDA_PREFIX}/note"'
  [[ "${output}" == mine ]] || fail 'the change is not in the archive'
  unmount mine
  helper run "oci://${reference}" -- sh -c 'cat "${CONDA_PREFIX}/note"'
  [[ "${output}" == mine ]] || fail 'the change is not in the layer'
  helper unmount small
  helper clone small other
  expect_status 3
}

@test "what was fetched is used again: with the registry stopped, and with --offline without any request" {
  local host reference
  host="$(registry_at fickle)"
  reference="${host}/team/again"
  pushed "${reference}"
  helper run "oci://${reference}" -- sh -c 'cat "${CONDA_PREFIX}/payload" | wc -c'
  expect_status 0
  [[ "${output}" == 2000000 ]] || fail 'another length'
  helper unmount again
  expect_status 0
  end_fetcher KILL
  stop_registry fickle
  helper mount "oci://${reference}"
  expect_status 1
  expect_in_stderr "cannot reach ${host}"
  end_fetcher KILL
  helper mount --offline "oci://${reference}"
  expect_status 0
  payload_is_right "${mounts}/again/small"
  [[ -z "$(fetchers)" ]] || fail 'a fetcher runs'
  helper unmount again
  helper mount --offline "oci://${host}/team/never"
  expect_status 3
  expect_in_stderr 'was never mounted on this machine'
  restart_registry fickle "${host}"
}

@test "a registry that stops during reads gives errors that the log explains, and reads work again when it is back" {
  local host reference log
  host="$(registry_at fickle)"
  reference="${host}/team/interrupted"
  pushed "${reference}"
  helper mount "oci://${reference}"
  expect_status 0
  stop_registry fickle
  ! cat "${mounts}/interrupted/small/payload" >/dev/null 2>"${home}/error" || fail 'it was read'
  grep -q 'Input/output error' "${home}/error"
  log="$(in_environment "${CONDAFUSE_BIN}" paths --json | sed -n 's/.*"runtime": "\(.*\)".*/\1/p')"
  cat "${log}"/interrupted-*.log | grep "oci://${reference}:latest: .*cannot reach ${host}" >/dev/null || fail 'the log does not say why'
  restart_registry fickle "${host}"
  eventually payload_is_right "${mounts}/interrupted/small" 2>/dev/null
  helper unmount interrupted
}

@test "kill -9 of the fetcher and of the server during reads, and flipped bits in the cache: no wrong byte" {
  local reference round
  reference="$(registry_at plain)/team/killed"
  pushed "${reference}"
  for ((round = 0; round < ${CONDAFUSE_KILLS:-6}; round++)); do
    rm -rf "${cache}/blobs"
    helper mount "oci://${reference}"
    expect_status 0
    cmp "${home}/expected" "${mounts}/killed/small/payload" &
    case $((round % 3)) in
      0) end_fetcher KILL ;;
      1) kill -KILL "$(server_at "${mounts}/killed")" ;;
      2) flip_bits ;;
    esac
    # A reader whose server was killed gets an error; wrong bytes would have made cmp say "differ".
    wait $! 2>/dev/null || true
    helper mount "oci://${reference}"
    payload_is_right "${mounts}/killed/small"
    helper unmount killed
    expect_status 0
  done
}

# Flips bits of the cache's blobs at random.
flip_bits() {
  /usr/bin/python3 - "${cache}/blobs" <<'PYTHON'
import os, random, sys
for name in os.listdir(sys.argv[1]):
    if not name.endswith(".map"):
        with open(os.path.join(sys.argv[1], name), "r+b") as file:
            length = file.seek(0, 2)
            for _ in range(20):
                file.seek(random.randrange(max(length, 1)))
                file.write(bytes([random.randrange(256)]))
PYTHON
}

@test "32 processes at once fetch no byte twice" {
  local reference digest
  reference="$(registry_at plain)/team/many"
  pushed "${reference}"
  helper mount "oci://${reference}"
  expect_status 0
  for _ in {1..32}; do
    payload_is_right "${mounts}/many/small" &
  done
  wait
  helper unmount many
  digest="$(du --apparent-size -b "${cache}"/blobs/* | sort -n | tail -n 1)"
  digest="$(basename "${digest#*$'\t'}")"
  [[ "$(fetched_bytes "${digest}")" -le "$(stat -c %s "${cache}/blobs/${digest}")" ]] || fail "$(fetched_bytes "${digest}") bytes were fetched"
}

# The bytes of blob $1 that the plain registry sent, by its log.
fetched_bytes() {
  grep -F "GET /v2/team/many/blobs/sha256:$1 " "${BATS_FILE_TMPDIR}/plain/log" | grep -v level= |
    sed -n 's/.*HTTP\/1\.1" 20[06] \([0-9]*\) .*/\1/p' | awk '{ sum += $1 } END { print sum + 0 }'
}

@test "with TLS and a password, and gc removes what no mount uses" {
  local host reference
  host="$(registry_at safe)"
  reference="${host}/team/safe"
  mkdir -p "${home}/.docker"
  printf '{"auths": {"%s": {"auth": "%s"}}}\n' "${host}" "$(printf 'ada:secret pass' | base64)" >"${home}/.docker/config.json"
  pushed "${reference}" --ca "${BATS_FILE_TMPDIR}/safe/ca.crt"
  helper mount "oci://${reference}"
  expect_status 1
  expect_in_stderr 'no secure connection'
  helper mount "oci://${reference}" --ca "${BATS_FILE_TMPDIR}/safe/ca.crt"
  expect_status 0
  payload_is_right "${mounts}/safe/small"
  helper gc --json
  [[ "${output}" == *'"blobs": 0'* ]] || fail 'a mounted environment was removed'
  helper unmount safe
  helper gc --dry-run
  expect_in_output "oci://${reference}:latest"
  helper gc
  expect_status 0
  [[ -z "$(ls "${cache}/blobs")" ]] || fail 'blobs are left'
  ! grep -r 'secret pass' "${cache}" || fail 'the password is in the cache'
  mv "${home}/.docker" "${home}/.other"
  end_fetcher KILL
  helper mount "oci://${reference}" --ca "${BATS_FILE_TMPDIR}/safe/ca.crt"
  expect_status 1
  expect_in_stderr "hint: podman login ${host}"
}

@test "an environment is activated by its reference in every shell" {
  local shell reference
  reference="$(registry_at plain)/team/active"
  pushed "${reference}"
  for shell in "${shells[@]}"; do
    in_shell "${shell}" "conda-fuse-activate oci://${reference}; printenv CONDA_PREFIX; conda deactivate; conda-fuse-unmount active"
    expect_status 0
    expect_in_output "${mounts}/active/small"
  done
}
