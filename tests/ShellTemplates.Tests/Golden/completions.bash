# shellcheck shell=bash
# Completions of condafuse and of the conda-fuse functions for bash.

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
