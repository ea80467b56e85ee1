# What all files share: a folder that everyone can enter, a conda base for root and one for an ordinary user, and /dev/fuse open to both.
# CONDAFUSE_BIN names the installed binary, which the ordinary user must be able to reach; CONDAFUSE_TEST_CHANNEL keeps the channel between runs.

setup_suite() {
  bats_require_minimum_version 1.5.0
  local here="${BATS_TEST_DIRNAME:-$(dirname "${BASH_SOURCE[0]}")}"
  export CONDAFUSE_REPOSITORY CONDAFUSE_TEST_ROOT CONDAFUSE_TEST_USERS CONDAFUSE_BIN CONDAFUSE_FUSE_MODE
  CONDAFUSE_REPOSITORY="$(realpath "${here}/../..")"
  CONDAFUSE_BIN="$(realpath -e "${CONDAFUSE_BIN:-$(command -v condafuse || echo condafuse)}")"
  CONDAFUSE_TEST_ROOT="$(mktemp -d "${TMPDIR:-/tmp}/condafuse tests ☃.XXXXXX")"
  chmod 755 "${CONDAFUSE_TEST_ROOT}"
  CONDAFUSE_TEST_USERS="$(id -un)"
  if [[ "$(id -u)" -eq 0 ]]; then
    CONDAFUSE_TEST_USERS="root condafuse-test"
    id condafuse-test &>/dev/null || useradd --no-create-home --shell /bin/sh condafuse-test
    CONDAFUSE_FUSE_MODE="$(stat -c %a /dev/fuse)"
    chmod 666 /dev/fuse
  fi

  local channel="${CONDAFUSE_TEST_CHANNEL:-${XDG_CACHE_HOME:-${HOME}/.cache}/condafuse-tests/channel}"
  "${CONDAFUSE_REPOSITORY}/tests/conda/build-channel" "${channel}" >&2
  cp -rlL "${channel}" "${CONDAFUSE_TEST_ROOT}/channel" 2>/dev/null || cp -rL "${channel}" "${CONDAFUSE_TEST_ROOT}/channel"
  chmod -R a+rX "${CONDAFUSE_TEST_ROOT}/channel"
  cp -r "${CONDAFUSE_REPOSITORY}/tests/conda" "${CONDAFUSE_TEST_ROOT}/conda"

  local user
  for user in ${CONDAFUSE_TEST_USERS}; do
    mkdir -p "${CONDAFUSE_TEST_ROOT}/${user}"
    "${CONDAFUSE_TEST_ROOT}/conda/make-base" "${CONDAFUSE_TEST_ROOT}/${user}/base of ${user}" "${CONDAFUSE_TEST_ROOT}/channel"
    chown -R "${user}:" "${CONDAFUSE_TEST_ROOT}/${user}"
    if ! command -p setpriv --reuid "${user}" --regid "${user}" --init-groups test -x "${CONDAFUSE_BIN}"; then
      echo "${user} cannot run ${CONDAFUSE_BIN}: install it where everyone can" >&2
      return 1
    fi
  done
}

teardown_suite() {
  if [[ -n "${CONDAFUSE_FUSE_MODE:-}" ]]; then
    chmod "${CONDAFUSE_FUSE_MODE}" /dev/fuse
    userdel condafuse-test
  fi
  if [[ -n "${CONDAFUSE_TEST_ROOT:-}" ]]; then
    rm -rf --one-file-system "${CONDAFUSE_TEST_ROOT}"
  fi
}
