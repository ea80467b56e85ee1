namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_write_in</c>; the content follows.</summary>
public readonly record struct WriteRequest
{
    /// <summary>What OPEN gave.</summary>
    public ulong Handle { get; init; }

    /// <summary>Byte offset.</summary>
    public ulong Offset { get; init; }

    /// <summary>Bytes of content.</summary>
    public uint Size { get; init; }

    /// <summary>Where it comes from.</summary>
    public WriteFlags WriteFlags { get; init; }

    /// <summary>Who holds the lock.</summary>
    public ulong LockOwner { get; init; }

    /// <summary>Flags of the open file.</summary>
    public uint OpenFlags { get; init; }

    /// <summary>Padding.</summary>
    public uint Padding { get; init; }
}
