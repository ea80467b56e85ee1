using System.Collections;
using System.Runtime.CompilerServices;
using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Compacting;

/// <summary>Writes some generations of an image into a new file, the oldest first, as commits would have appended them.</summary>
/// <param name="open">Opens the old file again.</param>
/// <param name="kept">The generations, the oldest first; all with a record.</param>
/// <param name="output">The new file; empty.</param>
/// <param name="threads">Threads that read tables.</param>
internal sealed class HistoryMove(Func<ImageFile> open, IReadOnlyList<Generation> kept, ImageOutput output, int threads)
{
    private readonly MovedTimes _times = new();
    private readonly MovedPrefixTables _prefixTables = new();
    private readonly MovedFirstUses _firstUses = new();
    private (RawSuperblock Superblock, ulong Generation, RawFooter Footer)? _before;

    /// <summary>Writes the generations.</summary>
    /// <param name="all">All generations of the image, with the known facts about its blocks.</param>
    /// <param name="progress">Receives the number of bytes of content moved.</param>
    /// <param name="cancellation">Cancels.</param>
    public void Run(IReadOnlyList<Generation> all, IProgress<long>? progress, CancellationToken cancellation)
    {
        var blocks = new KeptBlocks(kept[0].Superblock.BlockSize);
        byte[] compressorOptions;
        using (var newest = Read(kept[^1]))
        {
            compressorOptions = newest.CompressorOptions();
            blocks.Add(newest);
        }

        foreach (var generation in kept.SkipLast(1))
        {
            cancellation.ThrowIfCancellationRequested();
            using var image = Read(generation);
            blocks.Add(image);
        }

        using var source = OpenImage.Open(open(), _ => kept[^1]);
        var moved = new MovedBlocks(source, all[0].Record, blocks);
        output.Append(default(RawSuperblock));
        if (compressorOptions.Length > 0)
        {
            output.Append((ushort)(compressorOptions.Length | SquashFsFormat.MetadataUncompressed));
            output.Append(compressorOptions);
        }

        foreach (var generation in kept)
        {
            using var image = Read(generation);
            var added = moved.MoveBefore(generation.Superblock.BytesUsed, output, progress, cancellation);
            WriteTables(image, moved, added, cancellation);
            output.PadTo(SquashFsFormat.Padding);
        }

        output.WriteAt(0, _before!.Value.Superblock);
    }

    private BaseImage Read(Generation generation) => BaseImage.Read(open(), generation, threads);

    private void WriteTables(BaseImage image, MovedBlocks moved, List<StoredBlock> added, CancellationToken cancellation)
    {
        var old = image.Image.Superblock;
        var codec = image.Codec;
        using var compressor = codec.CreateCompressor(CompressorOptions.LevelOf(codec, image.CompressorOptions()), old.BlockSize);
        MetadataWriter NewTable() => new(compressor);
        var plan = UnchangedPlan.Of(image);
        var files = new MovedFiles(image, moved);
        var tree = new GenerationTables(plan, image, [], new UsedBlocks(image.Fragments.Length), NewTable) { Moved = files };
        tree.Write(cancellation);

        var tables = new ImageTables(output, NewTable);
        var record = RecordOf(image);
        record.PrivateTables = (ulong)output.Position;
        record.TimesTable = _times.Append(image, output);
        (record.ChecksumTable, record.ChecksumCount, record.FirstBlock) = (0, (uint)added.Count, added.Count > 0 ? (ulong)added[0].Start : 0);
        if (added.Count > 0)
        {
            record.ChecksumTable = tables.AppendLookup(added.Select(block => new RawBlockChecksum { Size = block.Size, Checksum = block.Checksum }));
        }

        var tail = image.Record!.Tail;
        (tail.PieceTable, tail.PieceCount) = tables.AppendPieces([.. FragmentPieces.Table(added.Count, block => moved.PiecesOf(added[block]))]);
        _prefixTables.Append(image, tables, ref tail);
        _firstUses.Append(image, tables, ref tail);
        var recordStart = output.Position;
        record.PrivateTablesChecksum = output.ChecksumOf((long)record.PrivateTables, recordStart);
        output.Append(RecordWriter.Encode(record, tail, image.Record.Message));
        var footerStart = output.Position;
        output.Append(default(RawFooter));

        var superblock = old.Raw;
        superblock.InodeCount = plan.Highest;
        superblock.FragmentCount = (uint)files.Fragments.Count;
        superblock.RootInode = tree.Root;
        superblock.InodeTable = tables.AppendBlocks(tree.Inodes);
        superblock.DirectoryTable = tables.AppendBlocks(tree.Listings);
        superblock.FragmentTable = files.Fragments.Count == 0
            ? SquashFsFormat.NoTable
            : tables.AppendLookup<RawFragment>(files.Fragments.ToArray().AsSpan());
        superblock.ExportTable = tables.AppendLookup(tree.References);
        superblock.IdTable = tables.AppendLookup<uint>(image.Owners.AsSpan());
        var xattrs = new BaseXattrs(image, threads);
        var values = NewTable();
        xattrs.CopyTo(values);
        superblock.XattrTable = tables.AppendXattrs([], values, xattrs.Sets);
        superblock.BytesUsed = (ulong)output.Position;

        record.TablesChecksum = output.ChecksumOf((long)superblock.InodeTable, (long)superblock.BytesUsed);
        var padded = (output.Position + SquashFsFormat.Padding - 1) / SquashFsFormat.Padding * SquashFsFormat.Padding;
        var live = tree.Live.BytesWith(image.Fragments) + padded - (long)record.PrivateTables;
        record.DeadBytes = (ulong)Math.Max(0, padded - live - Unsafe.SizeOf<RawSuperblock>());
        var encoded = RecordWriter.Encode(record, tail, image.Record.Message);
        var footer = RecordWriter.Footer(encoded, recordStart, superblock);
        output.WriteAt(recordStart, encoded);
        output.WriteAt(footerStart, footer);
        _before = (superblock, record.Generation, footer);
    }

    /// <summary>The former record, adapted to follow the kept generation that was written before it.</summary>
    private RawRecord RecordOf(BaseImage image)
    {
        var record = image.Record!.Raw;
        (record.ParentGeneration, record.ParentRecordStart, record.ParentRecordLength, record.ParentRecordChecksum, record.ParentSuperblock) =
            _before is { } before
            ? (before.Generation, before.Footer.RecordStart, before.Footer.RecordLength, before.Footer.RecordChecksum, before.Superblock)
            : default;
        record.MinorVersion = PrivateFormat.MinorVersion;
        return record;
    }
}

/// <summary>Plans a generation with the same content as another one.</summary>
internal static class UnchangedPlan
{
    /// <exception cref="ImageException">A directory has two parents, or an entry has no inode.</exception>
    public static GenerationPlan Of(BaseImage image)
    {
        var plan = new GenerationPlan { Reached = new BitArray(checked((int)image.Inodes.Highest + 1)), Highest = image.Inodes.Highest };
        var pending = new Stack<PlannedDirectory>([new PlannedDirectory(image.Inodes.HeaderAt(image.Root).Number, 0, image.Root)]);
        plan.Reached[(int)pending.Peek().Number] = true;
        while (pending.TryPop(out var directory))
        {
            plan.Directories.Add(directory);
            var below = new List<PlannedDirectory>();
            var listing = image.ListingAt(directory.Record);
            while (listing.MoveNext())
            {
                var record = image.Inodes.Find(listing.Number, listing.Reference);
                if (listing.Kind == EntryKind.Directory)
                {
                    below.Add(!plan.Reached[(int)listing.Number]
                        ? new PlannedDirectory(listing.Number, directory.Number, record)
                        : throw new ImageException(ImageFault.DirectoryLoop, $"Directory {listing.Number} lies in two places."));
                }

                plan.Reached[(int)listing.Number] = true;
            }

            foreach (var next in Enumerable.Reverse(below))
            {
                pending.Push(next);
            }
        }

        return plan;
    }
}
