#!/usr/bin/env bash
# Builds and tests everything; see usage below. Ends with the line "N passed, N failed".
set -euo pipefail

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/messages.sh
source "${checkout}/scripts/messages.sh"
# shellcheck source=scripts/packages.sh
source "${checkout}/scripts/packages.sh"
# shellcheck source=scripts/requirements.sh
source "${checkout}/scripts/requirements.sh"
# shellcheck source=scripts/test-counts.sh
source "${checkout}/scripts/test-counts.sh"
# shellcheck source=scripts/test-lanes.sh
source "${checkout}/scripts/test-lanes.sh"
# shellcheck source=scripts/test-user.sh
source "${checkout}/scripts/test-user.sh"
# shellcheck source=scripts/leftovers.sh
source "${checkout}/scripts/leftovers.sh"

usage() {
  cat <<'USAGE'
Build and test everything.

usage: ./test.sh [--filter PATTERN] [STAGE | ROOM.Tests | FILE.bats]...

  unit         dotnet test: every room
  conda        the local conda channel and the installer that stands in for conda
  scripts      install.sh and the other scripts
  end-to-end   the installed program in bash, zsh and fish: as root and as an ordinary user
               where root runs this, else as who runs it

  ROOM.Tests   only this project of 'unit', for instance Store.Tests
  FILE.bats    only this file of 'end-to-end' or 'scripts', for instance cycle.bats
  --filter     only end-to-end tests whose names match the regular expression PATTERN

Without a stage all of them. Stages, and the two users' end-to-end tests, run at the same time; CONDAFUSE_TEST_LANES=1 runs one after the other.
Missing Debian packages are installed. In the tests' environment are
CONDAFUSE_TEST_PREFIX (where the program is installed), CONDAFUSE_TEST_CHANNEL, CONDA_EXE, HOME, TMPDIR, and
CONDAFUSE_REAL_CONDA: the conda, mamba or micromamba of who runs this, where there is one; where root runs them also
CONDAFUSE_TEST_USER, an ordinary user who may mount.

A kind of tests that takes longer than CONDAFUSE_TEST_MINUTES (50) is stopped, counts as failed, and says which test was running.
CONDAFUSE_KILLS=200 kills servers, installers, shells and writers 200 times in the end-to-end tests, instead of 6 times.
USAGE
}

wanted() {
  [[ " ${stages[*]} " == *" $1 "* ]]
}

unit_tests() {
  local code=0 project projects=("${rooms[@]/#/${checkout}/tests/}") possible=()
  ((${#projects[@]} > 0)) || projects=("${checkout}/CondaFuse.sln")
  if ((EUID != 0)); then
    say "Unit tests that change owners or make devices are left out: only root can run them"
    possible=(--filter 'Needs!=root')
  fi
  mkdir -p "${work}/trx" "${work}/tmp-unit"
  for project in "${projects[@]}"; do
    TMPDIR="${work}/tmp-unit" quietly "Unit tests" dotnet test "${project}" "${possible[@]}" \
      --configuration Release --nologo --verbosity quiet -nodeReuse:false -p:LockedRestore=true \
      --blame-hang --blame-hang-dump-type none --blame-hang-timeout 15m \
      --logger trx --results-directory "${work}/trx" || code=$?
  done
  mapfile -t reports < <(find "${work}/trx" -name '*.trx')
  count_trx "unit" "${code}" "${reports[@]}"
  durations_trx "${reports[@]}" >"${work}/unit.durations"
  failed_trx "${reports[@]}" >"${work}/unit.failures"
}

# copy_checkout FOLDER: a copy that every user can read, without build output.
copy_checkout() {
  mkdir -p "$1"
  tar -C "${checkout}" --exclude=.git --exclude=bin --exclude=obj -cf - . | tar -C "$1" --no-same-owner -xf -
  chmod -R a+rX "$1"
}

conda_tests() {
  local code=0
  cd "${work}/checkout/tests/conda"
  run_as user /usr/bin/python3 -B -m unittest discover -t . -s tests >"${work}/conda.log" 2>&1 || code=$?
  ((code == 0)) || cat "${work}/conda.log"
  count_unittest "conda channel and installer" "${code}" "${work}/conda.log"
  cd "${checkout}"
}

# run_as root|user COMMAND...: in a separate home, temporary folder and (if root runs the tests) mount namespace.
run_as() {
  # As a terminal has them: nohup and shells' background jobs ignore some.
  local signals=--default-signal=HUP,INT,QUIT,PIPE
  local who=$1 apart=()
  shift
  # Otherwise, a namespace that a test creates would hold copies of the other user's mounts, whose tests run at the same time.
  ((EUID != 0)) || apart=(unshare --mount --propagation private)
  # Each user has a copy of the program, so that tests can recognize their own processes.
  local variables=(HOME="${work}/home-${who}" TMPDIR="${work}/tmp-${who}" USER="${who}" TERM=dumb LC_ALL=C.UTF-8 CI=true
    PATH="${test_prefix:-${work}/prefix-${who}}/bin:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
    CONDAFUSE_TEST_PREFIX="${test_prefix:-${work}/prefix-${who}}" CONDAFUSE_TEST_PORTABLE="${test_portable:-}"
    CONDAFUSE_TEST_CHANNEL="${channel}" CONDA_EXE="${work}/conda-${who}/bin/conda"
    CONDAFUSE_REAL_CONDA="${real_conda}" CONDAFUSE_KILLS="${CONDAFUSE_KILLS:-}")
  [[ ${who} != root ]] || variables+=(CONDAFUSE_TEST_USER="${second_user}")
  if [[ ${who} == user && -n ${test_user} ]]; then
    # A conda in another user's private home does not exist for this user.
    as_test_user test -x "${real_conda}" || variables+=(CONDAFUSE_REAL_CONDA=)
    "${apart[@]}" setpriv --reuid "${test_user}" --regid "${test_user}" --init-groups env -i "${signals}" "${variables[@]}" "$@" </dev/null
  else
    "${apart[@]}" env -i "${signals}" "${variables[@]}" "$@" </dev/null
  fi
}

# bats_tests TITLE root|user FILE.bats...
bats_tests() {
  local title=$1 who=$2 code=0 log
  log=${work}/${title// /-}.tap
  shift 2
  (($# > 0)) || return 0
  # Not from the checkout, which this user may not be able to access.
  (cd "${work}/checkout" && run_as "${who}" timeout --kill-after 30 "${minutes}m" bats --tap --timing "${filter[@]}" "$@") >"${log}" 2>&1 || code=$?
  grep -v '^ok ' "${log}" | grep -v '^1\.\.' || true
  skipped_tap "${log}"
  unfinished_tap "${title}" "${log}"
  count_tap "${title}" "${code}" "${log}"
  durations_tap "${title}" "${log}" >"${log%.tap}.durations"
  failed_tap "${title}" "${log}" >"${log%.tap}.failures"
}

# files_of FOLDER: the requested tests in it, and the final check for leftovers; all if none was named.
files_of() {
  local folder=${work}/checkout/tests/$1 file named=()
  for file in "${files[@]}"; do
    [[ ! -e ${folder}/${file} ]] || named+=("${file}")
  done
  for file in "${folder}"/*.bats; do
    if ((${#named[@]} == 0)) || [[ " ${named[*]} " == *" ${file##*/} "* || ${file##*/} == zz-* ]]; then printf '%s\n' "${file}"; fi
  done
}

script_tests() {
  local found
  mapfile -t found < <(files_of Scripts)
  bats_tests "scripts" user "${found[@]}"
}

# end_to_end root|user
end_to_end() {
  local found
  mapfile -t found < <(files_of EndToEnd)
  bats_tests "end to end as $1" "$1" "${found[@]}"
  [[ $1 != "${users[-1]}" ]] || ((${#files[@]} > 0)) || end_to_end_portable "$1"
}

# A shorter set with the portable program, which needs no compression libraries.
end_to_end_portable() {
  local test_prefix=${work}/prefix-portable test_portable=true folder=${work}/checkout/tests/EndToEnd
  "${sources}/install.sh" --prefix "${test_prefix}" --portable
  bats_tests "end to end, portable" "$1" "${folder}"/{portable,start,cycle}.bats
}

install_for_tests() {
  local who
  "${sources}/install.sh" --prefix "${work}/prefix"
  for who in "${users[@]}"; do
    cp -a "${work}/prefix" "${work}/prefix-${who}"
  done
}

prepare() {
  ensure_packages "the tests" "${packages_test[@]}"
  ensure_dotnet "${checkout}"
  users=(user)
  if ((EUID == 0)); then
    users=(root user)
    open_fuse_to_test_users "${work}/home-user" "${work}/home-second"
  fi
  # Tests run from this copy, which has no build output.
  copy_checkout "${work}/checkout"
  sources=${checkout}
  if wanted unit; then
    # They run longest, and need nothing that is prepared here. The program is built from a copy, because both write to the same folders.
    start_lane unit unit_tests
    sources=${work}/sources
    copy_checkout "${sources}"
  fi
  channel=${CONDAFUSE_TEST_CHANNEL:-${work}/channel}
  local lane needed=(channel)
  start_lane channel prepare_conda
  if wanted end-to-end || wanted scripts; then
    needed+=(install)
    start_lane install install_for_tests
  fi
  finish_lanes "${needed[@]}"
  for lane in "${needed[@]}"; do
    [[ -e ${work}/lane-${lane}.counts ]] || return 1
  done
}

# The channel, and for each user a home, a temporary folder, and a stand-in for conda.
prepare_conda() {
  local who
  quietly "Local conda channel" "${checkout}/tests/conda/build-channel" "${channel}"
  for who in "${users[@]}"; do
    mkdir -p "${work}/home-${who}" "${work}/tmp-${who}"
    "${work}/checkout/tests/conda/make-base" "${work}/conda-${who}" "${channel}"
    [[ ${who} != user || -z ${test_user} ]] ||
      chown -R "${test_user}:" "${work}/home-user" "${work}/tmp-user" "${work}/conda-user"
  done
}

check_leftovers() {
  local left=() temporary=("${users[@]/#/${work}/tmp-}")
  mapfile -t left < <(leftovers_of "${work}" "${temporary[@]}")
  ((${#left[@]} == 0)) || printf '%s\n' "${left[@]}"
  if ((${#left[@]} == 0)); then count "nothing left behind" 1 0; else count "nothing left behind" 0 1; fi
}

clean_up() {
  local code=$? log
  trap - EXIT INT TERM
  end_lanes
  # A script that stopped early has failed, whatever its tests reported before.
  if [[ ${finished} != true ]]; then
    for log in "${work}"/*.tap; do
      [[ ! -e ${log} ]] || unfinished_tap "$(basename "${log}" .tap)" "${log}"
    done
    count "test.sh itself" 0 1
  fi
  sweep "${work}"
  remove_test_users
  rm -rf -- "${work}"
  printf '%d passed, %d failed\n' "${passed}" "${failed}"
  exit "${code}"
}

# A function, so that bash reads the whole file before it starts: the file may be edited meanwhile.
main() {
  stages=() rooms=() files=() filter=()
  while (($# > 0)); do
    case $1 in
    unit | conda | scripts | end-to-end) stages+=("$1") ;;
    --filter)
      filter=(--filter "${2:?--filter needs a pattern}")
      shift
      ;;
    --help | -h)
      usage
      exit 0
      ;;
    *.Tests)
      [[ -d ${checkout}/tests/$1 ]] || fail "there is no project tests/$1"
      rooms+=("$1") stages+=(unit)
      ;;
    *.bats)
      files+=("${1##*/}")
      if [[ -e ${checkout}/tests/EndToEnd/${1##*/} ]]; then
        stages+=(end-to-end)
      elif [[ -e ${checkout}/tests/Scripts/${1##*/} ]]; then
        stages+=(scripts)
      else
        fail "there is no file ${1##*/} in tests/EndToEnd or tests/Scripts"
      fi
      ;;
    *)
      usage >&2
      exit 2
      ;;
    esac
    shift
  done
  ((${#stages[@]} > 0)) || stages=(unit conda scripts end-to-end)

  # The caller's own conda, if there is one: the end-to-end tests run with it too.
  real_conda=${CONDAFUSE_REAL_CONDA:-${CONDA_EXE:-${MAMBA_EXE:-$(type -P conda mamba micromamba | head -n 1 || true)}}}
  finished=false
  minutes=${CONDAFUSE_TEST_MINUTES:-50}
  work=$(mktemp -d "${TMPDIR:-/tmp}/condafuse-test.XXXXXX")
  chmod 755 "${work}"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  prepare
  if wanted end-to-end; then
    for who in "${users[@]}"; do
      start_lane "end-to-end-${who}" end_to_end "${who}"
    done
  fi
  ! wanted conda || start_lane conda conda_tests
  ! wanted scripts || start_lane scripts script_tests
  finish_lanes
  check_leftovers
  print_longest 10 "${work}"/*.durations
  find "${work}" -maxdepth 1 -name '*.failures' -exec cat {} +
  finished=true
  ((failed == 0 && passed > 0))
}

main "$@"
