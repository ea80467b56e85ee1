namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>What an image holds already, for content that is to be added to it. For several threads.</summary>
internal interface IKnownContent
{
    /// <summary>The first fragment index that is free.</summary>
    uint FirstFragment { get; }

    /// <summary>The blocks that are stored.</summary>
    KnownBlocks Blocks { get; }

    /// <summary>Finds content shorter than a block in a fragment.</summary>
    bool TryFind(PlannedInode file, ReadOnlySpan<byte> content, out uint fragment, out uint offset);
}
