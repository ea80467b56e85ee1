using System.Runtime.CompilerServices;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// Writes directories' listings: headers with up to 256 entries whose inodes share a metadata block, and for long listings
/// an index of headers at most 8 KiB apart.
/// </summary>
internal sealed class ListingWriter(MetadataWriter table)
{
    private const int IndexStride = SquashFsFormat.MetadataSize;

    /// <summary>Writes a listing. The inodes must have been written.</summary>
    public WrittenListing Write(ReadOnlySpan<PlannedName> names)
    {
        var (block, offset) = (table.Block, (ushort)table.Offset);
        var index = new List<(uint, uint, byte[])>();
        var (position, lastIndexed) = (0u, 0u);
        while (!names.IsEmpty)
        {
            if (position - lastIndexed >= IndexStride / 2 && index.Count < ushort.MaxValue)
            {
                index.Add((position, table.Block, names[0].Name));
                lastIndexed = position;
            }

            var count = CountBehindHeader(names, IndexStride / 2);
            position += WriteRun(names[..count]);
            names = names[count..];
        }

        return new WrittenListing(block, offset, position, index);
    }

    /// <summary>Names that one header can stand before, and which are not longer together than the index is coarse.</summary>
    private static int CountBehindHeader(ReadOnlySpan<PlannedName> names, int mostBytes)
    {
        var first = names[0].Inode;
        var count = 1;
        var bytes = EntryLength(names[0]);
        for (; count < names.Length && count < SquashFsFormat.MaxHeaderEntries; count++)
        {
            var inode = names[count].Inode;
            var difference = (long)inode.Number - first.Number;
            bytes += EntryLength(names[count]);
            if (inode.Reference.Block != first.Reference.Block || difference is < short.MinValue or > short.MaxValue || bytes > mostBytes)
            {
                break;
            }
        }

        return count;
    }

    private static int EntryLength(in PlannedName name) => Unsafe.SizeOf<RawDirectoryEntry>() + name.Name.Length;

    private uint WriteRun(ReadOnlySpan<PlannedName> names)
    {
        var first = names[0].Inode;
        var length = Unsafe.SizeOf<RawDirectoryHeader>();
        table.Write(new RawDirectoryHeader
        {
            CountMinusOne = (uint)names.Length - 1,
            InodeBlock = (uint)first.Reference.Block,
            InodeNumber = first.Number,
        });
        foreach (var (name, inode) in names)
        {
            table.Write(new RawDirectoryEntry
            {
                InodeOffset = (ushort)inode.Reference.Offset,
                InodeDifference = (short)((long)inode.Number - first.Number),
                Type = (ushort)InodeTypes.Of(inode.Kind),
                NameLengthMinusOne = (ushort)(name.Length - 1),
            });
            table.Write(name);
            length += Unsafe.SizeOf<RawDirectoryEntry>() + name.Length;
        }

        return (uint)length;
    }
}
