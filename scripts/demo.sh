# shellcheck shell=bash
# An environment from creation to unmounting, in a temporary home. Needs the other scripts and an installed program.

# run_demo CHECKOUT SCRATCH PREFIX: the program is installed in PREFIX; the home is made below SCRATCH.
run_demo() {
  local checkout=$1 scratch=$2 prefix=$3 conda variables
  conda=$(real_conda) || conda=$(local_conda "${checkout}" "${scratch}")
  say "conda: ${conda}"
  mkdir -p "${scratch}/home" "${scratch}/tmp"
  variables=(HOME="${scratch}/home" PATH="${prefix}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
    TMPDIR="${scratch}/tmp" TERM="${TERM:-dumb}" LC_ALL=C.UTF-8 CONDA_EXE="${conda}" CONDA_AUTO_ACTIVATE_BASE=false)
  local code=0
  env -i "${variables[@]}" bash --norc "${checkout}/scripts/demo-session.sh" || code=$?
  # After a failure, the mount may still exist, and must be removed before the scratch folder.
  env -i "${variables[@]}" condafuse unmount demo --lazy >/dev/null 2>&1 || true
  return "${code}"
}

# real_conda: the user's own conda, if there is one.
real_conda() {
  local candidate
  for candidate in "${CONDA_EXE:-}" "${MAMBA_EXE:-}" "$(type -P conda)" "$(type -P mamba)" "$(type -P micromamba)"; do
    if [[ -n ${candidate} && -x ${candidate} ]]; then
      printf '%s\n' "${candidate}"
      return
    fi
  done
  return 1
}

# local_conda CHECKOUT SCRATCH: the tests' own installer, with a channel made from this machine's Python.
local_conda() {
  # shellcheck source=scripts/packages.sh
  source "$1/scripts/packages.sh"
  {
    ensure_packages "the demo's conda channel" "${packages_channel[@]}"
    quietly "No conda here: building a local channel and an installer" "$1/tests/conda/make-base" "$2/conda"
  } >&2
  printf '%s\n' "$2/conda/bin/conda"
}
