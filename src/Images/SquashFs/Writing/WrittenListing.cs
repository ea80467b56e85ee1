namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Where a directory's listing was written.</summary>
/// <param name="Block">Start of its first metadata block, relative to the table.</param>
/// <param name="Offset">Offset in the block's content.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="Index">Headers by which a lookup can begin: position in the listing, start of the metadata block, first name.</param>
internal sealed record WrittenListing(
    uint Block, ushort Offset, uint Length, IReadOnlyList<(uint Position, uint Block, byte[] Name)> Index);
