# shellcheck shell=bash disable=SC2034
# Ordinary users for tests run by root, with access to /dev/fuse meanwhile: one runs the tests of ordinary users, the other is the
# second user of root's tests.

test_user=
second_user=
fuse_mode=

# open_fuse_to_test_users HOME SECOND_HOME: creates the users, and sets test_user and second_user to their names.
open_fuse_to_test_users() {
  test_user=condafuse-test-$$
  second_user=condafuse-second-$$
  useradd --create-home --home-dir "$1" --shell /bin/bash "${test_user}"
  useradd --create-home --home-dir "$2" --shell /bin/bash "${second_user}"
  [[ -e /dev/fuse ]] || mknod -m 600 /dev/fuse c 10 229
  fuse_mode=$(stat -c %a /dev/fuse)
  chmod 666 /dev/fuse
}

# as_test_user VARIABLE=VALUE... COMMAND...: runs a command without root's environment and groups.
as_test_user() {
  setpriv --reuid "${test_user}" --regid "${test_user}" --init-groups env -i "$@"
}

remove_test_users() {
  local user pid
  [[ -n ${test_user} ]] || return 0
  [[ -z ${fuse_mode} ]] || chmod "${fuse_mode}" /dev/fuse
  for user in "${test_user}" "${second_user}"; do
    for pid in $(ps -o pid= -u "${user}" 2>/dev/null); do
      kill -KILL "${pid}" 2>/dev/null || true
    done
    # An account that still has processes cannot be removed.
    for _ in {1..50}; do
      ps -o pid= -u "${user}" >/dev/null 2>&1 || break
      sleep 0.1
    done
    # The program's runtime files.
    rm -rf -- "/var/tmp/condafuse-$(id -u "${user}")"
    userdel "${user}" 2>/dev/null || true
  done
  test_user='' second_user=''
}
