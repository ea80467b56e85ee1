namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_create_in</c>: body of CREATE and TMPFILE; a name follows.</summary>
public readonly record struct CreateRequest
{
    /// <summary>Flags of the open file.</summary>
    public uint Flags { get; init; }

    /// <summary>Type and permissions, the umask applied.</summary>
    public uint Mode { get; init; }

    /// <summary>The caller's umask.</summary>
    public uint Umask { get; init; }

    /// <summary>FUSE_OPEN_*.</summary>
    public uint OpenFlags { get; init; }
}
