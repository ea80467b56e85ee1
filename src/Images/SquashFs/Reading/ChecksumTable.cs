using CondaFuse.Images.SquashFs.Wire;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>
/// The checksums of the blocks that a generation added, found by position. A block starts where the previous one ends, so positions are sums of
/// sizes. For each metadata block of the table that was read, the position of its first data block is cached.
/// </summary>
internal sealed class ChecksumTable
{
    /// <summary>Longer tables are not used, because one request would read all of it. This many blocks of 128 KiB hold 2 TB.</summary>
    private const uint MaxEntries = 1 << 24;

    private readonly ImageFile _file;
    private readonly LookupTable<RawBlockChecksum> _table;
    private readonly long _end;
    private readonly Lock _gate = new();

    /// <summary>For each of the table's metadata blocks: the position of the data block of its first entry.</summary>
    private readonly List<long> _starts;

    private ChecksumTable(ImageFile file, LookupTable<RawBlockChecksum> table, long start, long end) =>
        (_file, _table, _starts, _end) = (file, table, [start], end);

    /// <summary>The table of a generation; null if it has none because it added no blocks.</summary>
    /// <exception cref="ImageException"><see cref="ImageFault.TablePlace"/>.</exception>
    public static ChecksumTable? TryOpen(ImageFile file, MetadataStore metadata, PrivateRecord record)
    {
        ref readonly var raw = ref record.Raw;
        if (raw.ChecksumTable == 0 || raw.ChecksumCount is 0 or > MaxEntries
            || raw.FirstBlock >= raw.PrivateTables || raw.PrivateTables > record.Start)
        {
            return null;
        }

        var table = new LookupTable<RawBlockChecksum>(file, metadata, "checksum", (long)raw.ChecksumTable, (long)record.Start, raw.ChecksumCount);
        return new ChecksumTable(file, table, (long)raw.FirstBlock, (long)raw.PrivateTables);
    }

    /// <summary>Whether the block at a position belongs to this generation: it is before the private tables.</summary>
    public bool IsFor(long position) => position >= _starts[0] && position < _end;

    /// <summary>Finds the entry of the block that starts at a position.</summary>
    /// <exception cref="ImageException">The table is damaged.</exception>
    public bool TryFind(long position, out RawBlockChecksum found)
    {
        Span<RawBlockChecksum> room = stackalloc RawBlockChecksum[LookupTable<RawBlockChecksum>.EntriesPerBlock];
        var (block, at) = NearestBefore(position);
        while (true)
        {
            foreach (var entry in room[.._table.ReadBlock(block, room)])
            {
                if (at >= position)
                {
                    found = entry;
                    return at == position;
                }

                at += SizeOf(entry);
            }

            if (++block >= (_table.Count + room.Length - 1) / room.Length)
            {
                found = default;
                return false;
            }

            Keep(block, at);
        }
    }

    private long SizeOf(in RawBlockChecksum entry)
    {
        var size = new BlockSize(entry.Size);
        return size.IsPossible(SquashFsFormat.MaxBlockSize) && size.Stored > 0
            ? size.Stored
            : throw _file.Damage(ImageFault.BlockLength, $"the checksum table claims the size 0x{size.Value:x8} of a block.");
    }

    /// <summary>The table's metadata block that contains the entry, or the last one before it.</summary>
    private (int Block, long Start) NearestBefore(long position)
    {
        lock (_gate)
        {
            var index = _starts.BinarySearch(position);
            index = index < 0 ? ~index - 1 : index;
            return (index, _starts[index]);
        }
    }

    private void Keep(int block, long start)
    {
        lock (_gate)
        {
            if (_starts.Count == block)
            {
                _starts.Add(start);
            }
        }
    }
}
