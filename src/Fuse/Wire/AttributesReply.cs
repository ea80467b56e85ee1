namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_attr_out</c>.</summary>
public readonly record struct AttributesReply
{
    /// <summary>Seconds for which the kernel may believe them.</summary>
    public ulong ValidSeconds { get; init; }

    /// <summary>Nanoseconds on top.</summary>
    public uint ValidNanoseconds { get; init; }

    /// <summary>Padding.</summary>
    public uint Reserved { get; init; }

    /// <summary>The node's attributes.</summary>
    public NodeAttributes Attributes { get; init; }
}
