namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_setattr_in</c>.</summary>
public readonly record struct SetAttributesRequest
{
    /// <summary>Which of the others count.</summary>
    public AttributeFields Fields { get; init; }

    /// <summary>Padding.</summary>
    public uint Padding { get; init; }

    /// <summary>What OPEN gave.</summary>
    public ulong Handle { get; init; }

    /// <summary>New length in bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>Who holds the lock.</summary>
    public ulong LockOwner { get; init; }

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

    /// <summary>Type and permissions.</summary>
    public uint Mode { get; init; }

    /// <summary>Unused.</summary>
    public uint Unused4 { get; init; }

    /// <summary>Owner.</summary>
    public uint UserId { get; init; }

    /// <summary>Group.</summary>
    public uint GroupId { get; init; }

    /// <summary>Unused.</summary>
    public uint Unused5 { get; init; }
}
