#!/usr/bin/env bats
# Environments in a registry: Debian's docker-registry, once with plain http and once with TLS and a password.

load helpers
load registry

setup_file() {
  bats_require_minimum_version 1.5.0
  start_registry plain
  start_registry safe tls password
}

teardown_file() {
  stop_registries
}

# Adds generation $2 to the environment $1.
another_generation() {
  local prefix
  prefix="$(prefix_of "$1")"
  head -c 30000 /dev/urandom >"${prefix}/file$2"
  unmount "$1" >/dev/null
}

# The field $1 of the JSON output.
field() {
  /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1" <<<"${output}"
}

# The credentials of ada, as 'docker login' writes them, for the host $1.
log_in() {
  mkdir -p "${home}/.docker"
  printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$1" "$(printf 'ada:secret pass' | base64)" >"${home}/.docker/config.json"
}

@test "an environment goes to a registry and comes back, and a new generation moves only its own bytes" {
  local repository before grown sent
  repository="$(registry_at plain)/team/round-trip"
  small_environment
  helper push small "${repository}"
  expect_status 0
  expect_in_output "Pushed generation 1 of 'small' to ${repository}:latest"
  helper pull "oci://${repository}" copy
  expect_status 0
  cmp "${archives}/small.squashfs" "${archives}/copy.squashfs"

  before="$(stat -c %s "${archives}/small.squashfs")"
  another_generation small 2
  grown=$(($(stat -c %s "${archives}/small.squashfs") - before))
  helper push small "${repository}" --json
  expect_status 0
  sent="$(field sentBytes)"
  ((sent >= grown && sent < grown + 20000)) || fail "${sent} bytes were sent of a generation of ${grown}"
  helper pull "${repository}" copy --json
  expect_status 0
  [[ "$(field fetchedBytes)" -eq "${grown}" ]] || fail "not ${grown} bytes fetched"
  cmp "${archives}/small.squashfs" "${archives}/copy.squashfs"
  helper pull "${repository}" copy
  expect_in_output 'has nothing newer'
  helper push small "${repository}" --json
  [[ "$(field upToDate)" == True ]]

  helper run copy -- sh -c 'test "$(stat -c %s "${CONDA_PREFIX}/file2")" = 30000'
  expect_status 0
  unmount copy
}

@test "the blobs that a registry stores are a SquashFS image for other programs" {
  local host digest
  host="$(registry_at plain)"
  small_environment
  another_generation small 2
  helper push small "${host}/team/plain-files:v1"
  expect_status 0
  curl -sS -H 'Accept: application/vnd.oci.image.manifest.v1+json' "http://${host}/v2/team/plain-files/manifests/v1" >"${home}/manifest"
  /usr/bin/python3 - "${home}/manifest" >"${home}/layers" <<'PYTHON'
import json, sys
for layer in sorted((layer for layer in json.load(open(sys.argv[1]))["layers"] if "annotations" in layer),
                    key=lambda layer: layer["annotations"]["org.opencontainers.image.title"]):
    print(layer["digest"])
PYTHON
  [[ "$(wc -l <"${home}/layers")" -eq 3 ]]
  while read -r digest; do
    curl -sS "http://${host}/v2/team/plain-files/blobs/${digest}"
  done <"${home}/layers" >"${home}/image"
  cmp "${archives}/small.squashfs" "${home}/image"
  unsquashfs -quiet -no-progress -dest "${home}/tree" "${home}/image" small/conda-meta
  [[ -e "${home}/tree/small/conda-meta/history" ]]
}

@test "after a compaction, a push and a pull move a small part of the archive" {
  local repository prefix length sent
  repository="$(registry_at plain)/team/compacted"
  small_environment
  prefix="$(prefix_of small)"
  head -c 700001 /dev/urandom >"${prefix}/old"
  unmount small
  prefix="$(prefix_of small)"
  rm "${prefix}/old"
  head -c 8000000 /dev/urandom >"${prefix}/new"
  unmount small
  another_generation small 4
  helper push small "${repository}"
  expect_status 0
  helper pull "${repository}" copy
  in_environment "${CONDAFUSE_BIN}" compact small --keep 2 --yes
  helper push small "${repository}" --json
  expect_status 0
  length="$(stat -c %s "${archives}/small.squashfs")"
  sent="$(field sentBytes)"
  ((sent > 0 && sent < length / 20)) || fail "${sent} bytes were sent of ${length}"
  another_generation small 5
  helper push small "${repository}"
  helper pull "${repository}" copy --json
  expect_status 0
  (($(field fetchedBytes) < length / 20)) || fail "$(field fetchedBytes) bytes were fetched of ${length}"
  cmp "${archives}/small.squashfs" "${archives}/copy.squashfs"
  helper pull "${repository}" whole
  cmp "${archives}/small.squashfs" "${archives}/whole.squashfs"
}

@test "tags, list --remote and info describe what is there" {
  local repository
  repository="$(registry_at plain)/team/described"
  small_environment
  helper push small "${repository}:first"
  another_generation small 2
  helper push small "${repository}"
  helper tags "${repository}"
  expect_status 0
  [[ "${output}" == first$'\n'g1-????????$'\n'g2-????????$'\n'latest ]] || fail 'other tags'
  helper list --remote "${repository}"
  expect_status 0
  [[ "${output}" == TAG*first*' 1 '*latest*' 2 '* ]] || fail 'another list'
  helper list --remote "${repository}" --json
  [[ "${output}" == *'"tag": "latest"'* ]]
  helper info "oci://${repository}"
  expect_status 0
  expect_in_output "${mounts}/small/small"
  expect_in_output 'generations      2, 1'
  helper info "oci://${repository}:first" --json
  [[ "$(field generation)" -eq 1 ]]
  helper pull "${repository}@$(field digest)" old
  expect_status 0
  [[ "$(generation_of old)" -eq 1 ]]
}

@test "with TLS and a password: certificates and credentials are checked, and never shown" {
  local host ca repository
  host="$(registry_at safe)"
  ca="${BATS_FILE_TMPDIR}/safe/ca.crt"
  repository="${host}/team/safe"
  small_environment
  helper push small "${repository}"
  expect_status 1
  expect_in_stderr "cannot reach ${host}: no secure connection"
  expect_in_stderr 'hint: --ca FILE'
  helper push small "${repository}" --ca "${ca}"
  expect_status 1
  expect_in_stderr "${host} wants a user name and a password"
  expect_in_stderr "hint: podman login ${host}"

  printf '{"auths": {"%s": {"auth": "%s"}}}\n' "${host}" "$(printf 'ada:other-secret' | base64)" >"${home}/auth.json"
  environment+=(REGISTRY_AUTH_FILE="${home}/auth.json")
  helper push small "${repository}" --ca "${ca}"
  expect_status 1
  expect_in_stderr 'denies access (401'
  expect_not_in_stderr other-secret
  unset 'environment[-1]'

  log_in "${host}"
  helper push small "${repository}" --ca "${ca}" --json
  expect_status 0
  helper pull "${repository}" copy --insecure
  expect_status 0
  cmp "${archives}/small.squashfs" "${archives}/copy.squashfs"
  mkdir -p "${home}/.config/containers/certs.d/${host}"
  cp "${ca}" "${home}/.config/containers/certs.d/${host}/ca.crt"
  helper tags "${repository}"
  expect_status 0
  helper tags "localhost:${host#*:}/team/safe" --ca "${ca}"
  expect_status 1
  expect_in_stderr 'wants a user name and a password'
}

@test "a credential helper provides the password" {
  local host
  host="$(registry_at safe)"
  small_environment
  mkdir -p "${home}/bin" "${home}/config"
  cat >"${home}/bin/docker-credential-test" <<'HELPER'
#!/bin/sh
read -r server
echo "$1 ${server}" >>"${HOME}/asked"
echo '{"ServerURL": "", "Username": "ada", "Secret": "secret pass"}'
HELPER
  chmod +x "${home}/bin/docker-credential-test"
  printf '{"credHelpers": {"%s": "test"}}\n' "${host}" >"${home}/config/config.json"
  environment+=(DOCKER_CONFIG="${home}/config" PATH="${home}/bin:/usr/bin:/bin")
  helper push small "${host}/team/helped" --ca "${BATS_FILE_TMPDIR}/safe/ca.crt"
  expect_status 0
  [[ "$(<"${home}/asked")" == "get ${host}" ]]
}

@test "a tag that is not our base is not replaced, and an archive with other content neither" {
  local repository
  repository="$(registry_at plain)/team/conflict"
  small_environment
  cp "${archives}/small.squashfs" "${archives}/theirs.squashfs"
  helper push small "${repository}"
  another_generation theirs 2
  helper push theirs "${repository}"
  expect_status 0
  helper push small "${repository}"
  expect_status 4
  expect_in_stderr 'is at generation 2, later than this archive (1); it was not replaced'
  another_generation small 3
  helper push small "${repository}"
  expect_status 4
  expect_in_stderr 'does not build on'
  helper pull "${repository}" small
  expect_status 4
  expect_in_stderr "'small' and ${repository}:latest were both changed since their common generation; nothing was changed"
  helper push small "${repository}" --force
  expect_status 0
  helper pull "${repository}" theirs
  expect_status 4
}

@test "an environment with uncommitted changes is pushed without them, and a pull keeps them for a rebase" {
  local repository prefix
  repository="$(registry_at plain)/team/uncommitted"
  small_environment
  cp "${archives}/small.squashfs" "${archives}/mine.squashfs"
  another_generation small 2
  helper push small "${repository}"
  prefix="$(prefix_of mine)"
  echo mine >"${prefix}/note"
  helper pull "${repository}" mine
  expect_status 5
  in_environment "${CONDAFUSE_BIN}" unmount --no-commit mine
  helper push mine "${repository}:other"
  expect_status 0
  expect_in_stderr "uncommitted changes of 'mine' were not pushed"
  helper push mine "${repository}"
  expect_status 4
  expect_in_stderr "hint: condafuse pull ${repository}:latest mine, then condafuse rebase mine if it has uncommitted changes"
  helper pull "${repository}" mine
  expect_status 0
  expect_in_stderr "uncommitted changes of 'mine' build on an earlier generation, and are kept"
  expect_in_stderr 'hint: condafuse rebase mine'
  [[ "$(generation_of mine)" -eq 2 ]]
  helper rebase mine
  expect_status 0
  helper commit mine
  expect_status 0
  helper push mine "${repository}"
  expect_status 0
  helper pull "${repository}" small
  expect_status 0
  prefix="$(prefix_of small)"
  [[ "$(<"${prefix}/note")" == mine && -e "${prefix}/file2" ]]
  unmount small
}

# A forwarder to the registry at $1 that passes on $2 bytes of its answers and then nothing. Prints its address.
stalling_forwarder() {
  rm -f "${home}/forwarder"
  /usr/bin/python3 - "$1" "$2" >"${home}/forwarder" 2>/dev/null 3>&- <<'PYTHON' &
import socket, sys, threading
host, left = sys.argv[1].rsplit(":", 1), int(sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print(f"127.0.0.1:{listener.getsockname()[1]}", flush=True)
def forward(source, target, counts):
    global left
    while data := source.recv(4096):
        if counts:
            left -= len(data)
            if left < 0:
                print("stalled", flush=True)
                threading.Event().wait()
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)
while True:
    client, _ = listener.accept()
    upstream = socket.create_connection((host[0], int(host[1])))
    threading.Thread(target=forward, args=(client, upstream, False), daemon=True).start()
    threading.Thread(target=forward, args=(upstream, client, True), daemon=True).start()
PYTHON
  forwarder=$!
  eventually test -s "${home}/forwarder"
}

@test "a pull that is killed or interrupted changes nothing, and the next one continues" {
  local repository signal pull forwarder code prefix
  repository="$(registry_at plain)/team/killed"
  small_environment
  cp "${archives}/small.squashfs" "${archives}/copy.squashfs"
  cp "${archives}/small.squashfs" "${home}/before"
  prefix="$(prefix_of small)"
  head -c 2000000 /dev/urandom >"${prefix}/large"
  unmount small
  helper push small "${repository}"
  for signal in KILL TERM; do
    stalling_forwarder "$(registry_at plain)" 600000
    env -i "${environment[@]}" "${CONDAFUSE_BIN}" pull "$(head -n 1 "${home}/forwarder")/team/killed" copy >"${home}/out" 2>&1 3>&- &
    pull=$!
    eventually grep -q stalled "${home}/forwarder"
    kill "-${signal}" "${pull}"
    code=0
    wait "${pull}" || code=$?
    kill "${forwarder}"
    wait "${forwarder}" || true
    [[ "${signal}" != TERM || "${code}" -eq 130 ]] || fail "exit code ${code}: $(<"${home}/out")"
    cmp "${home}/before" "${archives}/copy.squashfs"
  done
  [[ -n "$(find "${archives}" -name 'copy.squashfs.*.partial')" ]] || fail 'nothing was kept'
  helper pull "${repository}" copy --json
  expect_status 0
  (($(field fetchedBytes) < 1500000)) || fail "$(field fetchedBytes) bytes were fetched again"
  cmp "${archives}/small.squashfs" "${archives}/copy.squashfs"
  run find "${archives}" -name '*.partial'
  [[ -z "${output}" ]] || fail 'a partial file is left'
}

@test "mistakes have their exit codes" {
  local host
  host="$(registry_at plain)"
  small_environment
  helper push small team/env
  expect_status 2
  expect_in_stderr "'team/env' names no registry"
  helper push small "${host}/Team/env"
  expect_status 2
  helper pull "${host}/team/nothing"
  expect_status 3
  expect_in_stderr "the registry has no ${host}/team/nothing:latest"
  helper tags "${host}/team/nothing"
  expect_status 3
  helper push nothing "${host}/team/env"
  expect_status 3
  helper status oci://127.0.0.1:1/team/env
  expect_status 6
  expect_in_stderr 'mounts it, and condafuse pull downloads it'
  helper pull 127.0.0.1:1/team/env
  expect_status 1
  expect_in_stderr 'cannot reach 127.0.0.1:1: '
  helper login "${host}"
  expect_status 2
  expect_in_stderr 'hint: podman login REGISTRY'
  helper list --remote "${host}/team/env" --names
  expect_status 2
  cp "${archives}/small.squashfs" "${home}/image"
  in_environment "${CONDAFUSE_BIN}" convert small --to zip --yes
  helper push small "${host}/team/zip"
  expect_status 6
}

# Runs block $1 of the how-to with the registry of the tests.
run_of_how_to() {
  run --separate-stderr in_environment timeout 120 bash -euc "${1//registry.example.org/$(registry_at plain)}"
  expect_status 0
}

@test "the examples of the how-to work" {
  kept_environment test-env python
  run_of_how_to "$(example_of docs/how-to/registry.md 'condafuse push test-env registry.example.org/team/test-env:latest')"
  rm "${archives}/test-env.squashfs"
  run_of_how_to "$(example_of docs/how-to/registry.md 'condafuse pull registry.example.org/team/test-env:latest')"
  expect_in_output 'Python 3'
  unmount test-env
  run_of_how_to "$(example_of docs/how-to/registry.md 'condafuse tags registry.example.org/team/test-env')"
  expect_in_output '/test-env/test-env'
}
