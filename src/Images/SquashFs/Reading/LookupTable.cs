using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
    /// <param name="name">The table's name for messages.</param>
    /// <param name="list">Position of the list of blocks, which follows the blocks.</param>
    /// <param name="end">The latest allowed end of the list.</param>
    /// <param name="count">Number of entries in the table.</param>
    public LookupTable(ImageFile file, MetadataStore metadata, string name, long list, long end, long count)
    {
        _metadata = metadata;
        _blocks = new BlockList(file, name, list, end, (count + EntriesPerBlock - 1) / EntriesPerBlock);
        _range = new TableRange(name, 0, list);
        Count = count;
    }

    /// <summary>Number of entries in the table.</summary>
    public long Count { get; }

    /// <summary>Number of entries per metadata block of the table.</summary>
    public static int EntriesPerBlock => SquashFsFormat.MetadataSize / Unsafe.SizeOf<T>();

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

    /// <summary>Reads the entries of one metadata block.</summary>
    /// <param name="block">Index of the block, from 0 on.</param>
    /// <param name="room">The destination; <see cref="EntriesPerBlock"/> entries.</param>
    /// <returns>Number of entries read: fewer only in the last block.</returns>
    public int ReadBlock(long block, Span<T> room)
    {
        var count = (int)Math.Min(EntriesPerBlock, Count - (block * EntriesPerBlock));
        var cursor = new MetadataCursor(_metadata, _range, _blocks[block], 0);
        try
        {
            cursor.Read(MemoryMarshal.AsBytes(room[..count]));
        }
        finally
        {
            cursor.Dispose();
        }

        return count;
    }
}

/// <summary>Owners and groups, read when the image is opened: at most 65535.</summary>
internal sealed class IdTable
{
    private readonly uint[] _ids;

    public IdTable(ImageFile file, Superblock superblock, MetadataStore metadata)
    {
        var table = new LookupTable<uint>(
            file, metadata, "id", (long)superblock.Raw.IdTable, superblock.BytesUsed, superblock.Raw.IdCount);
        _ids = new uint[superblock.Raw.IdCount];
        for (var i = 0; i < _ids.Length; i++)
        {
            _ids[i] = table[i];
        }
    }

    /// <summary>The id at an index.</summary>
    public uint this[int index] => index < _ids.Length
        ? _ids[index]
        : throw new ImageException(ImageFault.InodeOwner, $"An inode's owner has the index {index}; there are {_ids.Length} owners.");
}

/// <summary>The range of a table's metadata blocks.</summary>
/// <param name="Name">The table's name for messages.</param>
/// <param name="Start">Start in the image.</param>
/// <param name="End">End in the image (exclusive).</param>
internal readonly record struct TableRange(string Name, long Start, long End)
{
    /// <summary>Whether a metadata block of unknown length may start here: its header and one byte fit.</summary>
    public bool CanHoldBlockAt(long position) => position >= Start && position <= End - 3;
}
