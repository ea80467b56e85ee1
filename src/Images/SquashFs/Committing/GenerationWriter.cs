using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Appends a changed tree to its image.</summary>
internal sealed class GenerationWriter(ILayeredTree tree, BaseImage image, AppendedGeneration output, CommitOptions options)
{
    /// <summary>Maximum compression level of tables, because they are written completely every time.</summary>
    private const int HighestTableLevel = 3;

    private readonly Superblock _before = image.Image.Superblock;

    public CommitResult Run(long lengthBefore, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        var dataStart = output.Position;
        var xattrs = new BaseXattrs(image, options.Threads);
        var inodes = new ChangedInodes(tree, image, xattrs);
        var known = new KnownContent(image);
        var (plan, store) = StoreContent(inodes, known, progress, cancellation);
        var dataEnd = output.Position;

        using var compressor = image.Codec.CreateCompressor(Math.Min(HighestTableLevel, DefaultLevel), _before.BlockSize);
        MetadataWriter NewTable() => new(compressor);
        RawFragment[] fragments = [
            .. known.Fragments,
            .. store.Fragments.Select(block => new RawFragment { Start = (ulong)block.Start, Size = block.Size }),
        ];
        var tree_ = new GenerationTables(plan, image, store.Blocks, new UsedBlocks(fragments.Length), NewTable);
        tree_.Write(cancellation);

        var tables = new ImageTables(output, NewTable);
        var record = GenerationRecord.After(_before, image.Record, options.Time);
        record.ContentBytes = (ulong)plan.ContentBytes;
        record.Names = (ulong)plan.Names;
        record.Counts = RecordWriter.CountsOf(plan.Counts);
        record.HighestInode = Math.Max(Math.Max(image.HighestInode, tree.HighestInode), plan.Highest);
        record.PrivateTables = (ulong)output.Position;
        record.TimesTable = new GenerationTimes(image).Append(output, NewTable(), plan);
        record.TimesCount = record.TimesTable == 0 ? 0 : plan.Highest;
        if (store.Appended.Count > 0)
        {
            record.ChecksumTable = tables.AppendLookup(
                store.Appended.Select(block => new RawBlockChecksum { Size = block.Size, Checksum = block.Checksum }));
            record.ChecksumCount = (uint)store.Appended.Count;
            record.FirstBlock = (ulong)store.Appended[0].Start;
        }

        var segment = GenerationRecord.MergedSegment(image.Record, options);
        var tail = GenerationRecord.TailOf(plan.Difference, segment, restored: 0);
        (tail.PieceTable, tail.PieceCount) = tables.AppendPieces(store.Pieces);
        AppendPrefixTable(tables, ref tail, record.Generation, cancellation);
        AppendFirstUses(tables, ref tail);
        var recordStart = output.Position;
        record.PrivateTablesChecksum = output.ChecksumOf((long)record.PrivateTables, recordStart);
        output.Append(RecordWriter.Encode(record, tail, options.Message));
        var footerStart = output.Position;
        output.Append(default(RawFooter));

        var superblock = _before.Raw;
        superblock.InodeCount = plan.Highest;
        superblock.ModificationTime = (uint)Math.Clamp(options.Time.Seconds, 0, uint.MaxValue);
        superblock.FragmentCount = (uint)fragments.Length;
        superblock.IdCount = (ushort)inodes.Owners.Ids.Count;
        superblock.RootInode = tree_.Root;
        superblock.InodeTable = tables.AppendBlocks(tree_.Inodes);
        superblock.DirectoryTable = tables.AppendBlocks(tree_.Listings);
        superblock.FragmentTable = fragments.Length == 0 ? SquashFsFormat.NoTable : tables.AppendLookup<RawFragment>(fragments.AsSpan());
        superblock.ExportTable = tables.AppendLookup(tree_.References);
        superblock.IdTable = tables.AppendLookup(inodes.Owners.Ids);
        var values = NewTable();
        xattrs.CopyTo(values);
        superblock.XattrTable = tables.AppendXattrs(inodes.Xattrs.Sets, values, xattrs.Sets);
        superblock.BytesUsed = (ulong)output.Position;
        var flags = (SuperblockFlags)superblock.Flags | SuperblockFlags.Exportable;
        flags &= superblock.XattrTable == SquashFsFormat.NoTable ? flags : ~SuperblockFlags.NoXattrs;
        flags &= store.Fragments.Count > 0 ? ~SuperblockFlags.NoFragments : flags;
        superblock.Flags = (ushort)flags;

        record.TablesChecksum = output.ChecksumOf((long)superblock.InodeTable, (long)superblock.BytesUsed);
        output.PadTo(SquashFsFormat.Padding);
        var live = tree_.Live.BytesWith(fragments) + output.Position - (long)record.PrivateTables;
        record.DeadBytes = (ulong)Math.Max(0, output.Position - live - System.Runtime.CompilerServices.Unsafe.SizeOf<RawSuperblock>());
        var encoded = RecordWriter.Encode(record, tail, options.Message);
        output.WriteAt(recordStart, encoded);
        output.WriteAt(footerStart, RecordWriter.Footer(encoded, recordStart, superblock));
        cancellation.ThrowIfCancellationRequested();
        output.Switch(superblock);
        var info = new GenerationInfo(Identities.Of(record.IdentityLow, record.IdentityHigh), (long)record.Generation, segment);
        return new CommitResult(
            info, plan.Difference, output.Position, output.Position - lengthBefore, dataEnd - dataStart, (long)record.DeadBytes, inodes.Warnings);
    }

    /// <summary>Appends the prefix table; one that is equal to that of the previous generation is shared.</summary>
    private void AppendPrefixTable(ImageTables tables, ref RawRecordTail tail, ulong generation, CancellationToken cancellation)
    {
        var table = options.PrefixTable?.Invoke(number => number, cancellation);
        if (table is null)
        {
            return;
        }

        if (StoredPrefixTable.TryRead(image.Image, image.Record) is { } before && before.AsSpan().SequenceEqual(table))
        {
            var known = image.Record!.Tail;
            (tail.PrefixTable, tail.PrefixLength, tail.PrefixGeneration) = (known.PrefixTable, known.PrefixLength, generation);
        }
        else
        {
            tables.AppendPrefixTable(ref tail, table, generation);
        }
    }

    /// <summary>Appends the list of first uses; one that is equal to that of the previous generation is shared.</summary>
    private void AppendFirstUses(ImageTables tables, ref RawRecordTail tail)
    {
        var before = StoredFirstUses.TryRead(image.Image, image.Record);
        var list = options.FirstUses.Count > 0 ? FirstUseList.Format(options.FirstUses) : before;
        if (before is not null && before.AsSpan().SequenceEqual(list))
        {
            var known = image.Record!.Tail;
            (tail.FirstUses, tail.FirstUsesLength) = (known.FirstUses, known.FirstUsesLength);
        }
        else
        {
            tables.AppendFirstUses(ref tail, list);
        }
    }

    private int DefaultLevel => options.Level ?? CompressorOptions.LevelOf(image.Codec, image.CompressorOptions());

    private (GenerationPlan Plan, BlockStore Store) StoreContent(
        ChangedInodes inodes, KnownContent known, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        var packing = new PackOptions { Threads = options.Threads, Compressor = image.Codec, Level = DefaultLevel, BlockSize = _before.BlockSize };
        using var pipeline = new DataPipeline(tree, packing, output, progress, known);
        using var stop = cancellation.Register(() => pipeline.Stop(new OperationCanceledException(cancellation)));
        var plan = new GenerationWalk(tree, image, inodes, pipeline.Add, cancellation).Run();
        pipeline.Finish();
        return (plan, pipeline.Store);
    }
}
