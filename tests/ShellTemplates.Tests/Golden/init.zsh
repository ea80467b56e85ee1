# shellcheck shell=bash disable=SC2034,SC2154
# The conda-fuse functions for zsh:  eval "$(condafuse init zsh)"

__conda_fuse_on_path() {
  \builtin whence -p -- "$1" >/dev/null
}

# Every function begins with `emulate -L zsh`, which applies to its callees too: neither err_exit nor nounset is set.
__conda_fuse_calmly() {
  "$@"
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
      __conda_fuse_text="$(\command "${__conda_fuse_exe}" shell hook --shell 'zsh')" || \continue
      ;;
    *)
      __conda_fuse_text="$(CONDA_AUTO_ACTIVATE_BASE=false \command "${__conda_fuse_exe}" shell.'zsh' hook)" || \continue
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
    __conda_fuse_text="$(__conda_fuse named --shell 'zsh' --pid "$$" -- "$@")" || \return
    \eval "${__conda_fuse_text}"
  fi
  "$@" || __conda_fuse_code=$?
  if [[ -n "${CONDA_PREFIX:-}" ]]; then
    __conda_fuse_repair_name
  fi
  if [[ "${CONDA_SHLVL:-} ${CONDA_PREFIX:-}" != "${__conda_fuse_before}" ]]; then
    __conda_fuse active --shell 'zsh' --pid "$$" 2>/dev/null || \builtin :
  fi
  \return "${__conda_fuse_code}"
}

# Replaces `conda` if that is not initialised: initialises it, except to activate or deactivate an environment of condafuse.
__conda_fuse_first_conda() {
  \local __conda_fuse_tool __conda_fuse_text
  \set -- conda "$@"
  if __conda_fuse_has_name "$@"; then
    __conda_fuse_text="$(__conda_fuse named --shell 'zsh' --pid "$$" -- "$@")" || \return
    \eval "${__conda_fuse_text}"
  fi
  if [[ "$1" == conda-fuse-activate ]]; then
    "$@"
    \return
  fi
  \shift
  if [[ "$#" -eq 1 && "$1" == deactivate ]]; then
    __conda_fuse_calmly __conda_fuse_evaluate deactivate --shell 'zsh' --pid "$$"
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
  \builtin emulate -L zsh
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
  \builtin emulate -L zsh
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
  __conda_fuse_calmly __conda_fuse_evaluate activate --shell 'zsh' --pid "$$" -- "$@" || \return
  __conda_fuse_repair_name
  __conda_fuse_prepare_conda
}

conda-fuse-unmount() {
  \builtin emulate -L zsh
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
    __conda_fuse_calmly __conda_fuse_evaluate deactivate --shell 'zsh' --pid "$$" || \return
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
  \builtin emulate -L zsh
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
  \builtin emulate -L zsh
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
  \builtin emulate -L zsh
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

# Offers the names of the environments; $1 may select some of them.
__conda_fuse_offer_names() {
  \local name
  \local -a names
  while IFS='' \builtin read -r name; do
    if [[ -n "${name}" ]]; then
      names+=("${name}")
    fi
  done <<<"$(\command "${CONDA_FUSE_EXE:-condafuse}" list --names "$@" 2>/dev/null)"
  \builtin compadd -a names
}

# Offers the generations of environment $1.
__conda_fuse_offer_generations() {
  \local number
  \local -a numbers
  while IFS=$' \t\n' \builtin read -r number _; do
    if [[ "${number}" == [0-9]* ]]; then
      numbers+=("${number}")
    fi
  done <<<"$(\command "${CONDA_FUSE_EXE:-condafuse}" log -- "$1" 2>/dev/null)"
  \builtin compadd -a numbers
}

# Completes the current word if it is the value of an option of command $1, or a generation; otherwise fails.
__conda_fuse_complete_value() {
  case "$1 ${words[CURRENT - 1]}" in
  'create --format') \builtin compadd -- 'squashfs' 'zip' ;;
  'convert --to') \builtin compadd -- 'squashfs' 'zip' ;;
  'kernel kernel') \builtin compadd -- 'install' 'list' 'remove' '--display-name' '--help' '--json' ;;
  'rebase --keep') \builtin compadd -- 'mine' 'theirs' ;;
  'pack --compressor') \builtin compadd -- 'zstd' 'xz' 'gzip' 'lz4' 'none' ;;
  'pack --format') \builtin compadd -- 'infer' 'squashfs' 'zip' 'tar' 'tar.gz' 'tgz' 'tar.bz2' 'tbz2' 'tar.xz' 'txz' 'tar.zst' 'tzst' 'no-archive' ;;
  'pack --name' | 'pack -n') __conda_fuse_offer_names --mounted ;;
  'kernel install' | 'kernel remove') __conda_fuse_offer_names ;;
  'create --file') _files ;;
  'mount --generation') __conda_fuse_offer_generations "${words[3]}" ;;
  *)
    case "$1 ${CURRENT} ${PREFIX}" in
    *' -'*) \return 1 ;;
    'rollback 4 '* | 'diff 4 '* | 'diff 5 '*) __conda_fuse_offer_generations "${words[3]}" ;;
    *) \return 1 ;;
    esac
    ;;
  esac
  \return 0
}

# Completes the current word; word $1 has one of the kinds $2; the options follow as NAME:SUMMARY.
__conda_fuse_complete() {
  \local first="$1" kinds="$2"
  \local -a options
  \shift 2
  options=('--help:Show help' "$@")
  if [[ "${PREFIX}" == -* ]]; then
    _describe option options
    \return
  fi
  if [[ "${CURRENT}" -eq $((first + 1)) ]]; then
    case "${kinds}" in
    *environments*) __conda_fuse_offer_names ;;
    *mounted*) __conda_fuse_offer_names --mounted ;;
    *shells*) \builtin compadd 'bash' 'zsh' 'fish' ;;
    *) ;;
    esac
  fi
  if [[ "${kinds}" == *files* ]]; then
    _files
  fi
}

_condafuse() {
  \local verb="${words[1]##*/}"
  \local -a verbs
  if [[ "${verb}" == conda-fuse-* ]]; then
    if __conda_fuse_complete_value "${verb#conda-fuse-}"; then
      \return
    fi
  elif [[ "${CURRENT}" -gt 2 ]] && __conda_fuse_complete_value "${words[2]}"; then
    \return
  fi
  case "${verb}" in
  'conda-fuse-create') __conda_fuse_complete 1 'none' '--file':'Create what a file describes' '--environment':'Environment of a pixi.lock' '--category':'Category of a conda-lock.yml' '--try':'Command to run once: what it reads is stored together' '--resume':'Make the archive from what an interrupted creation left' '--drop':'Remove what an interrupted creation left' '--format':'squashfs or zip' ;;
  'conda-fuse-activate') __conda_fuse_complete 1 'environments' '--stack':'Keep the active environment'\''s programs on PATH' ;;
  'conda-fuse-unmount') __conda_fuse_complete 1 'mounted' '--wait':'Seconds to wait for other processes' '--lazy':'Detach it now, even if it is in use' '--no-commit':'Keep the changes beside the archive' ;;
  'conda-fuse-commit') __conda_fuse_complete 1 'environments' '--message':'Message for the history' '--to':'Write a new archive with the changes instead' ;;
  'conda-fuse-paths') __conda_fuse_complete 1 'none' '--json':'Print JSON' ;;
  'conda-fuse-env-list') __conda_fuse_complete 1 'none' '--json':'Print JSON' '--names':'Print only the names, one per line' '--mounted':'List only mounted environments' ;;
  *)
    if [[ "${CURRENT}" -eq 2 ]]; then
      verbs=(
        'create':'Create an environment with conda and keep it as one file'
        'export':'Print the installed packages as a file for '\''create --file'\'''
        'push':'Upload an environment to a registry'
        'pull':'Download an environment, or its new generations, from a registry'
        'tags':'List the tags of a repository in a registry'
        'gc':'Remove what no mount uses from the cache of registries'
        'mount':'Mount an environment or an image'
        'rename':'Rename an environment'
        'clone':'Copy an environment with its history'
        'remove':'Delete an environment'
        'diff':'Show uncommitted changes, or compare two generations'
        'discard':'Drop uncommitted changes'
        'commit':'Commit changes to the archive as a new generation'
        'log':'Show the generations of an archive, newest first'
        'rollback':'Restore an earlier generation, as a new one that you can undo'
        'rebase':'Carry your changes over to the current generation of an archive'
        'convert':'Convert an archive to another format'
        'compact':'Remove old generations and free their space'
        'unmount':'Commit changes and unmount an environment'
        'run':'Run a command in an environment'
        'shell':'Start a shell in an environment'
        'list':'List environments, their sizes and where they are mounted'
        'status':'Show one environment: history, changes, mounts and processes'
        'kernel':'Use environments as Jupyter kernels'
        'expose':'Write launchers that mount an environment and run its programs'
        'slurm':'Print batch scripts, a TaskProlog or an Epilog for Slurm'
        'module':'Print a module file for an environment'
        'paths':'Show the directories of archives, mounts, locks and logs'
        'pack':'Pack an environment as conda-pack does, or a directory'
        'extract':'Unpack an image into a directory'
        'info':'Show size, counts and compressor of an image'
        'verify':'Check an image for damage'
        'doctor':'Check this machine, and find and remove leftovers'
        'setup':'Set up your shells, and links for other tools'
        'init':'Print the shell functions, for a shell to evaluate'
        'completions':'Print the completions of condafuse for a shell'
        'help':'Explain a command, the exit codes or the environment variables'
      )
      _describe command verbs
      \return
    fi
    case "${words[2]}" in
    'create') __conda_fuse_complete 2 'none' '--file':'Create what a file describes' '--environment':'Environment of a pixi.lock' '--category':'Category of a conda-lock.yml' '--try':'Command to run once: what it reads is stored together' '--resume':'Make the archive from what an interrupted creation left' '--drop':'Remove what an interrupted creation left' '--format':'squashfs or zip' '--json':'Print JSON' ;;
    'export') __conda_fuse_complete 2 'environments files' '--yaml':'Print environment.yml' '--explicit':'Print a list of URLs' '--lock':'Print conda-lock.yml' '--json':'Print a failure as JSON' ;;
    'push') __conda_fuse_complete 2 'environments files' '--force':'Replace the tag, whatever it names' '--ca':'File of certificates to trust' '--insecure':'Accept any certificate, and plain http' '--json':'Print JSON' ;;
    'pull') __conda_fuse_complete 2 'none' '--ca':'File of certificates to trust' '--insecure':'Accept any certificate, and plain http' '--json':'Print JSON' ;;
    'tags') __conda_fuse_complete 2 'none' '--ca':'File of certificates to trust' '--insecure':'Accept any certificate, and plain http' '--json':'Print JSON' ;;
    'gc') __conda_fuse_complete 2 'none' '--dry-run':'Only print what would be removed' '--json':'Print JSON' ;;
    'mount') __conda_fuse_complete 2 'environments files' '--read-only':'Refuse all changes' '--generation':'Mount an earlier generation' '--allow-other':'Let other users use the mount' '--take-over':'Take the write lock from a dead process on another host' '--foreground':'Serve the mount in this process, until it is unmounted' '--print-prefix':'Print only the prefix of the environment' '--ca':'File of certificates to trust' '--insecure':'Accept any certificate, and plain http' '--offline':'Of an environment in a registry, use only what was fetched before' '--json':'Print JSON' ;;
    'rename') __conda_fuse_complete 2 'environments' '--json':'Print JSON' ;;
    'clone') __conda_fuse_complete 2 'environments files' '--json':'Print JSON' ;;
    'remove') __conda_fuse_complete 2 'environments' '--yes':'Do not ask' '--json':'Print JSON' ;;
    'diff') __conda_fuse_complete 2 'environments files' '--stat':'Print only how many files differ' '--json':'Print JSON' ;;
    'discard') __conda_fuse_complete 2 'environments files' '--yes':'Do not ask' '--json':'Print JSON' ;;
    'commit') __conda_fuse_complete 2 'environments files' '--message':'Message for the history' '--to':'Write a new archive with the changes instead' '--n-threads':'Threads' '--json':'Print JSON' ;;
    'log') __conda_fuse_complete 2 'environments files' '--json':'Print JSON' ;;
    'rollback') __conda_fuse_complete 2 'environments files' '--message':'Message for the history' '--json':'Print JSON' ;;
    'rebase') __conda_fuse_complete 2 'environments files' '--keep':'Resolve conflicts: mine or theirs' '--n-threads':'Threads' '--json':'Print JSON' ;;
    'convert') __conda_fuse_complete 2 'environments files' '--to':'squashfs or zip' '--yes':'Do not ask' '--n-threads':'Threads' '--json':'Print JSON' ;;
    'compact') __conda_fuse_complete 2 'environments files' '--keep':'Number of generations to keep' '--expired':'Remove only what CONDA_FUSE_KEEP does not keep' '--repack':'Store together what is used first' '--yes':'Do not ask' '--n-threads':'Threads' '--json':'Print JSON' ;;
    'unmount') __conda_fuse_complete 2 'mounted files' '--all':'Unmount every environment' '--wait':'Seconds to wait for other processes' '--lazy':'Detach it now, even if it is in use' '--no-commit':'Keep the changes beside the archive' '--json':'Print JSON' ;;
    'run') __conda_fuse_complete 2 'environments files' '--read-only':'Refuse all changes' '--ca':'File of certificates to trust' '--insecure':'Accept any certificate, and plain http' '--offline':'Of an environment in a registry, use only what was fetched before' '--json':'Print a failure as JSON' ;;
    'shell') __conda_fuse_complete 2 'environments files' '--ca':'File of certificates to trust' '--insecure':'Accept any certificate, and plain http' '--offline':'Of an environment in a registry, use only what was fetched before' '--json':'Print a failure as JSON' ;;
    'list') __conda_fuse_complete 2 'none' '--json':'Print JSON' '--names':'Print only the names, one per line' '--mounted':'List only mounted environments' '--remote':'List what the tags of a repository name' '--ca':'File of certificates to trust' '--insecure':'Accept any certificate, and plain http' ;;
    'status') __conda_fuse_complete 2 'environments files' '--json':'Print JSON' ;;
    'kernel') __conda_fuse_complete 2 'none' '--display-name':'Name that Jupyter shows' '--json':'Print JSON' ;;
    'expose') __conda_fuse_complete 2 'environments' '--dir':'Folder to write them below' '--remove':'Remove launchers' '--list':'List launchers' '--json':'Print JSON' ;;
    'slurm') __conda_fuse_complete 2 'files' '--json':'Print a failure as JSON' ;;
    'module') __conda_fuse_complete 2 'environments' '--lua':'Write Lua, for Lmod' '--tcl':'Write Tcl, for Environment Modules' '--json':'Print a failure as JSON' ;;
    'paths') __conda_fuse_complete 2 'none' '--json':'Print JSON' ;;
    'pack') __conda_fuse_complete 2 'files' '--name':'Environment to pack, by its name' '--prefix':'Environment to pack, by its prefix' '--output':'File to write' '--arcroot':'Put everything below this directory' '--dest-prefix':'Rewrite the prefix to this path' '--format':'Format of the output' '--compress-level':'0 (fast) to 9 (small)' '--zip-symlinks':'Store symlinks in a zip archive, not copies' '--no-zip-64':'Write a zip archive for old programs' '--ignore-editable-packages':'Pack even if packages are links to sources' '--ignore-missing-files':'Pack even if files of packages are missing' '--exclude':'Exclude files that match' '--include':'Include files again' '--force':'Replace the output if it exists' '--quiet':'Print nothing but problems' '--json':'Print JSON' '--compressor':'zstd, xz, gzip, lz4 or none, with :LEVEL' '--compressor-option':'Option of the compressor' '--n-threads':'Threads to compress with' '--block-size':'Block size' ;;
    'extract') __conda_fuse_complete 2 'environments files' '--as-is':'Keep the archive'\''s prefix' '--n-threads':'Threads to extract with' '--preserve-special':'Restore set-ID bits and devices (root)' '--json':'Print JSON' ;;
    'info') __conda_fuse_complete 2 'environments files' '--ca':'File of certificates to trust' '--insecure':'Accept any certificate, and plain http' '--json':'Print JSON' ;;
    'verify') __conda_fuse_complete 2 'environments files' '--json':'Print JSON' '--n-threads':'Threads to read with' ;;
    'doctor') __conda_fuse_complete 2 'none' '--json':'Print JSON' '--clean':'Remove leftovers' '--move-changes':'Move changes of renamed archives without asking' '--discard-changes':'Remove changes of deleted archives without asking' ;;
    'setup') __conda_fuse_complete 2 'none' '--shell':'Shell to set up' '--links':'Keep a link to each environment' '--links-dir':'Directory for the links' '--no-links':'Do not ask about links' '--undo':'Remove what setup has added' '--yes':'Do not ask' '--json':'Print JSON' ;;
    'init') __conda_fuse_complete 2 'shells' '--script':'Print conda-fuse.sh, a file to source' '--json':'Print a failure as JSON' ;;
    'completions') __conda_fuse_complete 2 'shells' '--json':'Print a failure as JSON' ;;
    'help') __conda_fuse_complete 2 'none' '--json':'Print a failure as JSON' ;;
    *) ;;
    esac
    ;;
  esac
}

if \builtin typeset -f compdef >/dev/null; then
  compdef _condafuse condafuse 'conda-fuse-create' 'conda-fuse-activate' 'conda-fuse-unmount' 'conda-fuse-commit' 'conda-fuse-paths' 'conda-fuse-env-list'
fi
