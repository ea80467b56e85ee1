namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_attr</c>: what <c>stat</c> tells.</summary>
public readonly record struct NodeAttributes
{
    /// <summary>Inode number.</summary>
    public ulong Inode { get; init; }

    /// <summary>Bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>Bytes taken, in units of 512.</summary>
    public ulong Blocks { get; init; }

    /// <summary>Seconds of the last access.</summary>
    public long AccessSeconds { get; init; }

    /// <summary>Seconds of the last change of the content.</summary>
    public long ModificationSeconds { get; init; }

    /// <summary>Seconds of the last change of the attributes.</summary>
    public long ChangeSeconds { get; init; }

    /// <summary>Nanoseconds of the last access.</summary>
    public uint AccessNanoseconds { get; init; }

    /// <summary>Nanoseconds of the last change of the content.</summary>
    public uint ModificationNanoseconds { get; init; }

    /// <summary>Nanoseconds of the last change of the attributes.</summary>
    public uint ChangeNanoseconds { get; init; }

    /// <summary>Type (see <see cref="FileType"/>) and permissions.</summary>
    public uint Mode { get; init; }

    /// <summary>Number of names.</summary>
    public uint LinkCount { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Device number: see <see cref="DeviceNumber"/>.</summary>
    public uint Device { get; init; }

    /// <summary>Preferred size of a transfer in bytes.</summary>
    public uint BlockSize { get; init; }

    /// <summary>FUSE_ATTR_*.</summary>
    public uint Flags { get; init; }
}
