namespace CondaFuse.Fuse.Wire;

/// <summary><c>fuse_copy_file_range_in</c>; the header's node is the source.</summary>
public readonly record struct CopyRangeRequest
{
    /// <summary>What OPEN gave.</summary>
    public ulong SourceHandle { get; init; }

    /// <summary>Byte offset.</summary>
    public ulong SourceOffset { get; init; }

    /// <summary>The node written to.</summary>
    public ulong TargetNode { get; init; }

    /// <summary>What OPEN gave.</summary>
    public ulong TargetHandle { get; init; }

    /// <summary>Byte offset.</summary>
    public ulong TargetOffset { get; init; }

    /// <summary>Bytes.</summary>
    public ulong Length { get; init; }

    /// <summary>0.</summary>
    public ulong Flags { get; init; }
}
