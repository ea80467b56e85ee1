namespace CondaFuse.Helper.Help;

/// <summary>The texts of the help and the man page about exit codes and environment variables.</summary>
internal static class HelpTopics
{
    public const string ExitCodeOfRun =
        "'condafuse run' exits with the code of its command. docs/exit-codes.md lists examples of each code.";

    public static IReadOnlyList<(ExitCode Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Success, "Success"),
        (ExitCode.Failed, "Failure"),
        (ExitCode.Usage, "Wrong usage, or an invalid name"),
        (ExitCode.NotFound, "Not found: no such environment, file or generation"),
        (ExitCode.AlreadyExists, "Already exists"),
        (ExitCode.Busy, "In use; the processes are listed"),
        (ExitCode.NotPossibleHere, "Not possible on this machine: no /dev/fuse, no fusermount3, no write permission"),
        (ExitCode.Corrupt, "The image is damaged, or of an unknown kind"),
        (ExitCode.Conda, "conda failed or was not found"),
        (ExitCode.CannotRun, "run cannot start the command"),
        (ExitCode.Interrupted, "Interrupted"),
    ];

    public static IReadOnlyList<(string Name, string Text)> Variables { get; } =
    [
        ("CONDA_FUSE_ARCHIVE_PATH",
            "Directory of the archives; default ~/miniconda_fuse/archives. Several are separated by colons, as in PATH: the first that has an "
            + "environment counts, and new archives go to the first that you can write"),
        ("CONDA_FUSE_MOUNT_ROOT", "Directory of the mounts; default ~/miniconda_fuse/envs"),
        ("CONDA_EXE, MAMBA_EXE", "The conda, mamba or micromamba to use; default: the one on PATH"),
        ("CONDA_FUSE_EXE", "The condafuse that the shell functions call; default: the one on PATH"),
        ("CONDA_FUSE_FORMAT", "Format of new archives: squashfs (default) or zip"),
        ("CONDA_FUSE_CREATE",
            "Where conda creates a new environment: native, on the plain file system, or mount, in an empty mount. By default native if that file "
            + "system is local and holds conda's package cache"),
        ("CONDA_FUSE_COMPACT",
            "auto (default): after a commit, remove in the background the generations that the previous commit announced; off: never"),
        ("CONDA_FUSE_KEEP",
            "Generations to keep. 10,48h,30d, the default, keeps the newest 10, all of the last 48 hours, and the last one of each of 30 days; "
            + "all keeps everything"),
        ("CONDA_FUSE_IDLE",
            "Commit and unmount an environment that nobody has used for this time, such as 30m or 2h; off (default): never"),
        ("CONDA_FUSE_PREFETCH", "auto (default): record the files read first after a mount, and prefetch them on later mounts; off: do neither"),
        ("CONDA_FUSE_CACHE", "Directory of the cache for environments in registries; default: cache in the runtime directory, on local disk"),
        ("CONDA_FUSE_CACHE_SIZE", "Its largest size, such as 500M or 20G; default 10G. What was mounted longest ago is removed first"),
        ("CONDA_FUSE_CACHE_LOWER", "Another such directory, which a site has filled: it is read first, and never written"),
        ("CONDA_FUSE_FETCH_TIMEOUT", "Seconds that a read of a mounted environment waits for its registry; default 60"),
        ("DOCKER_CONFIG, REGISTRY_AUTH_FILE",
            "Directory of docker's config.json, and file of podman, with credentials for registries; default ~/.docker and podman's own places"),
        ("HTTPS_PROXY, NO_PROXY", "The proxy for registries on other machines, and hosts that are reached without it"),
        ("SSL_CERT_FILE, SSL_CERT_DIR", "Certificates to trust instead of those of the system"),
        ("XDG_CACHE_HOME", "The lists of files read first are in condafuse/first-use below it; default ~/.cache"),
        ("XDG_STATE_HOME", "Personal layers and the directory of links are in condafuse below it; default ~/.local/state"),
    ];
}
