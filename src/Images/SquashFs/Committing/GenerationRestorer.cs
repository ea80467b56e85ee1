using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Platform;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Appends a generation with the content of an earlier one: a copy of its tables.</summary>
internal sealed class GenerationRestorer(BaseImage current, BaseImage wanted, AppendedGeneration output, CommitOptions options)
{
    private readonly Superblock _before = current.Image.Superblock;
    private readonly Superblock _wanted = wanted.Image.Superblock;

    /// <param name="difference">What changes.</param>
    /// <param name="totals">Of the generation that is restored.</param>
    /// <param name="lengthBefore">Of the image, in bytes.</param>
    /// <param name="number">Of the generation that is restored.</param>
    /// <param name="cancellation">Stops; the image is unchanged.</param>
    public CommitResult Run(
        GenerationDifference difference, (EntryCounts Counts, long Names, long ContentBytes) totals, long lengthBefore, long number,
        CancellationToken cancellation)
    {
        var record = GenerationRecord.After(_before, current.Record, options.Time);
        record.Flags = PrivateFormat.FlagRestored;
        (record.ContentBytes, record.Names, record.Counts) = ((ulong)totals.ContentBytes, (ulong)totals.Names, RecordWriter.CountsOf(totals.Counts));
        record.HighestInode = Math.Max(current.HighestInode, wanted.HighestInode);
        (record.TimesTable, record.TimesCount) = (wanted.Record?.Raw.TimesTable ?? 0, wanted.Record?.Raw.TimesCount ?? 0);
        record.PrivateTables = (ulong)output.Position;
        record.PrivateTablesChecksum = output.ChecksumOf(output.Position, output.Position);

        var tail = GenerationRecord.TailOf(difference, GenerationRecord.MergedSegment(current.Record, options), number);
        if (wanted.Record is { Tail: { PrefixTable: > 0 } known })
        {
            (tail.PrefixTable, tail.PrefixLength, tail.PrefixGeneration) = (known.PrefixTable, known.PrefixLength, known.PrefixGeneration);
        }

        if (wanted.Record is { } restored)
        {
            (tail.FirstUses, tail.FirstUsesLength) = (restored.Tail.FirstUses, restored.Tail.FirstUsesLength);
        }

        var recordStart = output.Position;
        output.Append(RecordWriter.Encode(record, tail, options.Message));
        var footerStart = output.Position;
        output.Append(default(RawFooter));
        var superblock = AppendTables();
        record.TablesChecksum = output.ChecksumOf((long)superblock.InodeTable, (long)superblock.BytesUsed);
        output.PadTo(SquashFsFormat.Padding);
        record.DeadBytes = (ulong)Math.Max(0, output.Position - LiveBytes());
        var encoded = RecordWriter.Encode(record, tail, options.Message);
        output.WriteAt(recordStart, encoded);
        output.WriteAt(footerStart, RecordWriter.Footer(encoded, recordStart, superblock));
        cancellation.ThrowIfCancellationRequested();
        output.Switch(superblock);
        return new CommitResult(
            new GenerationInfo(
                Identities.Of(record.IdentityLow, record.IdentityHigh),
                (long)record.Generation,
                GenerationRecord.MergedSegment(current.Record, options)),
            difference, output.Position, output.Position - lengthBefore, 0, (long)record.DeadBytes, []);
    }

    private long LiveBytes() => _wanted.BytesUsed - (long)(wanted.Record?.Raw.DeadBytes ?? 0);

    /// <summary>Appends the tables; positions in their lists are shifted.</summary>
    private RawSuperblock AppendTables()
    {
        ref readonly var raw = ref _wanted.Raw;
        var from = (long)raw.InodeTable;
        var tables = new byte[_wanted.BytesUsed - from];
        wanted.Image.File.Read(from, tables);
        var shift = (ulong)(output.Position - from);
        Move(tables, raw.FragmentCount > 0 ? raw.FragmentTable : SquashFsFormat.NoTable, raw.FragmentCount, Unsafe.SizeOf<RawFragment>(), shift);
        Move(tables, raw.ExportTable, raw.InodeCount, sizeof(ulong), shift);
        Move(tables, raw.IdTable, raw.IdCount, sizeof(uint), shift);
        if (raw.XattrTable != SquashFsFormat.NoTable)
        {
            var header = wanted.Image.File.Read<RawXattrTable>((long)raw.XattrTable);
            Shift(tables.AsSpan((int)((long)raw.XattrTable - from)), shift);
            Move(tables, raw.XattrTable + (ulong)Unsafe.SizeOf<RawXattrTable>(), header.Count, Unsafe.SizeOf<RawXattrSet>(), shift);
        }

        output.Append(tables);
        var superblock = raw;
        superblock.ModificationTime = (uint)Math.Clamp(options.Time.Seconds, 0, uint.MaxValue);
        superblock.InodeTable += shift;
        superblock.DirectoryTable += shift;
        superblock.FragmentTable = Moved(raw.FragmentTable, shift);
        superblock.ExportTable = Moved(raw.ExportTable, shift);
        superblock.IdTable += shift;
        superblock.XattrTable = Moved(raw.XattrTable, shift);
        superblock.BytesUsed = (ulong)output.Position;
        return superblock;
    }

    private static ulong Moved(ulong table, ulong shift) => table == SquashFsFormat.NoTable ? table : table + shift;

    private static void Shift(Span<byte> position, ulong shift) =>
        BinaryPrimitives.WriteUInt64LittleEndian(position, BinaryPrimitives.ReadUInt64LittleEndian(position) + shift);

    /// <summary>Shifts the positions in a list.</summary>
    private void Move(byte[] tables, ulong list, uint count, int entrySize, ulong shift)
    {
        if (list == SquashFsFormat.NoTable)
        {
            return;
        }

        var perBlock = SquashFsFormat.MetadataSize / entrySize;
        var start = (long)list - (long)_wanted.Raw.InodeTable;
        for (var block = 0L; block < (count + perBlock - 1) / perBlock; block++)
        {
            Shift(tables.AsSpan((int)(start + (block * sizeof(ulong)))), shift);
        }
    }
}

/// <summary>
/// A copy of an image beside it, with its owner and permissions, which replaces it when it is complete. Disposing it before that removes it.
/// </summary>
internal sealed class CopiedImage : IDisposable
{
    private readonly string _path;
    private readonly ReplacementFile _copy;

    /// <exception cref="Tree.TreeException">No copy can be created in the folder.</exception>
    public CopiedImage(IStorageFolder folder, string name)
    {
        _path = Path.Combine(folder.Path, name);
        using var source = StorageFailures.Try(() => folder.Open(name, StorageAccess.Read), _path);
        _copy = StorageFailures.Begin(folder, name, source.Rights);
        try
        {
            _copy.File.CopyFrom(source, 0, 0, source.Length);
        }
        catch (PlatformException exception)
        {
            Dispose();
            throw StorageFailures.Of(exception, _path);
        }
    }

    /// <summary>The copy's file name.</summary>
    public string Name => _copy.Name;

    /// <summary>Renames it to the image, and syncs that.</summary>
    public void Publish() => StorageFailures.Try(
        () =>
        {
            _copy.Publish();
            return 0;
        },
        _path);

    public void Dispose() => _copy.Dispose();
}
