# shellcheck shell=bash
# The conda-fuse functions for bash:  eval "$(condafuse init bash)"

# POSIX mode does not allow defining functions whose names contain hyphens, although they can be called.
__conda_fuse_posix="$(\builtin shopt -po posix)" || \builtin :
\set +o posix

__conda_fuse_on_path() {
  \builtin type -P -- "$1" >/dev/null
}

# Runs "$@", which is not our code, without the shell's `set -eu`: conda's code does not support it.
__conda_fuse_calmly() {
  \local __conda_fuse_flags="$-" __conda_fuse_code=0
  \set +eu
  "$@" || __conda_fuse_code=$?
  if [[ "${__conda_fuse_flags}" == *u* ]]; then
    \set -u
  fi
  if [[ "${__conda_fuse_flags}" == *e* ]]; then
    \set -e
  fi
  \return "${__conda_fuse_code}"
}

# The helper does the work; $CONDA_FUSE_EXE is its path if it is not on PATH.
__conda_fuse() {
  \command "${CONDA_FUSE_EXE:-condafuse}" "$@"
}

# Defines the conda, mamba or micromamba function, as their own initialisation would, without activating base.
__conda_fuse_hook() {
  \local __conda_fuse_exe __conda_fuse_text
  for __conda_fuse_exe in "${CONDA_EXE:-}" "${MAMBA_EXE:-}" conda mamba micromamba; do
    if [[ -z "${__conda_fuse_exe}" ]] || ! __conda_fuse_on_path "${__conda_fuse_exe}"; then
      \continue
    fi
    case "${__conda_fuse_exe##*/}" in
    *mamba)
      __conda_fuse_text="$(\command "${__conda_fuse_exe}" shell hook --shell 'bash')" || \continue
      ;;
    *)
      __conda_fuse_text="$(CONDA_AUTO_ACTIVATE_BASE=false \command "${__conda_fuse_exe}" shell.'bash' hook)" || \continue
      ;;
    esac
    \eval "${__conda_fuse_text}"
    \return 0
  done
  \builtin printf 'condafuse: conda, mamba and micromamba were not found\nhint: put one on PATH, or set CONDA_EXE or MAMBA_EXE\n' >&2
  \return 8
}

# Sets __conda_fuse_tool to the function that activates in this shell.
__conda_fuse_find_tool() {
  for __conda_fuse_tool in conda mamba micromamba; do
    if \builtin typeset -f "${__conda_fuse_tool}" >/dev/null; then
      \return 0
    fi
  done
  \return 8
}

# Calls conda, mamba or micromamba, whichever is installed, with "$@".
__conda_fuse_conda() {
  \local __conda_fuse_tool
  if ! __conda_fuse_find_tool; then
    __conda_fuse_hook || \return
    __conda_fuse_find_tool || \return
  fi
  "${__conda_fuse_tool}" "$@"
}

# Makes the prompt show name $1 instead of conda's prefix; CONDA_DEFAULT_ENV preserves it when conda reactivates.
__conda_fuse_show_name() {
  \local __conda_fuse_path="${CONDA_DEFAULT_ENV:-}" __conda_fuse_old="${CONDA_PROMPT_MODIFIER:-}"
  \export CONDA_DEFAULT_ENV="$1"
  if [[ -n "${__conda_fuse_path}" && "${__conda_fuse_old}" == *"${__conda_fuse_path}"* ]]; then
    \export CONDA_PROMPT_MODIFIER="${__conda_fuse_old%%"${__conda_fuse_path}"*}$1${__conda_fuse_old#*"${__conda_fuse_path}"}"
    if [[ "${PS1:-}" == "${__conda_fuse_old}"* ]]; then
      PS1="${CONDA_PROMPT_MODIFIER}${PS1#"${__conda_fuse_old}"}"
    fi
  fi
}

# Shows NAME instead of conda's whole path .../NAME/NAME or .../NAME@GENERATION/NAME; below the mount root, whatever follows NAME:
# a renamed environment keeps its directory.
__conda_fuse_repair_name() {
  \local __conda_fuse_above="${CONDA_PREFIX%/*}" __conda_fuse_root="${CONDA_FUSE_MOUNT_ROOT:-}"
  \local __conda_fuse_name="${__conda_fuse_above##*/}"
  if [[ -z "${__conda_fuse_root}" ]]; then
    __conda_fuse_root="${HOME:-}"/'miniconda_fuse/envs'
  fi
  __conda_fuse_name="${__conda_fuse_name%%@*}"
  if [[ "${CONDA_DEFAULT_ENV:-}" == "${CONDA_PREFIX}" ]] &&
    [[ "${__conda_fuse_name}" == "${CONDA_PREFIX##*/}" || "${__conda_fuse_above%/*}" == "${__conda_fuse_root%/}" ]]; then
    __conda_fuse_show_name "${__conda_fuse_name}"
  fi
}

# Whether a word of a conda command may name an environment.
__conda_fuse_has_name() {
  \local __conda_fuse_word
  for __conda_fuse_word in "$@"; do
    case "${__conda_fuse_word}" in
    activate | -n* | --name | --name=*) \return 0 ;;
    *) ;;
    esac
  done
  \return 1
}

# Runs "$@", a function of conda. If it names an environment of condafuse, that is mounted, and its prefix replaces the name.
# Afterwards, corrects the name that conda shows, and records what is active now.
__conda_fuse_with_names() {
  \local __conda_fuse_code=0 __conda_fuse_before="${CONDA_SHLVL:-} ${CONDA_PREFIX:-}" __conda_fuse_text=''
  if __conda_fuse_has_name "$@"; then
    __conda_fuse_text="$(__conda_fuse named --shell 'bash' --pid "$$" -- "$@")" || \return
    \eval "${__conda_fuse_text}"
  fi
  "$@" || __conda_fuse_code=$?
  if [[ -n "${CONDA_PREFIX:-}" ]]; then
    __conda_fuse_repair_name
  fi
  if [[ "${CONDA_SHLVL:-} ${CONDA_PREFIX:-}" != "${__conda_fuse_before}" ]]; then
    __conda_fuse active --shell 'bash' --pid "$$" 2>/dev/null || \builtin :
  fi
  \return "${__conda_fuse_code}"
}

# Replaces `conda` if that is not initialised: initialises it, except to activate or deactivate an environment of condafuse.
__conda_fuse_first_conda() {
  \local __conda_fuse_tool __conda_fuse_text
  \set -- conda "$@"
  if __conda_fuse_has_name "$@"; then
    __conda_fuse_text="$(__conda_fuse named --shell 'bash' --pid "$$" -- "$@")" || \return
    \eval "${__conda_fuse_text}"
  fi
  if [[ "$1" == conda-fuse-activate ]]; then
    "$@"
    \return
  fi
  \shift
  if [[ "$#" -eq 1 && "$1" == deactivate ]]; then
    __conda_fuse_calmly __conda_fuse_evaluate deactivate --shell 'bash' --pid "$$"
  else
    \unset -f conda
    if ! __conda_fuse_hook || ! __conda_fuse_find_tool; then
      __conda_fuse_prepare_conda
      \return 8
    fi
    __conda_fuse_prepare_conda
    __conda_fuse_with_names __conda_fuse_conda "$@"
  fi
}

# Prepares `conda`: it accepts and shows names, and is initialised at its first use if necessary.
__conda_fuse_prepare_conda() {
  \local __conda_fuse_tool __conda_fuse_text
  if ! __conda_fuse_find_tool; then
    \eval 'function conda {
      __conda_fuse_first_conda "$@"
    }'
    \return 0
  fi
  for __conda_fuse_tool in conda mamba micromamba; do
    if ! \builtin typeset -f "${__conda_fuse_tool}" >/dev/null; then
      \continue
    fi
    __conda_fuse_text="$(\builtin typeset -f "${__conda_fuse_tool}")"
    if [[ "${__conda_fuse_text}" == *__conda_fuse_* ]]; then
      \continue
    fi
    \eval "__conda_fuse_real_${__conda_fuse_text}"
    \eval "function ${__conda_fuse_tool} {
      __conda_fuse_with_names __conda_fuse_real_${__conda_fuse_tool} \"\$@\"
    }"
  done
}

# Evaluates the helper's code for an activation or deactivation. The prompt is not exported, so it is passed explicitly.
__conda_fuse_evaluate() {
  \local __conda_fuse_text
  __conda_fuse_text="$(PS1="${PS1:-}" __conda_fuse "$@")" || \return
  \eval "${__conda_fuse_text}"
}

conda-fuse-create() {
  \local IFS=$' \t\n'
  case "${1:-}" in
  -h | --help)
    \builtin printf '%s\n' 'Create a conda environment and keep it as one compressed file.

Usage: conda-fuse-create NAME [ARGUMENT...]
       conda-fuse-create NAME --file FILE ...     (environment.yml, conda-lock.yml, pixi.lock, ...)
       conda-fuse-create NAME --format zip ...    (as CONDA_FUSE_FORMAT=zip does)
       conda-fuse-create NAME --try COMMAND ...   (what it reads is stored together)
       conda-fuse-create NAME --resume|--drop     (after an interrupted creation)

Every other ARGUMENT, and everything after --, goes to "conda create".
The environment becomes one file below CONDA_FUSE_ARCHIVE_PATH and is mounted
below CONDA_FUSE_MOUNT_ROOT.

Example: conda-fuse-create test-env python=3.11 numpy'
    ;;
  *)
    __conda_fuse create "$@"
    ;;
  esac
}

conda-fuse-activate() {
  \local IFS=$' \t\n'
  case "${1:-}" in
  -h | --help)
    \builtin printf '%s\n' 'Mount an environment, if it is not mounted yet, and activate it in this shell.

Usage: conda-fuse-activate NAME [ARGUMENT...]

--stack and --no-stack work as in "conda activate"; any other ARGUMENT goes to it.
Changes are committed to the archive when the environment is unmounted:
"condafuse log NAME" shows the generations, "condafuse rollback NAME GENERATION"
restores one.
"conda deactivate" leaves the environment; it stays mounted until conda-fuse-unmount.
conda-fuse-env-list lists the environments.'
    \return 0
    ;;
  *) ;;
  esac
  __conda_fuse_calmly __conda_fuse_evaluate activate --shell 'bash' --pid "$$" -- "$@" || \return
  __conda_fuse_repair_name
  __conda_fuse_prepare_conda
}

conda-fuse-unmount() {
  \local IFS=$' \t\n'
  case "${1:-}" in
  -h | --help)
    \builtin printf '%s\n' 'Deactivate an environment if it is active in this shell, and unmount it.

Usage: conda-fuse-unmount NAME|--all [--wait SECONDS] [--lazy] [--no-commit]

  --wait SECONDS  wait for other processes that use it
  --lazy          detach it now; processes that use it can continue
  --no-commit     keep the changes beside the archive

Changes are committed to the archive as a new generation.
If other processes use the environment, they are listed and nothing happens.
Environments that were activated after it are deactivated, too.'
    \return 0
    ;;
  *) ;;
  esac
  \local __conda_fuse_levels __conda_fuse_prefix __conda_fuse_shown
  # With exec, so that the helper's parent is this shell, and not a subshell in the mount.
  __conda_fuse_levels="$(\exec "${CONDA_FUSE_EXE:-condafuse}" unmount --print-levels "$@")" || \return
  while [[ "${__conda_fuse_levels}" =~ ^[1-9][0-9]*$ ]]; do
    __conda_fuse_prefix="${CONDA_PREFIX:-}" __conda_fuse_shown="${CONDA_DEFAULT_ENV:-${CONDA_PREFIX:-}}"
    \builtin printf 'condafuse: deactivating %s\n' "${__conda_fuse_shown##*/}" >&2
    __conda_fuse_calmly __conda_fuse_evaluate deactivate --shell 'bash' --pid "$$" || \return
    __conda_fuse_levels=$((__conda_fuse_levels - 1))
  done
  if [[ -n "${__conda_fuse_prefix:-}" ]]; then
    # The active environment may have been unmounted in another shell.
    __conda_fuse unmount --if-mounted "$@"
  else
    __conda_fuse unmount "$@"
  fi
}

conda-fuse-commit() {
  \local IFS=$' \t\n'
  case "${1:-}" in
  -h | --help)
    \builtin printf '%s\n' 'Commit changes to the archive as a new generation.

Usage: conda-fuse-commit NAME [--message TEXT] [--to NEW]

  --message TEXT  message for the history; default: the packages that changed
  --to NEW        write a new archive with the changes instead

The environment may be in use meanwhile. conda-fuse-unmount commits as well.'
    ;;
  *)
    __conda_fuse commit "$@"
    ;;
  esac
}

conda-fuse-paths() {
  \local IFS=$' \t\n'
  case "${1:-}" in
  -h | --help)
    \builtin printf '%s\n' 'Show the directories of archives and mounts.

Usage: conda-fuse-paths [--json]

CONDA_FUSE_ARCHIVE_PATH and CONDA_FUSE_MOUNT_ROOT change them.
To delete an environment: condafuse remove NAME.'
    ;;
  *)
    __conda_fuse paths "$@"
    ;;
  esac
}

conda-fuse-env-list() {
  \local IFS=$' \t\n'
  case "${1:-}" in
  -h | --help)
    \builtin printf '%s\n' 'List environments, their sizes and where they are mounted.

Usage: conda-fuse-env-list [--json | --names] [--mounted]'
    ;;
  *)
    __conda_fuse list "$@"
    ;;
  esac
}

# Defines nothing named conda where no conda is installed: scripts may check for it.
__conda_fuse_begin() {
  \local __conda_fuse_tool
  if __conda_fuse_find_tool || __conda_fuse_on_path conda; then
    __conda_fuse_prepare_conda
  fi
}
__conda_fuse_begin

# Completes the current word from the given words.
__conda_fuse_offer() {
  \local word
  for word in "$@"; do
    if [[ "${word}" == "${COMP_WORDS[COMP_CWORD]}"* ]]; then
      COMPREPLY+=("${word}")
    fi
  done
}

# Completes the current word, as typed with its quoting, from the names of the environments; $1 may select some of them.
__conda_fuse_offer_names() {
  \local name quoted current="${COMP_WORDS[COMP_CWORD]}"
  while IFS='' \builtin read -r name; do
    \builtin printf -v quoted '%q' "${name}"
    if [[ -n "${name}" && ("${quoted}" == "${current}"* || "${name}" == "${current}"*) ]]; then
      COMPREPLY+=("${quoted}")
    fi
  done <<<"$(\command "${CONDA_FUSE_EXE:-condafuse}" list --names "$@" 2>/dev/null)"
}

# Completes the current word from the generations of environment $1.
__conda_fuse_offer_generations() {
  \local number
  while \builtin read -r number _; do
    if [[ "${number}" == [0-9]* ]]; then
      __conda_fuse_offer "${number}"
    fi
  done <<<"$(\command "${CONDA_FUSE_EXE:-condafuse}" log -- "$1" 2>/dev/null)"
}

# Completes the current word if it is the value of an option of command $1, or a generation; otherwise fails.
__conda_fuse_complete_value() {
  case "$1 ${COMP_WORDS[COMP_CWORD - 1]}" in
  'create --format') __conda_fuse_offer 'squashfs' 'zip' ;;
  'convert --to') __conda_fuse_offer 'squashfs' 'zip' ;;
  'kernel kernel') __conda_fuse_offer 'install' 'list' 'remove' '--display-name' '--help' '--json' ;;
  'rebase --keep') __conda_fuse_offer 'mine' 'theirs' ;;
  'pack --compressor') __conda_fuse_offer 'zstd' 'xz' 'gzip' 'lz4' 'none' ;;
  'pack --format') __conda_fuse_offer 'infer' 'squashfs' 'zip' 'tar' 'tar.gz' 'tgz' 'tar.bz2' 'tbz2' 'tar.xz' 'txz' 'tar.zst' 'tzst' 'no-archive' ;;
  'pack --name' | 'pack -n') __conda_fuse_offer_names --mounted ;;
  'kernel install' | 'kernel remove') __conda_fuse_offer_names ;;
  'create --file') \builtin compopt -o default ;;
  'mount --generation') __conda_fuse_offer_generations "${COMP_WORDS[2]}" ;;
  *)
    case "$1 ${COMP_CWORD} ${COMP_WORDS[COMP_CWORD]}" in
    *' -'*) \return 1 ;;
    'rollback 3 '* | 'diff 3 '* | 'diff 4 '*) __conda_fuse_offer_generations "${COMP_WORDS[2]}" ;;
    *) \return 1 ;;
    esac
    ;;
  esac
}

# Completes the current word; word $1 has one of the kinds $2; the options follow.
__conda_fuse_complete() {
  \local first="$1" kinds="$2"
  \shift 2
  if [[ "${COMP_WORDS[COMP_CWORD]}" == -* ]]; then
    __conda_fuse_offer --help "$@"
    \return 0
  fi
  if [[ "${kinds}" == *files* ]]; then
    \builtin compopt -o default
  fi
  if [[ "${COMP_CWORD}" -eq "${first}" ]]; then
    case "${kinds}" in
    *environments*) __conda_fuse_offer_names ;;
    *mounted*) __conda_fuse_offer_names --mounted ;;
    *shells*) __conda_fuse_offer 'bash' 'zsh' 'fish' ;;
    *) ;;
    esac
  fi
}

_condafuse() {
  \local IFS=$' \t\n' verb="${COMP_WORDS[0]##*/}"
  COMPREPLY=()
  if [[ "${verb}" == conda-fuse-* ]]; then
    if __conda_fuse_complete_value "${verb#conda-fuse-}"; then
      \return 0
    fi
  elif [[ "${COMP_CWORD}" -gt 1 ]] && __conda_fuse_complete_value "${COMP_WORDS[1]}"; then
    \return 0
  fi
  case "${verb}" in
  'conda-fuse-create') __conda_fuse_complete 1 'none' '--file' '--environment' '--category' '--try' '--resume' '--drop' '--format' ;;
  'conda-fuse-activate') __conda_fuse_complete 1 'environments' '--stack' ;;
  'conda-fuse-unmount') __conda_fuse_complete 1 'mounted' '--wait' '--lazy' '--no-commit' ;;
  'conda-fuse-commit') __conda_fuse_complete 1 'environments' '--message' '--to' ;;
  'conda-fuse-paths') __conda_fuse_complete 1 'none' '--json' ;;
  'conda-fuse-env-list') __conda_fuse_complete 1 'none' '--json' '--names' '--mounted' ;;
  *)
    if [[ "${COMP_CWORD}" -eq 1 ]]; then
      __conda_fuse_offer --help --version 'create' 'export' 'push' 'pull' 'tags' 'gc' 'mount' 'rename' 'clone' 'remove' 'diff' 'discard' 'commit' 'log' 'rollback' 'rebase' 'convert' 'compact' 'unmount' 'run' 'shell' 'list' 'status' 'kernel' 'expose' 'slurm' 'module' 'paths' 'pack' 'extract' 'info' 'verify' 'doctor' 'setup' 'init' 'completions' 'help'
      \return 0
    fi
    case "${COMP_WORDS[1]}" in
    'create') __conda_fuse_complete 2 'none' '--file' '--environment' '--category' '--try' '--resume' '--drop' '--format' '--json' ;;
    'export') __conda_fuse_complete 2 'environments files' '--yaml' '--explicit' '--lock' '--json' ;;
    'push') __conda_fuse_complete 2 'environments files' '--force' '--ca' '--insecure' '--json' ;;
    'pull') __conda_fuse_complete 2 'none' '--ca' '--insecure' '--json' ;;
    'tags') __conda_fuse_complete 2 'none' '--ca' '--insecure' '--json' ;;
    'gc') __conda_fuse_complete 2 'none' '--dry-run' '--json' ;;
    'mount') __conda_fuse_complete 2 'environments files' '--read-only' '--generation' '--allow-other' '--take-over' '--foreground' '--print-prefix' '--ca' '--insecure' '--offline' '--json' ;;
    'rename') __conda_fuse_complete 2 'environments' '--json' ;;
    'clone') __conda_fuse_complete 2 'environments files' '--json' ;;
    'remove') __conda_fuse_complete 2 'environments' '--yes' '--json' ;;
    'diff') __conda_fuse_complete 2 'environments files' '--stat' '--json' ;;
    'discard') __conda_fuse_complete 2 'environments files' '--yes' '--json' ;;
    'commit') __conda_fuse_complete 2 'environments files' '--message' '--to' '--n-threads' '--json' ;;
    'log') __conda_fuse_complete 2 'environments files' '--json' ;;
    'rollback') __conda_fuse_complete 2 'environments files' '--message' '--json' ;;
    'rebase') __conda_fuse_complete 2 'environments files' '--keep' '--n-threads' '--json' ;;
    'convert') __conda_fuse_complete 2 'environments files' '--to' '--yes' '--n-threads' '--json' ;;
    'compact') __conda_fuse_complete 2 'environments files' '--keep' '--expired' '--repack' '--yes' '--n-threads' '--json' ;;
    'unmount') __conda_fuse_complete 2 'mounted files' '--all' '--wait' '--lazy' '--no-commit' '--json' ;;
    'run') __conda_fuse_complete 2 'environments files' '--read-only' '--ca' '--insecure' '--offline' '--json' ;;
    'shell') __conda_fuse_complete 2 'environments files' '--ca' '--insecure' '--offline' '--json' ;;
    'list') __conda_fuse_complete 2 'none' '--json' '--names' '--mounted' '--remote' '--ca' '--insecure' ;;
    'status') __conda_fuse_complete 2 'environments files' '--json' ;;
    'kernel') __conda_fuse_complete 2 'none' '--display-name' '--json' ;;
    'expose') __conda_fuse_complete 2 'environments' '--dir' '--remove' '--list' '--json' ;;
    'slurm') __conda_fuse_complete 2 'files' '--json' ;;
    'module') __conda_fuse_complete 2 'environments' '--lua' '--tcl' '--json' ;;
    'paths') __conda_fuse_complete 2 'none' '--json' ;;
    'pack') __conda_fuse_complete 2 'files' '--name' '--prefix' '--output' '--arcroot' '--dest-prefix' '--format' '--compress-level' '--zip-symlinks' '--no-zip-64' '--ignore-editable-packages' '--ignore-missing-files' '--exclude' '--include' '--force' '--quiet' '--json' '--compressor' '--compressor-option' '--n-threads' '--block-size' ;;
    'extract') __conda_fuse_complete 2 'environments files' '--as-is' '--n-threads' '--preserve-special' '--json' ;;
    'info') __conda_fuse_complete 2 'environments files' '--ca' '--insecure' '--json' ;;
    'verify') __conda_fuse_complete 2 'environments files' '--json' '--n-threads' ;;
    'doctor') __conda_fuse_complete 2 'none' '--json' '--clean' '--move-changes' '--discard-changes' ;;
    'setup') __conda_fuse_complete 2 'none' '--shell' '--links' '--links-dir' '--no-links' '--undo' '--yes' '--json' ;;
    'init') __conda_fuse_complete 2 'shells' '--script' '--json' ;;
    'completions') __conda_fuse_complete 2 'shells' '--json' ;;
    'help') __conda_fuse_complete 2 'none' '--json' ;;
    *) ;;
    esac
    ;;
  esac
}

\builtin complete -F _condafuse condafuse 'conda-fuse-create' 'conda-fuse-activate' 'conda-fuse-unmount' 'conda-fuse-commit' 'conda-fuse-paths' 'conda-fuse-env-list'

\eval "${__conda_fuse_posix}"
\unset __conda_fuse_posix
