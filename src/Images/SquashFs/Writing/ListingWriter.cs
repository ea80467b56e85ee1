using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>
/// Writes directories' listings: headers with up to 256 entries whose inodes share a metadata block, and for long listings an index of headers at
/// most 8 KiB apart.
/// </summary>
internal sealed class ListingWriter(MetadataWriter table)
{
    private const int IndexStride = SquashFsFormat.MetadataSize;

    /// <summary>Writes a listing. The inodes must be written already.</summary>
    /// <param name="entries">The entries, in byte order of their names.</param>
    /// <param name="names">Contains the names.</param>
    public WrittenListing Write(ReadOnlySpan<ListedEntry> entries, ReadOnlySpan<byte> names)
    {
        var (block, offset) = (table.Block, (ushort)table.Offset);
        List<(uint, uint, byte[])>? index = null;
        var (position, lastIndexed) = (0u, 0u);
        while (!entries.IsEmpty)
        {
            if (position - lastIndexed >= IndexStride / 2 && (index is null || index.Count < ushort.MaxValue))
            {
                index ??= [];
                index.Add((position, table.Block, entries[0].NameIn(names).ToArray()));
                lastIndexed = position;
            }

            var count = CountBehindHeader(entries, IndexStride / 2);
            position += WriteRun(entries[..count], names);
            entries = entries[count..];
        }

        return new WrittenListing(block, offset, position, index ?? []);
    }

    /// <summary>Number of entries that one header can precede, limited so that their length does not exceed the index's granularity.</summary>
    private static int CountBehindHeader(ReadOnlySpan<ListedEntry> entries, int maxBytes)
    {
        ref readonly var first = ref entries[0];
        var count = 1;
        var bytes = EntryLength(first);
        for (; count < entries.Length && count < SquashFsFormat.MaxHeaderEntries; count++)
        {
            ref readonly var entry = ref entries[count];
            var difference = (long)entry.Number - first.Number;
            bytes += EntryLength(entry);
            if (entry.Reference.Block != first.Reference.Block || difference is < short.MinValue or > short.MaxValue || bytes > maxBytes)
            {
                break;
            }
        }

        return count;
    }

    private static int EntryLength(in ListedEntry entry) => Unsafe.SizeOf<RawDirectoryEntry>() + entry.NameLength;

    private uint WriteRun(ReadOnlySpan<ListedEntry> entries, ReadOnlySpan<byte> names)
    {
        ref readonly var first = ref entries[0];
        var length = Unsafe.SizeOf<RawDirectoryHeader>();
        table.Write(new RawDirectoryHeader
        {
            CountMinusOne = (uint)entries.Length - 1,
            InodeBlock = (uint)first.Reference.Block,
            InodeNumber = first.Number,
        });
        foreach (ref readonly var entry in entries)
        {
            table.Write(new RawDirectoryEntry
            {
                InodeOffset = (ushort)entry.Reference.Offset,
                InodeDifference = (short)((long)entry.Number - first.Number),
                Type = (ushort)entry.Type,
                NameLengthMinusOne = (ushort)(entry.NameLength - 1),
            });
            table.Write(entry.NameIn(names));
            length += EntryLength(entry);
        }

        return (uint)length;
    }
}

/// <summary>An entry of a listing to write.</summary>
/// <param name="NameStart">Start of its name in the batch's names.</param>
/// <param name="NameLength">Length of the name in bytes.</param>
/// <param name="Type">A basic type.</param>
/// <param name="Number">Inode number.</param>
/// <param name="Reference">The reference to its inode.</param>
internal readonly record struct ListedEntry(int NameStart, int NameLength, InodeType Type, uint Number, InodeReference Reference)
{
    public ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> names) => names.Slice(NameStart, NameLength);
}

/// <summary>The entries of one directory, collected for <see cref="ListingWriter"/>.</summary>
internal sealed class ListingBatch
{
    private readonly List<ListedEntry> _entries = [];
    private readonly ArrayBufferWriter<byte> _names = new();

    public ReadOnlySpan<ListedEntry> Entries => CollectionsMarshal.AsSpan(_entries);

    public ReadOnlySpan<byte> Names => _names.WrittenSpan;

    public void Clear()
    {
        _entries.Clear();
        _names.ResetWrittenCount();
    }

    public void Add(ReadOnlySpan<byte> name, EntryKind kind, uint number, InodeReference reference)
    {
        _entries.Add(new ListedEntry(_names.WrittenCount, name.Length, InodeTypes.Of(kind), number, reference));
        _names.Write(name);
    }
}

/// <summary>The location of a written listing.</summary>
/// <param name="Block">Start of its first metadata block, relative to the table.</param>
/// <param name="Offset">Offset in the block's content.</param>
/// <param name="Length">Length in bytes.</param>
/// <param name="Index">Headers at which a lookup can start: position in the listing, start of the metadata block, first name.</param>
internal sealed record WrittenListing(
    uint Block, ushort Offset, uint Length, IReadOnlyList<(uint Position, uint Block, byte[] Name)> Index);
