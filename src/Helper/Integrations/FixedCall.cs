namespace CondaFuse.Helper.Integrations;

/// <summary>
/// How a program calls this one when it has neither the user's PATH nor the user's variables, as JupyterHub, an IDE or cron: by absolute path, with
/// the folders that count now.
/// </summary>
/// <param name="session">Knows them.</param>
internal sealed class FixedCall(Session session)
{
    public const string Archives = "CONDA_FUSE_ARCHIVE_PATH";
    public const string Mounts = "CONDA_FUSE_MOUNT_ROOT";

    /// <summary>Absolute path of this program.</summary>
    public string Program { get; } = Session.Program;

    /// <summary>Variables to set, in the order to write them; the folder of personal layers only where the user has moved it.</summary>
    public IReadOnlyList<(string Name, string Value)> Variables { get; } =
    [
        (Archives, session.Layout.ArchiveDirectory),
        (Mounts, session.Layout.MountRoot),
        .. session.Variable("XDG_STATE_HOME") is { } state ? new[] { ("XDG_STATE_HOME", state) } : [],
    ];
}
