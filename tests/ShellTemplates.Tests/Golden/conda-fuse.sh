# shellcheck shell=bash disable=SC2292
# Defines the conda-fuse functions in the bash or zsh that reads it:  source conda-fuse.sh
# It finds the condafuse installed with it by its own path; any other shell can parse it far enough to report an error.

__conda_fuse_source() {
  if [ -n "${ZSH_VERSION:-}" ]; then
    \eval '\local __conda_fuse_shell=zsh __conda_fuse_file="${(%):-%x}"'
    case "${ZSH_EVAL_CONTEXT:-}" in
    *file*) ;;
    *) __conda_fuse_shell='' ;;
    esac
  elif [ -n "${BASH_VERSION:-}" ]; then
    \local __conda_fuse_shell=bash __conda_fuse_file="${BASH_SOURCE[0]}"
    if [ "${__conda_fuse_file}" = "$0" ]; then
      __conda_fuse_shell=''
    fi
  else
    \command printf 'condafuse: conda-fuse.sh is for bash and zsh\nhint: in fish: condafuse init fish | source\n' >&2
    \return 1
  fi
  if [ -z "${__conda_fuse_shell}" ]; then
    \command printf 'condafuse: %s defines functions for the shell that reads it; do not run it\nhint: source %s\n' "${__conda_fuse_file}" "${__conda_fuse_file}" >&2
    \return 1
  fi

  \local __conda_fuse_here __conda_fuse_exe __conda_fuse_text
  __conda_fuse_here="$(\command readlink -f -- "${__conda_fuse_file}")" || \return
  __conda_fuse_here="${__conda_fuse_here%/*}"
  for __conda_fuse_exe in "${__conda_fuse_here}" "${__conda_fuse_here}/../bin" "${__conda_fuse_here}/../../bin"; do
    if [ -z "${CONDA_FUSE_EXE:-}" ] && [ -x "${__conda_fuse_exe}/condafuse" ]; then
      CONDA_FUSE_EXE="${__conda_fuse_exe}/condafuse"
    fi
  done
  if ! \command -v "${CONDA_FUSE_EXE:-condafuse}" >/dev/null; then
    \command printf 'condafuse: the program condafuse was not found beside %s or on PATH\nhint: install it, or set CONDA_FUSE_EXE to its path\n' "${__conda_fuse_file}" >&2
    \return 1
  fi
  __conda_fuse_text="$(\command "${CONDA_FUSE_EXE:-condafuse}" init "${__conda_fuse_shell}")" || \return
  \eval "${__conda_fuse_text}"
  # As with the original script, users' scripts may use the two directories; existing values are kept.
  if [ -z "${CONDA_FUSE_ARCHIVE_PATH:-}" ]; then
    \export CONDA_FUSE_ARCHIVE_PATH="${HOME:-}"/'miniconda_fuse/archives'
  fi
  if [ -z "${CONDA_FUSE_MOUNT_ROOT:-}" ]; then
    \export CONDA_FUSE_MOUNT_ROOT="${HOME:-}"/'miniconda_fuse/envs'
  fi
}

__conda_fuse_source
