using System.Runtime.CompilerServices;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>A table of entries of one size in metadata blocks: ids, fragments, inode references, xattr sets. Entries never cross blocks.</summary>
internal sealed class LookupTable<T>
    where T : unmanaged
{
    private readonly MetadataStore _metadata;
    private readonly TableRange _range;
    private readonly BlockList _blocks;

    /// <param name="file">The image.</param>
    /// <param name="metadata">Its metadata blocks.</param>
    /// <param name="name">What people call the table.</param>
    /// <param name="list">Position of the list of blocks, which the blocks come before.</param>
    /// <param name="end">The list must end here at the latest.</param>
    /// <param name="count">Entries of the table.</param>
    public LookupTable(ImageFile file, MetadataStore metadata, string name, long list, long end, long count)
    {
        _metadata = metadata;
        _blocks = new BlockList(file, name, list, end, (count + EntriesPerBlock - 1) / EntriesPerBlock);
        _range = new TableRange(name, 0, list);
        Count = count;
    }

    /// <summary>Entries of the table.</summary>
    public long Count { get; }

    private static int EntriesPerBlock => SquashFsFormat.MetadataSize / Unsafe.SizeOf<T>();

    /// <summary>Reads an entry.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    public T this[long index]
    {
        get
        {
            var (block, offset) = Math.DivRem(index, EntriesPerBlock);
            var cursor = new MetadataCursor(_metadata, _range, _blocks[block], (int)offset * Unsafe.SizeOf<T>());
            try
            {
                return cursor.Read<T>();
            }
            finally
            {
                cursor.Dispose();
            }
        }
    }
}
