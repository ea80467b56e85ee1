namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_entry_out</c>: a name was found, or (node id 0) is known not to exist.</summary>
public readonly record struct EntryReply
{
    /// <summary>The node; 0 in a LOOKUP says "no such name", in a READDIRPLUS "attributes not told".</summary>
    public ulong NodeId { get; init; }

    /// <summary>Tells apart successive nodes of one id.</summary>
    public ulong Generation { get; init; }

    /// <summary>Seconds for which the kernel may believe the name.</summary>
    public ulong EntryValidSeconds { get; init; }

    /// <summary>Seconds for which the kernel may believe the attributes.</summary>
    public ulong AttributesValidSeconds { get; init; }

    /// <summary>Nanoseconds on top.</summary>
    public uint EntryValidNanoseconds { get; init; }

    /// <summary>Nanoseconds on top.</summary>
    public uint AttributesValidNanoseconds { get; init; }

    /// <summary>The node's attributes.</summary>
    public NodeAttributes Attributes { get; init; }
}
