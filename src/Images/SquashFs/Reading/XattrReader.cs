using System.Buffers;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Reads extended attributes.</summary>
internal sealed class XattrReader
{
    /// <summary><c>security.</c> is the longest prefix.</summary>
    private const int LongestPrefix = 16;

    private readonly MetadataStore _metadata;
    private readonly LookupTable<RawXattrSet> _sets;
    private readonly TableRange _range;

    public XattrReader(ImageFile file, Superblock superblock, MetadataStore metadata)
    {
        var header = file.Read<RawXattrTable>((long)superblock.Raw.XattrTable);
        var list = (long)superblock.Raw.XattrTable + 16;
        if (header.Start > superblock.Raw.XattrTable)
        {
            throw new ImageException(
                ImageFault.TablePlace, $"{file.Path}: extended attributes start at {header.Start}, behind their table at {list}.");
        }

        _metadata = metadata;
        _sets = new LookupTable<RawXattrSet>(file, metadata, "xattr", list, superblock.BytesUsed, header.Count);
        _range = new TableRange("xattr", (long)header.Start, (long)superblock.Raw.XattrTable);
    }

    /// <summary>Whether no entry has extended attributes; mksquashfs writes the table nevertheless.</summary>
    public bool IsEmpty => _sets.Count == 0;

    /// <summary>Finds a value by its full name, as <see cref="IReadableTree.TryGetXattr"/> specifies.</summary>
    public bool TryGet(uint set, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        length = 0;
        var wanted = XattrPrefix.Find(name);
        if (wanted < 0)
        {
            return false;
        }

        name = name[XattrPrefix.Text(wanted).Length..];
        Span<byte> room = stackalloc byte[EntryName.MaxLength + 1];
        var cursor = Open(set, out var count);
        try
        {
            for (var i = 0u; i < count; i++)
            {
                var key = ReadName(ref cursor, room);
                var text = room[..key.Length];
                if ((key.Prefix & ~XattrPrefix.OutOfLine) == wanted && text.SequenceEqual(name))
                {
                    length = ReadValue(ref cursor, (key.Prefix & XattrPrefix.OutOfLine) != 0, destination);
                    return true;
                }

                SkipValue(ref cursor);
            }

            return false;
        }
        finally
        {
            cursor.Dispose();
        }
    }

    /// <summary>Lists the full names, as <see cref="IReadableTree.ListXattrs"/> specifies.</summary>
    public int List(uint set, Span<byte> destination)
    {
        Span<byte> room = stackalloc byte[EntryName.MaxLength + 1];
        var length = 0;
        var measure = destination.IsEmpty;
        var cursor = Open(set, out var count);
        try
        {
            for (var i = 0u; i < count; i++)
            {
                var key = ReadName(ref cursor, room);
                var text = room[..key.Length];
                var prefix = XattrPrefix.Text(key.Prefix & ~XattrPrefix.OutOfLine);
                var entry = prefix.Length + text.Length + 1;
                if (!measure)
                {
                    DemandRoom(destination.Length - length, entry);
                    prefix.CopyTo(destination[length..]);
                    text.CopyTo(destination[(length + prefix.Length)..]);
                    destination[length + entry - 1] = 0;
                }

                length = DemandListable(length + entry);
                SkipValue(ref cursor);
            }

            return length;
        }
        finally
        {
            cursor.Dispose();
        }
    }

    /// <summary>Visits all attributes of a set in one pass.</summary>
    public void Visit(uint set, XattrVisitor visit)
    {
        Span<byte> room = stackalloc byte[EntryName.MaxLength + 1];
        Span<byte> name = stackalloc byte[LongestPrefix + EntryName.MaxLength];
        var value = ArrayPool<byte>.Shared.Rent(SquashFsFormat.MaxXattrValue);
        var names = 0;
        var cursor = Open(set, out var count);
        try
        {
            for (var i = 0u; i < count; i++)
            {
                var key = ReadName(ref cursor, room);
                var prefix = XattrPrefix.Text(key.Prefix & ~XattrPrefix.OutOfLine);
                prefix.CopyTo(name);
                room[..key.Length].CopyTo(name[prefix.Length..]);
                names = DemandListable(names + prefix.Length + key.Length + 1);
                var length = ReadValue(ref cursor, (key.Prefix & XattrPrefix.OutOfLine) != 0, value);
                visit(name[..(prefix.Length + key.Length)], value.AsSpan(0, length));
            }
        }
        finally
        {
            cursor.Dispose();
            ArrayPool<byte>.Shared.Return(value);
        }
    }

    /// <summary>Linux lists at most 64 KiB of names (<c>XATTR_LIST_MAX</c>): an entry that claims more cannot come from a file system.</summary>
    private static int DemandListable(int length) => length <= SquashFsFormat.MaxXattrValue
        ? length
        : throw new ImageException(
            ImageFault.Xattr, $"The names of an entry's extended attributes are longer than {SquashFsFormat.MaxXattrValue} bytes.");

    private static void SkipValue(ref MetadataCursor cursor) => cursor.Skip(ReadValueLength(ref cursor));

    private static int ReadValueLength(ref MetadataCursor cursor)
    {
        var length = cursor.Read<uint>();
        return length <= SquashFsFormat.MaxXattrValue
            ? (int)length
            : throw new ImageException(ImageFault.Xattr, $"An extended attribute claims a value of {length} bytes.");
    }

    private static RawXattrName ReadName(ref MetadataCursor cursor, scoped Span<byte> room)
    {
        var key = cursor.Read<RawXattrName>();
        if (key.Length is 0 or > EntryName.MaxLength || XattrPrefix.Text(key.Prefix & ~XattrPrefix.OutOfLine).IsEmpty)
        {
            throw new ImageException(ImageFault.Xattr, $"An extended attribute has the prefix {key.Prefix} and a name of {key.Length} bytes.");
        }

        cursor.Read(room[..key.Length]);
        return key;
    }

    private static void DemandRoom(int room, int needed)
    {
        if (room < needed)
        {
            throw new TreeException(TreeFailure.RangeTooSmall, "The destination is too small for the extended attributes.");
        }
    }

    private int ReadValue(ref MetadataCursor cursor, bool outOfLine, Span<byte> destination)
    {
        var length = ReadValueLength(ref cursor);
        if (!outOfLine)
        {
            return CopyValue(ref cursor, length, destination);
        }

        if (length != sizeof(ulong))
        {
            throw new ImageException(ImageFault.Xattr, $"A reference to an extended attribute's value has {length} bytes, not 8.");
        }

        var elsewhere = CursorAt(new InodeReference(cursor.Read<ulong>()));
        try
        {
            return CopyValue(ref elsewhere, ReadValueLength(ref elsewhere), destination);
        }
        finally
        {
            elsewhere.Dispose();
        }
    }

    private static int CopyValue(ref MetadataCursor cursor, int length, Span<byte> destination)
    {
        if (!destination.IsEmpty)
        {
            DemandRoom(destination.Length, length);
            cursor.Read(destination[..length]);
        }

        return length;
    }

    private MetadataCursor Open(uint set, out uint count)
    {
        if (set >= _sets.Count)
        {
            throw new ImageException(ImageFault.XattrIndex, $"An inode names set {set} of extended attributes; there are {_sets.Count}.");
        }

        var entry = _sets[set];
        count = entry.Count;
        return count <= SquashFsFormat.MaxXattrValue
            ? CursorAt(new InodeReference(entry.Reference))
            : throw new ImageException(ImageFault.Xattr, $"An inode claims {count} extended attributes.");
    }

    private MetadataCursor CursorAt(InodeReference reference) => new(_metadata, _range, _range.Start + reference.Block, reference.Offset);
}
