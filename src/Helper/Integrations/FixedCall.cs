namespace CondaFuse.Helper.Integrations;

/// <summary>
/// A call of this program by programs without the user's PATH and variables, such as JupyterHub, an IDE or cron: by absolute path, with the current
/// folders.
/// </summary>
/// <param name="session">Provides the path and folders.</param>
internal sealed class FixedCall(Session session)
{
    public const string Archives = "CONDA_FUSE_ARCHIVE_PATH";
    public const string Mounts = "CONDA_FUSE_MOUNT_ROOT";

    /// <summary>Absolute path of this program.</summary>
    public string Program { get; } = Session.Program;

    /// <summary>Variables to set, in the order of writing; the folder of personal layers only if the user has moved it.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables { get; } =
    [
        (Archives, session.Layout.ArchiveSearchText),
        (Mounts, session.Layout.MountRoot),
        .. session.Variable("XDG_STATE_HOME") is { } state ? new[] { ("XDG_STATE_HOME", state) } : [],
    ];
}
