# Completions of condafuse and of the conda-fuse functions for fish.

# The helper does the work; $CONDA_FUSE_EXE is its path if it is not on PATH.
function __conda_fuse
    if test -n "$CONDA_FUSE_EXE"
        command $CONDA_FUSE_EXE $argv
    else
        command condafuse $argv
    end
end

# Prints the generations of environment $argv[1].
function __conda_fuse_generations
    __conda_fuse log -- $argv[1] 2>/dev/null | string match -rg '^\s*([0-9]+)\s'
end

# Prints candidates for the current word if it is the value of an option of command $argv[1], or a generation; otherwise fails.
function __conda_fuse_value
    set -l words (commandline -opc)
    switch "$argv[1] $words[-1]"
        case 'create --format'
            builtin printf '%s\n' squashfs zip
        case 'convert --to'
            builtin printf '%s\n' squashfs zip
        case 'kernel kernel'
            builtin printf '%s\n' install list remove --display-name --help --json
        case 'rebase --keep'
            builtin printf '%s\n' mine theirs
        case 'pack --compressor'
            builtin printf '%s\n' zstd xz gzip lz4 none
        case 'pack --format'
            builtin printf '%s\n' infer squashfs zip tar 'tar.gz' tgz 'tar.bz2' tbz2 'tar.xz' txz 'tar.zst' tzst no-archive
        case 'pack --name' 'pack -n'
            __conda_fuse list --names --mounted 2>/dev/null
        case 'kernel install' 'kernel remove'
            __conda_fuse list --names 2>/dev/null
        case 'create --file'
            __fish_complete_path (commandline -ct)
        case 'mount --generation'
            __conda_fuse_generations $words[3]
        case '*'
            switch "$argv[1] "(builtin count $words)(string sub -l 1 -- (commandline -ct))
                case '*-'
                    return 1
                case 'rollback 3*' 'diff 3*' 'diff 4*'
                    __conda_fuse_generations $words[3]
                case '*'
                    return 1
            end
    end
    return 0
end

# Prints candidates for the current word: word $argv[1] has one of the kinds $argv[2]; the options follow.
function __conda_fuse_complete
    set -l words (commandline -opc)
    if string match -q -- '-*' (commandline -ct)
        builtin printf '%s\n' --help\t'Show help' $argv[3..-1]
        return
    end
    if test (builtin count $words) -eq $argv[1]
        switch $argv[2]
            case '*environments*'
                __conda_fuse list --names 2>/dev/null
            case '*mounted*'
                __conda_fuse list --names --mounted 2>/dev/null
            case '*shells*'
                builtin printf '%s\n' bash zsh fish
        end
    end
    if string match -q '*files*' $argv[2]
        __fish_complete_path (commandline -ct)
    end
end

function __conda_fuse_offer
    set -l words (commandline -opc)
    if string match -q 'conda-fuse-*' -- $words[1]
        __conda_fuse_value (string replace conda-fuse- '' -- $words[1])
        and return
    else if test (builtin count $words) -gt 1
        __conda_fuse_value $words[2]
        and return
    end
    switch $words[1]
        case conda-fuse-create
            __conda_fuse_complete 1 none --file\t'Create what a file describes' --environment\t'Environment of a pixi.lock' --category\t'Category of a conda-lock.yml' --try\t'Command to run once: what it reads is stored together' --resume\t'Make the archive from what an interrupted creation left' --drop\t'Remove what an interrupted creation left' --format\t'squashfs or zip'
        case conda-fuse-activate
            __conda_fuse_complete 1 environments --stack\t'Keep the active environment\'s programs on PATH'
        case conda-fuse-unmount
            __conda_fuse_complete 1 mounted --wait\t'Seconds to wait for other processes' --lazy\t'Detach it now, even if it is in use' --no-commit\t'Keep the changes beside the archive'
        case conda-fuse-commit
            __conda_fuse_complete 1 environments --message\t'Message for the history' --to\t'Write a new archive with the changes instead'
        case conda-fuse-paths
            __conda_fuse_complete 1 none --json\t'Print JSON'
        case conda-fuse-env-list
            __conda_fuse_complete 1 none --json\t'Print JSON' --names\t'Print only the names, one per line' --mounted\t'List only mounted environments'
        case '*'
            if test (builtin count $words) -eq 1
                builtin printf '%s\n' --help\t'Show help' --version\t'Show the version'
                builtin printf '%s\n' create\t'Create an environment with conda and keep it as one file'
                builtin printf '%s\n' export\t'Print the installed packages as a file for \'create --file\''
                builtin printf '%s\n' push\t'Upload an environment to a registry'
                builtin printf '%s\n' pull\t'Download an environment, or its new generations, from a registry'
                builtin printf '%s\n' tags\t'List the tags of a repository in a registry'
                builtin printf '%s\n' gc\t'Remove what no mount uses from the cache of registries'
                builtin printf '%s\n' mount\t'Mount an environment or an image'
                builtin printf '%s\n' rename\t'Rename an environment'
                builtin printf '%s\n' clone\t'Copy an environment with its history'
                builtin printf '%s\n' remove\t'Delete an environment'
                builtin printf '%s\n' diff\t'Show uncommitted changes, or compare two generations'
                builtin printf '%s\n' discard\t'Drop uncommitted changes'
                builtin printf '%s\n' commit\t'Commit changes to the archive as a new generation'
                builtin printf '%s\n' log\t'Show the generations of an archive, newest first'
                builtin printf '%s\n' rollback\t'Restore an earlier generation, as a new one that you can undo'
                builtin printf '%s\n' rebase\t'Carry your changes over to the current generation of an archive'
                builtin printf '%s\n' convert\t'Convert an archive to another format'
                builtin printf '%s\n' compact\t'Remove old generations and free their space'
                builtin printf '%s\n' unmount\t'Commit changes and unmount an environment'
                builtin printf '%s\n' run\t'Run a command in an environment'
                builtin printf '%s\n' shell\t'Start a shell in an environment'
                builtin printf '%s\n' list\t'List environments, their sizes and where they are mounted'
                builtin printf '%s\n' status\t'Show one environment: history, changes, mounts and processes'
                builtin printf '%s\n' kernel\t'Use environments as Jupyter kernels'
                builtin printf '%s\n' expose\t'Write launchers that mount an environment and run its programs'
                builtin printf '%s\n' slurm\t'Print batch scripts, a TaskProlog or an Epilog for Slurm'
                builtin printf '%s\n' module\t'Print a module file for an environment'
                builtin printf '%s\n' paths\t'Show the directories of archives, mounts, locks and logs'
                builtin printf '%s\n' pack\t'Pack an environment as conda-pack does, or a directory'
                builtin printf '%s\n' extract\t'Unpack an image into a directory'
                builtin printf '%s\n' info\t'Show size, counts and compressor of an image'
                builtin printf '%s\n' verify\t'Check an image for damage'
                builtin printf '%s\n' doctor\t'Check this machine, and find and remove leftovers'
                builtin printf '%s\n' setup\t'Set up your shells, and links for other tools'
                builtin printf '%s\n' init\t'Print the shell functions, for a shell to evaluate'
                builtin printf '%s\n' completions\t'Print the completions of condafuse for a shell'
                builtin printf '%s\n' help\t'Explain a command, the exit codes or the environment variables'
                return
            end
            switch $words[2]
                case create
                    __conda_fuse_complete 2 none --file\t'Create what a file describes' --environment\t'Environment of a pixi.lock' --category\t'Category of a conda-lock.yml' --try\t'Command to run once: what it reads is stored together' --resume\t'Make the archive from what an interrupted creation left' --drop\t'Remove what an interrupted creation left' --format\t'squashfs or zip' --json\t'Print JSON'
                case export
                    __conda_fuse_complete 2 'environments files' --yaml\t'Print environment.yml' --explicit\t'Print a list of URLs' --lock\t'Print conda-lock.yml' --json\t'Print a failure as JSON'
                case push
                    __conda_fuse_complete 2 'environments files' --force\t'Replace the tag, whatever it names' --ca\t'File of certificates to trust' --insecure\t'Accept any certificate, and plain http' --json\t'Print JSON'
                case pull
                    __conda_fuse_complete 2 none --ca\t'File of certificates to trust' --insecure\t'Accept any certificate, and plain http' --json\t'Print JSON'
                case tags
                    __conda_fuse_complete 2 none --ca\t'File of certificates to trust' --insecure\t'Accept any certificate, and plain http' --json\t'Print JSON'
                case gc
                    __conda_fuse_complete 2 none --dry-run\t'Only print what would be removed' --json\t'Print JSON'
                case mount
                    __conda_fuse_complete 2 'environments files' --read-only\t'Refuse all changes' --generation\t'Mount an earlier generation' --allow-other\t'Let other users use the mount' --take-over\t'Take the write lock from a dead process on another host' --foreground\t'Serve the mount in this process, until it is unmounted' --print-prefix\t'Print only the prefix of the environment' --ca\t'File of certificates to trust' --insecure\t'Accept any certificate, and plain http' --offline\t'Of an environment in a registry, use only what was fetched before' --json\t'Print JSON'
                case rename
                    __conda_fuse_complete 2 environments --json\t'Print JSON'
                case clone
                    __conda_fuse_complete 2 'environments files' --json\t'Print JSON'
                case remove
                    __conda_fuse_complete 2 environments --yes\t'Do not ask' --json\t'Print JSON'
                case diff
                    __conda_fuse_complete 2 'environments files' --stat\t'Print only how many files differ' --json\t'Print JSON'
                case discard
                    __conda_fuse_complete 2 'environments files' --yes\t'Do not ask' --json\t'Print JSON'
                case commit
                    __conda_fuse_complete 2 'environments files' --message\t'Message for the history' --to\t'Write a new archive with the changes instead' --n-threads\tThreads --json\t'Print JSON'
                case log
                    __conda_fuse_complete 2 'environments files' --json\t'Print JSON'
                case rollback
                    __conda_fuse_complete 2 'environments files' --message\t'Message for the history' --json\t'Print JSON'
                case rebase
                    __conda_fuse_complete 2 'environments files' --keep\t'Resolve conflicts: mine or theirs' --n-threads\tThreads --json\t'Print JSON'
                case convert
                    __conda_fuse_complete 2 'environments files' --to\t'squashfs or zip' --yes\t'Do not ask' --n-threads\tThreads --json\t'Print JSON'
                case compact
                    __conda_fuse_complete 2 'environments files' --keep\t'Number of generations to keep' --expired\t'Remove only what CONDA_FUSE_KEEP does not keep' --repack\t'Store together what is used first' --yes\t'Do not ask' --n-threads\tThreads --json\t'Print JSON'
                case unmount
                    __conda_fuse_complete 2 'mounted files' --all\t'Unmount every environment' --wait\t'Seconds to wait for other processes' --lazy\t'Detach it now, even if it is in use' --no-commit\t'Keep the changes beside the archive' --json\t'Print JSON'
                case run
                    __conda_fuse_complete 2 'environments files' --read-only\t'Refuse all changes' --ca\t'File of certificates to trust' --insecure\t'Accept any certificate, and plain http' --offline\t'Of an environment in a registry, use only what was fetched before' --json\t'Print a failure as JSON'
                case shell
                    __conda_fuse_complete 2 'environments files' --ca\t'File of certificates to trust' --insecure\t'Accept any certificate, and plain http' --offline\t'Of an environment in a registry, use only what was fetched before' --json\t'Print a failure as JSON'
                case list
                    __conda_fuse_complete 2 none --json\t'Print JSON' --names\t'Print only the names, one per line' --mounted\t'List only mounted environments' --remote\t'List what the tags of a repository name' --ca\t'File of certificates to trust' --insecure\t'Accept any certificate, and plain http'
                case status
                    __conda_fuse_complete 2 'environments files' --json\t'Print JSON'
                case kernel
                    __conda_fuse_complete 2 none --display-name\t'Name that Jupyter shows' --json\t'Print JSON'
                case expose
                    __conda_fuse_complete 2 environments --dir\t'Folder to write them below' --remove\t'Remove launchers' --list\t'List launchers' --json\t'Print JSON'
                case slurm
                    __conda_fuse_complete 2 files --json\t'Print a failure as JSON'
                case module
                    __conda_fuse_complete 2 environments --lua\t'Write Lua, for Lmod' --tcl\t'Write Tcl, for Environment Modules' --json\t'Print a failure as JSON'
                case paths
                    __conda_fuse_complete 2 none --json\t'Print JSON'
                case pack
                    __conda_fuse_complete 2 files --name\t'Environment to pack, by its name' --prefix\t'Environment to pack, by its prefix' --output\t'File to write' --arcroot\t'Put everything below this directory' --dest-prefix\t'Rewrite the prefix to this path' --format\t'Format of the output' --compress-level\t'0 (fast) to 9 (small)' --zip-symlinks\t'Store symlinks in a zip archive, not copies' --no-zip-64\t'Write a zip archive for old programs' --ignore-editable-packages\t'Pack even if packages are links to sources' --ignore-missing-files\t'Pack even if files of packages are missing' --exclude\t'Exclude files that match' --include\t'Include files again' --force\t'Replace the output if it exists' --quiet\t'Print nothing but problems' --json\t'Print JSON' --compressor\t'zstd, xz, gzip, lz4 or none, with :LEVEL' --compressor-option\t'Option of the compressor' --n-threads\t'Threads to compress with' --block-size\t'Block size'
                case extract
                    __conda_fuse_complete 2 'environments files' --as-is\t'Keep the archive\'s prefix' --n-threads\t'Threads to extract with' --preserve-special\t'Restore set-ID bits and devices (root)' --json\t'Print JSON'
                case info
                    __conda_fuse_complete 2 'environments files' --ca\t'File of certificates to trust' --insecure\t'Accept any certificate, and plain http' --json\t'Print JSON'
                case verify
                    __conda_fuse_complete 2 'environments files' --json\t'Print JSON' --n-threads\t'Threads to read with'
                case doctor
                    __conda_fuse_complete 2 none --json\t'Print JSON' --clean\t'Remove leftovers' --move-changes\t'Move changes of renamed archives without asking' --discard-changes\t'Remove changes of deleted archives without asking'
                case setup
                    __conda_fuse_complete 2 none --shell\t'Shell to set up' --links\t'Keep a link to each environment' --links-dir\t'Directory for the links' --no-links\t'Do not ask about links' --undo\t'Remove what setup has added' --yes\t'Do not ask' --json\t'Print JSON'
                case init
                    __conda_fuse_complete 2 shells --script\t'Print conda-fuse.sh, a file to source' --json\t'Print a failure as JSON'
                case completions
                    __conda_fuse_complete 2 shells --json\t'Print a failure as JSON'
                case help
                    __conda_fuse_complete 2 none --json\t'Print a failure as JSON'
            end
    end
end

complete -c condafuse -f -a '(__conda_fuse_offer)'
complete -c conda-fuse-create -f -a '(__conda_fuse_offer)'
complete -c conda-fuse-activate -f -a '(__conda_fuse_offer)'
complete -c conda-fuse-unmount -f -a '(__conda_fuse_offer)'
complete -c conda-fuse-commit -f -a '(__conda_fuse_offer)'
complete -c conda-fuse-paths -f -a '(__conda_fuse_offer)'
complete -c conda-fuse-env-list -f -a '(__conda_fuse_offer)'
