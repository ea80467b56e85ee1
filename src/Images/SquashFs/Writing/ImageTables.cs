using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Appends tables to the image: their metadata blocks, then the list of the blocks' positions.</summary>
internal sealed class ImageTables(ImageOutput output, Func<MetadataWriter> newTable)
{
    /// <summary>Appends collected blocks.</summary>
    /// <returns>Their start.</returns>
    public ulong AppendBlocks(MetadataWriter table)
    {
        var start = output.Position;
        table.Flush();
        output.Append(table.Stored);
        return (ulong)start;
    }

    /// <summary>Appends entries of one size, and the list of their blocks.</summary>
    /// <returns>The start of the list.</returns>
    public ulong AppendLookup<T>(IEnumerable<T> entries)
        where T : unmanaged
    {
        var table = newTable();
        foreach (var entry in entries)
        {
            table.Write(entry);
        }

        return AppendListed(table);
    }

    /// <summary>Appends entries of one size, and the list of their blocks.</summary>
    /// <returns>The start of the list.</returns>
    public ulong AppendLookup<T>(ReadOnlySpan<T> entries)
        where T : unmanaged
    {
        var table = newTable();
        table.Write(MemoryMarshal.AsBytes(entries));
        return AppendListed(table);
    }

    /// <summary>Appends the piece table, if there are any pieces.</summary>
    /// <returns>The start of its list, or 0, and its number of entries.</returns>
    public (ulong Table, uint Count) AppendPieces(IReadOnlyCollection<RawPiece> pieces) =>
        pieces.Count == 0 ? default : (AppendLookup(pieces), (uint)pieces.Count);

    /// <summary>Appends the prefix table of a generation, if there is one that is not too long.</summary>
    /// <param name="tail">Receives its place.</param>
    /// <param name="table">The table.</param>
    /// <param name="generation">The generation that it describes.</param>
    public void AppendPrefixTable(ref RawRecordTail tail, byte[]? table, ulong generation)
    {
        if (table is { Length: > 0 and <= PrivateFormat.MaxPrefixTable })
        {
            (tail.PrefixTable, tail.PrefixLength, tail.PrefixGeneration) = (AppendLookup<byte>(table), (uint)table.Length, generation);
        }
    }

    /// <summary>Appends a list of first uses, unless it is empty or too long.</summary>
    /// <param name="tail">Receives its place.</param>
    /// <param name="list">The list's bytes; null for none.</param>
    public void AppendFirstUses(ref RawRecordTail tail, byte[]? list)
    {
        if (list is { Length: <= PrivateFormat.MaxFirstUses })
        {
            (tail.FirstUses, tail.FirstUsesLength) = (AppendLookup<byte>(list), (uint)list.Length);
        }
    }

    /// <summary>Appends blocks and the list of their positions.</summary>
    /// <returns>The start of the list.</returns>
    public ulong AppendListed(MetadataWriter table)
    {
        var start = AppendBlocks(table);
        return AppendList(table, start);
    }

    /// <summary>Appends the extended attributes; if there are none, there is no table.</summary>
    /// <param name="sets">The new sets.</param>
    /// <param name="values">The table of their names and values, which may already contain those of earlier generations.</param>
    /// <param name="known">Sets whose names and values are in the table already.</param>
    public ulong AppendXattrs(IReadOnlyList<XattrSet> sets, MetadataWriter values, IReadOnlyCollection<RawXattrSet> known)
    {
        if (sets.Count + known.Count == 0)
        {
            return SquashFsFormat.NoTable;
        }

        var entries = newTable();
        foreach (var set in known)
        {
            entries.Write(set);
        }

        foreach (var set in sets)
        {
            entries.Write(new RawXattrSet
            {
                Reference = new InodeReference(values.Block, values.Offset).Value,
                Count = set.Count,
                Size = set.Size,
            });
            values.Write(set.Encoded);
        }

        var start = AppendBlocks(values);
        var entriesStart = AppendBlocks(entries);
        var header = output.Position;
        output.Append(new RawXattrTable { Start = start, Count = (uint)(known.Count + sets.Count) });
        AppendList(entries, entriesStart);
        return (ulong)header;
    }

    /// <summary>Appends the exact times of inodes, if any inode has times that it cannot store itself.</summary>
    /// <returns>The start of the list; 0 without a table.</returns>
    public ulong AppendTimes(IReadOnlyList<PlannedInode> numbered)
    {
        if (numbered.All(
                inode => inode.Modified.Nanoseconds == 0 && inode.Changed == inode.Modified && inode.Modified.Seconds is >= 0 and <= uint.MaxValue))
        {
            return 0;
        }

        const int perBlock = PrivateFormat.TimesPerBlock;
        var table = newTable();
        Span<long> seconds = stackalloc long[2 * perBlock];
        Span<uint> nanoseconds = stackalloc uint[2 * perBlock];
        for (var first = 0; first < numbered.Count; first += perBlock)
        {
            seconds.Clear();
            nanoseconds.Clear();
            for (var i = 0; i < perBlock && first + i < numbered.Count; i++)
            {
                var inode = numbered[first + i];
                (seconds[i], nanoseconds[i]) = (inode.Modified.Seconds, inode.Modified.Nanoseconds);
                (seconds[perBlock + i], nanoseconds[perBlock + i]) = (inode.Changed.Seconds, inode.Changed.Nanoseconds);
            }

            table.Write(MemoryMarshal.AsBytes(seconds));
            table.Write(MemoryMarshal.AsBytes(nanoseconds));
            table.Flush();
        }

        return AppendListed(table);
    }

    private ulong AppendList(MetadataWriter table, ulong start)
    {
        var list = output.Position;
        output.Append(MemoryMarshal.AsBytes<ulong>(table.Starts.Select(block => start + block).ToArray()));
        return (ulong)list;
    }
}
