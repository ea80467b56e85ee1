using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>
/// Compares data and fragment blocks with their checksums whenever they are read from the file. A generation's table is located when one of its
/// blocks is first read. Another tool's blocks have no checksums and are not compared.
/// </summary>
/// <param name="file">The image.</param>
/// <param name="metadata">The store of its metadata blocks, which contain the tables.</param>
/// <param name="newest">The record of the current generation; null if it has none.</param>
internal sealed class BlockChecksums(ImageFile file, MetadataStore metadata, PrivateRecord? newest)
{
    /// <summary>Maximum number of earlier generations to search.</summary>
    private const int MaxGenerations = 1 << 16;

    private readonly Lazy<Link?> _newest = Find(file, metadata, () => newest, 0);

    /// <summary>Whether the block at a position has a checksum.</summary>
    public bool Cover(long position) => TableOf(position) is not null;

    /// <summary>Compares a block.</summary>
    /// <param name="position">Its position.</param>
    /// <param name="size">Its size, in the form used by a file's list of blocks and by the fragment table.</param>
    /// <param name="stored">Its stored bytes.</param>
    /// <exception cref="ImageException"><see cref="ImageFault.Checksum"/>, or a damaged table.</exception>
    public void Demand(long position, BlockSize size, ReadOnlySpan<byte> stored)
    {
        if (TableOf(position) is not { } table)
        {
            return;
        }

        if (!table.TryFind(position, out var entry) || entry.Size != size.Value || entry.Checksum != Crc32C.Of(stored))
        {
            throw file.Damage(ImageFault.Checksum, $"the block at {position} does not match its checksum.");
        }
    }

    private ChecksumTable? TableOf(long position)
    {
        for (var link = _newest.Value; link is not null; link = link.Older.Value)
        {
            if (link.Table.IsFor(position))
            {
                return link.Table;
            }
        }

        return null;
    }

    /// <summary>
    /// The table of a generation, or of the last earlier one with a table, located on first use. No lock is held meanwhile: two threads may both
    /// search, and a failure is not cached.
    /// </summary>
    private static Lazy<Link?> Find(ImageFile file, MetadataStore metadata, Func<PrivateRecord?> start, int generations) => new(
        () =>
        {
            for (var record = start(); record is not null && generations < MaxGenerations; record = record.ReadParent(file), generations++)
            {
                if (ChecksumTable.TryOpen(file, metadata, record) is { } table)
                {
                    return new Link(table, Find(file, metadata, () => record.ReadParent(file), generations + 1));
                }
            }

            return null;
        },
        LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The table of a generation, with a link to earlier tables.</summary>
    private sealed record Link(ChecksumTable Table, Lazy<Link?> Older);
}
