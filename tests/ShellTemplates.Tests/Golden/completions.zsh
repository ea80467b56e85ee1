#compdef condafuse -P conda-fuse-*
# shellcheck shell=bash disable=SC2034,SC2154
# Completions of condafuse and of the conda-fuse functions for zsh: a file _condafuse on $fpath.

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

if [[ "${funcstack[1]:-}" == _condafuse ]]; then
  _condafuse "$@"
elif \builtin typeset -f compdef >/dev/null; then
  compdef _condafuse condafuse 'conda-fuse-create' 'conda-fuse-activate' 'conda-fuse-unmount' 'conda-fuse-commit' 'conda-fuse-paths' 'conda-fuse-env-list'
fi
