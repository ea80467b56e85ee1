# shellcheck shell=bash
# An ordinary user for tests that root runs, and /dev/fuse open to it meanwhile.

test_user=
fuse_mode=

# open_fuse_to_test_user HOME: makes the user, whose name is then in test_user.
open_fuse_to_test_user() {
  test_user=condafuse-test-$$
  useradd --create-home --home-dir "$1" --shell /bin/bash "${test_user}"
  [[ -e /dev/fuse ]] || mknod -m 600 /dev/fuse c 10 229
  fuse_mode=$(stat -c %a /dev/fuse)
  chmod 666 /dev/fuse
}

# as_test_user VARIABLE=VALUE... COMMAND...: without anything of root's environment or groups.
as_test_user() {
  setpriv --reuid "${test_user}" --regid "${test_user}" --init-groups env -i "$@"
}

remove_test_user() {
  local pid
  [[ -n ${test_user} ]] || return 0
  for pid in $(ps -o pid= -u "${test_user}" 2>/dev/null); do
    kill -KILL "${pid}" 2>/dev/null || true
  done
  [[ -z ${fuse_mode} ]] || chmod "${fuse_mode}" /dev/fuse
  userdel "${test_user}" 2>/dev/null || true
  test_user=
}
