#!/usr/bin/env bats
# The life of a server: how it starts, what it inherits, and how it ends.

load helpers

setup_file() {
  bats_require_minimum_version 1.5.0
}

@test "a busy unmount commits once, reports that, and the mount stays writable" {
  local sleeper
  small_environment
  echo one >"$(prefix_of small)/note"
  sleep_in "${mounts}/small/small"
  helper unmount small
  expect_status 5
  expect_in_stderr 'its changes were committed as generation 2'
  expect_in_stderr "${sleeper}"
  helper unmount small
  expect_status 5
  [[ "$(generation_of small)" == 2 ]]
  echo two >"${mounts}/small/small/note"
  kill "${sleeper}"
  helper unmount --wait 10 small
  expect_status 0
  expect_in_output 'committed as generation 3'
}

@test "an unmount of a mount with a bind mount commits, says where that is, and returns at once" {
  [[ "${EUID}" -eq 0 ]] || skip 'only root makes bind mounts'
  small_environment
  mkdir "${home}/bound"
  echo one >"$(prefix_of small)/note"
  mount --bind "${mounts}/small" "${home}/bound"
  SECONDS=0
  helper unmount small
  expect_status 0
  [[ "${SECONDS}" -lt 60 ]]
  expect_in_output 'committed as generation 2'
  expect_in_output "mount point $(realpath "${home}")/bound"
  echo two >"${home}/bound/small/note"
  umount "${home}/bound"
  all_ended
  [[ "$(generation_of small)" == 3 ]]
}

@test "a reader's unmount after the writer committed ends with 0" {
  local image="${archives}/small.squashfs"
  small_environment
  mkdir "${home}/first" "${home}/second"
  in_environment "${CONDAFUSE_BIN}" mount "${image}" "${home}/first"
  echo note >"${home}/first/note"
  in_environment "${CONDAFUSE_BIN}" mount "${image}" "${home}/second"
  in_environment "${CONDAFUSE_BIN}" unmount "${home}/first"
  helper unmount "${home}/second"
  expect_status 0
  [[ "${output}" != *kept* && -z "${stderr}" ]] || fail 'something was kept'
}

@test "a server keeps no descriptor of its caller, no umask, no soft limit, and survives closed standard streams" {
  local pid
  small_environment
  in_environment bash -c 'umask 0; ulimit -S -f 8; ulimit -S -n 64; exec 7<"$1" 9>"$2/lock"; flock 9; exec "$0" mount small' "${CONDAFUSE_BIN}" /etc/passwd "${home}" 3>&-
  pid="$(server_at "${mounts}/small")"
  ! ls -l "/proc/${pid}/fd" | grep -q -e /etc/passwd -e "${home}/lock"
  [[ "$(sed -n 's/^Umask:\t//p' "/proc/${pid}/status")" == 0077 ]]
  flock --nonblock "${home}/lock" true
  head -c 100000 /dev/zero >"${mounts}/small/small/long"
  unmount small
  in_environment "${CONDAFUSE_BIN}" mount small >&- 2>&- <&-
  [[ -e "${mounts}/small/small/long" ]]
  in_environment "${CONDAFUSE_BIN}" unmount small >&- 2>&- <&-
  [[ -z "$(mounted_below "${home}")" ]]
}

@test "a remaining hard limit of the session is reported at mount" {
  small_environment
  run --separate-stderr in_environment bash -c 'ulimit -f 200000; exec "$0" mount small' "${CONDAFUSE_BIN}"
  expect_status 0
  expect_in_stderr "'ulimit -f' limits files to"
  unmount small
}

@test "a server killed during an unmount: the mount is cleared, and the changes are kept" {
  local server asking code=0
  small_environment
  echo one >"$(prefix_of small)/note"
  server="$(server_at "${mounts}/small")"
  kill -STOP "${server}"
  in_environment "${CONDAFUSE_BIN}" unmount small >"${home}/said" 2>&1 &
  asking=$!
  sleep 1
  kill -KILL "${server}"
  wait "${asking}" || code=$?
  cat "${home}/said"
  [[ "${code}" -eq 0 ]] || fail "it ended with ${code}"
  grep -qF 'its server was not running; your changes' "${home}/said"
  ! mountpoint -q "${mounts}/small" || fail 'it is still mounted'
  [[ "$(cat "$(prefix_of small)/note")" == one ]]
  helper unmount small
  expect_status 0
  expect_in_output 'committed as generation 2'
}

@test "an unmount leaves no files of the mount point in the runtime directory, whatever process unmounts it" {
  local name="left$$" record
  small_environment
  mv "${archives}/small.squashfs" "${archives}/${name}.squashfs"
  in_environment "${CONDAFUSE_BIN}" mount "${name}"
  record="$(record_of "${mounts}/${name}")"
  [[ -e "${record}" ]] || fail "there is no ${record}"
  left() { find "$(dirname "${record}")" -name "${name}-*"; }
  [[ -n "$(left)" ]] || fail 'there is no lock'
  unmount "${name}"
  [[ -z "$(left)" && ! -e "${record}" ]] || fail "left: $(left)"
  in_environment "${CONDAFUSE_BIN}" mount "${name}"
  in_environment fusermount3 -u "${mounts}/${name}"
  all_ended
  [[ -z "$(left)" ]] || fail "left: $(left)"
  # fusermount3 knows nothing of the mount point.
  rmdir "${mounts}/${name}"
}

@test "an unmount succeeds although the empty mount point cannot be removed" {
  if [[ "${EUID}" -eq 0 ]]; then as_second_user; fi
  small_environment
  [[ "${EUID}" -ne 0 ]] || chown -R "${CONDAFUSE_TEST_USER}:" "${archives}"
  in_environment "${CONDAFUSE_BIN}" mount small
  chmod a-w "${mounts}"
  helper unmount small
  chmod u+w "${mounts}"
  expect_status 0
  expect_stderr ''
  rmdir "${mounts}/small"
}
