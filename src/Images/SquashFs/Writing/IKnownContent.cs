namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>What an image holds already, for content that is to be added to it. For several threads.</summary>
internal interface IKnownContent
{
    /// <summary>The first fragment index that is free.</summary>
    uint FirstFragment { get; }

    /// <summary>The blocks that are stored.</summary>
    KnownBlocks Blocks { get; }

    /// <summary>Finds content shorter than a block in a fragment.</summary>
    /// <param name="file">Whose it is.</param>
    /// <param name="content">All of a short file, or what comes behind the full blocks of a longer one.</param>
    /// <param name="checksum">CRC32C of it.</param>
    /// <param name="fragment">Index of the fragment.</param>
    /// <param name="offset">Where it is in the fragment's content.</param>
    bool TryFind(PlannedInode file, ReadOnlySpan<byte> content, uint checksum, out uint fragment, out uint offset);
}
