# Shared by all files: a folder with spaces in its name, which contains a conda base. test.sh runs the suite as root and as an ordinary user.
# CONDAFUSE_BIN is the installed binary, or CONDAFUSE_TEST_PREFIX its prefix; CONDAFUSE_TEST_CHANNEL keeps the channel between runs.

setup_suite() {
  bats_require_minimum_version 1.5.0
  export CONDAFUSE_REPOSITORY CONDAFUSE_TEST_ROOT CONDAFUSE_BIN
  CONDAFUSE_REPOSITORY="$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")"
  if [[ -z "${CONDAFUSE_BIN:-}" && -n "${CONDAFUSE_TEST_PREFIX:-}" ]]; then
    CONDAFUSE_BIN="${CONDAFUSE_TEST_PREFIX}/bin/condafuse"
  fi
  CONDAFUSE_BIN="$(realpath -e "${CONDAFUSE_BIN:-$(command -v condafuse || echo condafuse)}")"
  CONDAFUSE_TEST_ROOT="$(mktemp -d "${TMPDIR:-/tmp}/condafuse tests ☃.XXXXXX")"

  local channel="${CONDAFUSE_TEST_CHANNEL:-${XDG_CACHE_HOME:-${HOME}/.cache}/condafuse-tests/channel}"
  "${CONDAFUSE_REPOSITORY}/tests/conda/build-channel" "${channel}" >&2
  "${CONDAFUSE_REPOSITORY}/tests/conda/make-base" "${CONDAFUSE_TEST_ROOT}/conda base" "${channel}"
}

teardown_suite() {
  if [[ -n "${CONDAFUSE_TEST_ROOT:-}" ]]; then
    rm -rf --one-file-system "${CONDAFUSE_TEST_ROOT}"
  fi
}
