using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>
/// Compares data and fragment blocks with their checksums, each time that they are read from the file. The table of a generation is found
/// when one of its blocks is first read. Blocks that another tool wrote have no checksums and are not compared.
/// </summary>
/// <param name="file">The image.</param>
/// <param name="metadata">Its metadata blocks, which the tables are in.</param>
/// <param name="newest">Record of the generation that is read; null if it has none.</param>
internal sealed class BlockChecksums(ImageFile file, MetadataStore metadata, PrivateRecord? newest)
{
    /// <summary>Earlier generations that are looked through.</summary>
    private const int MostGenerations = 1 << 16;

    private readonly Lazy<Link?> _newest = Find(file, metadata, () => newest, 0);

    /// <summary>Whether the block at a position is compared.</summary>
    public bool Cover(long position) => TableOf(position) is not null;

    /// <summary>Compares a block.</summary>
    /// <param name="position">Where it lies.</param>
    /// <param name="size">Its size as a file's list of blocks or the fragment table has it.</param>
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
    /// The table of a generation, or of the last one before it that has a table; found when it is first needed. No lock is held meanwhile: two
    /// threads may both search, and a failure is not kept.
    /// </summary>
    private static Lazy<Link?> Find(ImageFile file, MetadataStore metadata, Func<PrivateRecord?> start, int generations) => new(
        () =>
        {
            for (var record = start(); record is not null && generations < MostGenerations; record = record.ReadParent(file), generations++)
            {
                if (ChecksumTable.TryOpen(file, metadata, record) is { } table)
                {
                    return new Link(table, Find(file, metadata, () => record.ReadParent(file), generations + 1));
                }
            }

            return null;
        },
        LazyThreadSafetyMode.PublicationOnly);

    /// <summary>The table of a generation, and what leads to those before.</summary>
    private sealed record Link(ChecksumTable Table, Lazy<Link?> Older);
}
