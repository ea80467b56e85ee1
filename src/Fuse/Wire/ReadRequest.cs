namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_read_in</c>: body of READ, READDIR and READDIRPLUS.</summary>
public readonly record struct ReadRequest
{
    /// <summary>What OPEN gave.</summary>
    public ulong Handle { get; init; }

    /// <summary>Byte offset, or the cookie of the last entry taken.</summary>
    public ulong Offset { get; init; }

    /// <summary>Most bytes to reply with.</summary>
    public uint Size { get; init; }

    /// <summary>FUSE_READ_*.</summary>
    public uint ReadFlags { get; init; }

    /// <summary>Who holds the lock.</summary>
    public ulong LockOwner { get; init; }

    /// <summary>Flags of the open file.</summary>
    public uint OpenFlags { get; init; }

    /// <summary>Padding.</summary>
    public uint Reserved { get; init; }
}
