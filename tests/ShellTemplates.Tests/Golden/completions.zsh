#compdef condafuse -P conda-fuse-*
# shellcheck shell=bash disable=SC2034,SC2154
# Completions of condafuse and of the conda-fuse functions for zsh: a file _condafuse on $fpath.

# Offers the names of the environments; $1 may say which.
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

# Completes the current word where it is the value of an option of command $1, or a generation; false if it is neither.
__conda_fuse_complete_value() {
  case "$1 ${words[CURRENT - 1]}" in
  'create --format') \builtin compadd -- 'squashfs' 'zip' ;;
  'convert --to') \builtin compadd -- 'squashfs' 'zip' ;;
  'rebase --keep') \builtin compadd -- 'mine' 'theirs' ;;
  'pack --compressor') \builtin compadd -- 'zstd' 'xz' 'gzip' 'lz4' 'none' ;;
  'pack --format') \builtin compadd -- 'infer' 'squashfs' 'zip' 'tar' 'tar.gz' 'tgz' 'tar.bz2' 'tbz2' 'tar.xz' 'txz' 'tar.zst' 'tzst' 'no-archive' ;;
  'pack --name' | 'pack -n') __conda_fuse_offer_names --mounted ;;
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

# Completes the current word; word $1 is of one of the kinds $2, and the options follow as NAME:SUMMARY.
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
  'conda-fuse-create') __conda_fuse_complete 1 'none' '--file':'Make what an environment file describes' '--environment':'Environment of a pixi.lock' '--category':'Category of a conda-lock.yml' '--resume':'Seal what an interrupted creation left' '--drop':'Remove what an interrupted creation left' '--format':'squashfs or zip' ;;
  'conda-fuse-activate') __conda_fuse_complete 1 'environments' '--stack':'Keep the active environment'\''s programs on PATH' ;;
  'conda-fuse-unmount') __conda_fuse_complete 1 'mounted' '--wait':'Seconds to wait for other processes' '--lazy':'Take it away from under its users' '--no-commit':'Leave what was changed beside the archive' ;;
  'conda-fuse-commit') __conda_fuse_complete 1 'environments' '--message':'What the history shall say' '--to':'Write a new archive instead' ;;
  'conda-fuse-paths') __conda_fuse_complete 1 'none' '--json':'Answer in JSON' ;;
  'conda-fuse-env-list') __conda_fuse_complete 1 'none' '--json':'Answer in JSON' '--names':'Only the names, one a line' '--mounted':'Only what is mounted' ;;
  *)
    if [[ "${CURRENT}" -eq 2 ]]; then
      verbs=(
        'create':'Create an environment and keep it as one file'
        'export':'Describe what is installed in an environment'
        'mount':'Mount an environment or an image'
        'diff':'Show what was changed in an environment'
        'discard':'Drop what was changed in an environment'
        'commit':'Put what was changed into the archive'
        'log':'Show the generations of an archive'
        'rollback':'Give an earlier generation back'
        'rebase':'Carry changes over to a later generation'
        'convert':'Write an archive in another format'
        'compact':'Remove old generations and free their space'
        'unmount':'Unmount an environment'
        'run':'Run a command in an environment'
        'list':'List the archived environments'
        'status':'Show one environment and who uses it'
        'paths':'Show where archives and mounts are'
        'pack':'Pack an environment or a directory into an archive'
        'extract':'Extract an image into a directory'
        'info':'Describe an image'
        'verify':'Read all of an image and name what is broken'
        'doctor':'Say what is wrong here and how to mend it'
        'init':'Print the shell functions'
        'completions':'Print the completions of a shell'
      )
      _describe command verbs
      \return
    fi
    case "${words[2]}" in
    'create') __conda_fuse_complete 2 'none' '--file':'Make what an environment file describes' '--environment':'Environment of a pixi.lock' '--category':'Category of a conda-lock.yml' '--resume':'Seal what an interrupted creation left' '--drop':'Remove what an interrupted creation left' '--format':'squashfs or zip' ;;
    'export') __conda_fuse_complete 2 'environments files' '--yaml':'As environment.yml' '--explicit':'As a list of addresses' '--lock':'As conda-lock.yml' ;;
    'mount') __conda_fuse_complete 2 'environments files' '--read-only':'Let nothing be changed through this mount' '--generation':'Show an earlier generation' '--allow-other':'Let other users use the mount' '--take-over':'Take the right to change it from a dead host' '--print-prefix':'Print only the prefix of the environment' '--json':'Answer in JSON' ;;
    'diff') __conda_fuse_complete 2 'environments files' '--json':'Answer in JSON' ;;
    'discard') __conda_fuse_complete 2 'environments files' '--yes':'Do not ask' ;;
    'commit') __conda_fuse_complete 2 'environments files' '--message':'What the history shall say' '--to':'Write a new archive instead' '--n-threads':'Threads' '--json':'Answer in JSON' ;;
    'log') __conda_fuse_complete 2 'environments files' '--json':'Answer in JSON' ;;
    'rollback') __conda_fuse_complete 2 'environments files' '--message':'What the history shall say' ;;
    'rebase') __conda_fuse_complete 2 'environments files' '--keep':'mine or theirs, where both changed the same' '--n-threads':'Threads' '--json':'Answer in JSON' ;;
    'convert') __conda_fuse_complete 2 'environments files' '--to':'squashfs or zip' '--yes':'Do not ask' '--n-threads':'Threads' ;;
    'compact') __conda_fuse_complete 2 'environments files' '--keep':'Newest generations to keep' '--expired':'Remove what the policy no longer keeps' '--yes':'Do not ask' '--n-threads':'Threads' '--json':'For scripts' ;;
    'unmount') __conda_fuse_complete 2 'mounted files' '--all':'Unmount every environment' '--wait':'Seconds to wait for other processes' '--lazy':'Take it away from under its users' '--no-commit':'Leave what was changed beside the archive' ;;
    'run') __conda_fuse_complete 2 'environments files' '--read-only':'Let nothing be changed through this mount' ;;
    'list') __conda_fuse_complete 2 'none' '--json':'Answer in JSON' '--names':'Only the names, one a line' '--mounted':'Only what is mounted' ;;
    'status') __conda_fuse_complete 2 'environments files' '--json':'Answer in JSON' ;;
    'paths') __conda_fuse_complete 2 'none' '--json':'Answer in JSON' ;;
    'pack') __conda_fuse_complete 2 'files' '--name':'The environment to pack, by its name' '--prefix':'The environment to pack, by its prefix' '--output':'What to write' '--arcroot':'Directory to put above the content' '--dest-prefix':'The prefix that it is written for' '--format':'What to write, if not as the name of the output says' '--compress-level':'0 (fast) to 9 (small)' '--zip-symlinks':'Store symlinks in a zip archive, not copies' '--no-zip-64':'Write a zip archive for old programs' '--ignore-editable-packages':'Pack although packages are links to sources' '--ignore-missing-files':'Pack although files of packages are gone' '--exclude':'Leave out files that fit the pattern' '--include':'Take them in again' '--force':'Replace the output if it exists' '--quiet':'Say nothing but what goes wrong' '--compressor':'zstd, xz, gzip, lz4 or none, with :LEVEL' '--compressor-option':'NAME=VALUE of the compressor' '--n-threads':'Threads to compress with' '--block-size':'Bytes a block' ;;
    'extract') __conda_fuse_complete 2 'environments files' '--n-threads':'Threads to extract with' '--preserve-special':'Restore set-id bits and devices (root)' ;;
    'info') __conda_fuse_complete 2 'environments files' '--json':'Answer in JSON' ;;
    'verify') __conda_fuse_complete 2 'environments files' '--json':'Answer in JSON' '--n-threads':'Threads to read with' ;;
    'doctor') __conda_fuse_complete 2 'none' '--json':'Answer in JSON' '--clean':'Clean up leftovers that need no decision' '--move-changes':'Move changes of renamed archives along' '--discard-changes':'Remove changes of deleted archives' ;;
    'init') __conda_fuse_complete 2 'shells' '--script':'Print conda-fuse.sh, the file to source' ;;
    'completions') __conda_fuse_complete 2 'shells' ;;
    *) ;;
    esac
    ;;
  esac
}

if [[ "${funcstack[1]:-}" == _condafuse ]]; then
  _condafuse "$@"
elif \builtin typeset -f compdef >/dev/null; then
  compdef _condafuse condafuse 'conda-fuse-create' 'conda-fuse-activate' 'conda-fuse-unmount' 'conda-fuse-commit' 'conda-fuse-paths' 'conda-fuse-env-list'
fi
