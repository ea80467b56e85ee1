namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_fallocate_in</c>.</summary>
public readonly record struct AllocateRequest
{
    /// <summary>What OPEN gave.</summary>
    public ulong Handle { get; init; }

    /// <summary>Byte offset.</summary>
    public ulong Offset { get; init; }

    /// <summary>Bytes.</summary>
    public ulong Length { get; init; }

    /// <summary>What to do.</summary>
    public AllocateFlags Mode { get; init; }

    /// <summary>Padding.</summary>
    public uint Padding { get; init; }
}
