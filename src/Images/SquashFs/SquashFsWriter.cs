using System.Numerics;
using System.Text;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs;

/// <summary>Writes trees as SquashFS 4.0 images with a private record, readable by every kernel, squashfuse and unsquashfs.</summary>
public static class SquashFsWriter
{
    /// <summary>The end of the temporary file's name beside the target: <c>TARGET.XXXXXXXX.partial</c>.</summary>
    public const string TemporarySuffix = ReplacementFile.Suffix;

    /// <summary>
    /// Writes a tree. The target is created or replaced only when the whole image is on its storage; after a failure, it is unchanged. If it is a
    /// symlink, the symlink's target is replaced. The same tree and options give the same bytes, with any number of threads.
    /// </summary>
    /// <param name="source">The tree; it must not change meanwhile.</param>
    /// <param name="target">The image's file.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Receives the progress, some thousand times; must return quickly.</param>
    /// <param name="cancellation">Cancels and removes the temporary file.</param>
    /// <exception cref="TreeException">An entry of the source cannot be read (the message names it), or the target cannot be written.</exception>
    /// <exception cref="ArgumentException">The options contradict the format.</exception>
    public static PackResult Write(
        IReadableTree source, string target, PackOptions options, IProgress<PackProgress>? progress = null, CancellationToken cancellation = default)
    {
        Check(options);
        using var output = new StoredOutput(StorageFailures.BeginAt(target));
        var result = Write(source, output, options, progress, cancellation);
        output.Publish();
        return result;
    }

    /// <summary>Writes a tree as above, into a folder of a storage.</summary>
    /// <param name="source">The tree; it must not change meanwhile.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The image's file in it, not a symlink.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Receives the progress; must return quickly.</param>
    /// <param name="cancellation">Cancels and removes the temporary file.</param>
    /// <exception cref="TreeException">As above.</exception>
    public static PackResult Write(
        IReadableTree source, IStorageFolder folder, string name, PackOptions options, IProgress<PackProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        Check(options);
        using var output = new StoredOutput(StorageFailures.Begin(folder, name, options.Rights));
        var result = Write(source, output, options, progress, cancellation);
        output.Publish();
        return result;
    }

    private static PackResult Write(
        IReadableTree source, ImageOutput output, PackOptions options, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        var level = options.Level ?? options.Compressor.Levels.Default;
        var compressorOptions = CompressorOptions.Encode(options.Compressor, level, options.BlockSize);
        output.Append(default(RawSuperblock));
        if (compressorOptions.Length > 0)
        {
            output.Append((ushort)(compressorOptions.Length | SquashFsFormat.MetadataUncompressed));
            output.Append(compressorOptions);
        }

        using var pipeline = new DataPipeline(source, options, output, progress);
        using var stop = cancellation.Register(() => pipeline.Stop(new OperationCanceledException(cancellation)));
        var plan = new SquashFsSourceWalk(source, options, pipeline.Add, cancellation).Run();
        pipeline.Finish();

        using var compressor = options.Compressor.CreateCompressor(level, options.BlockSize);
        MetadataWriter NewTable() => new(compressor);
        var tree = TreeTables.Write(plan, pipeline.Store.Blocks, options.BlockSize, NewTable, cancellation);
        var identity = options.Continues?.Identity ?? ImageIdentity.Of(tree, pipeline.Store.Blocks);
        var time = options.ModificationTime ?? tree.Numbered.Select(inode => inode.Modified).MaxBy(time => (time.Seconds, time.Nanoseconds));

        var blocks = pipeline.Store.Blocks;
        var tables = new ImageTables(output, NewTable);
        var inodes = (uint)tree.Numbered.Count;
        var record = RecordWriter.New(plan, identity, time, inodes);
        record.Generation = (ulong)(options.Continues?.Generation ?? 0) + 1;
        record.PrivateTables = (ulong)output.Position;
        record.TimesTable = options.ExactTimes ? tables.AppendTimes(tree.Numbered) : 0;
        record.TimesCount = record.TimesTable == 0 ? 0 : inodes;
        record.ChecksumTable = tables.AppendLookup(blocks.Select(block => new RawBlockChecksum { Size = block.Size, Checksum = block.Checksum }));
        record.ChecksumCount = (uint)blocks.Count;
        record.FirstBlock = blocks.Count == 0 ? 0 : (ulong)blocks[0].Start;
        var tail = default(RawRecordTail);
        (tail.PieceTable, tail.PieceCount) = tables.AppendPieces(pipeline.Store.Pieces);
        tables.AppendPrefixTable(ref tail, options.PrefixTable?.Invoke(tree.NumberOf, cancellation), record.Generation);
        tables.AppendFirstUses(ref tail, plan.FirstUses.Encode());
        var recordStart = output.Position;
        record.PrivateTablesChecksum = output.ChecksumOf((long)record.PrivateTables, recordStart);
        output.Append(RecordWriter.Encode(record, tail, options.Message));
        var footerStart = output.Position;
        output.Append(default(RawFooter));

        var fragments = pipeline.Store.Fragments;
        var superblock = new RawSuperblock
        {
            Magic = SquashFsFormat.Magic,
            InodeCount = inodes,
            ModificationTime = (uint)Math.Clamp(time.Seconds, 0, uint.MaxValue),
            BlockSize = (uint)options.BlockSize,
            FragmentCount = (uint)fragments.Count,
            Compressor = (ushort)CompressorOptions.IdOf(options.Compressor),
            BlockLog = (ushort)BitOperations.Log2((uint)options.BlockSize),
            Flags = (ushort)Flags(options, compressorOptions.Length > 0, plan.Xattrs.Sets.Count > 0),
            IdCount = (ushort)plan.Owners.Ids.Count,
            MajorVersion = SquashFsFormat.MajorVersion,
            MinorVersion = SquashFsFormat.MinorVersion,
            RootInode = plan.Root.Reference.Value,
            InodeTable = tables.AppendBlocks(tree.Inodes),
            DirectoryTable = tables.AppendBlocks(tree.Listings),
            FragmentTable = fragments.Count == 0
                ? SquashFsFormat.NoTable
                : tables.AppendLookup(fragments.Select(block => new RawFragment { Start = (ulong)block.Start, Size = block.Size })),
            ExportTable = tables.AppendLookup(tree.Numbered.Select(inode => inode.Reference.Value)),
            IdTable = tables.AppendLookup(plan.Owners.Ids),
            XattrTable = tables.AppendXattrs(plan.Xattrs.Sets, NewTable(), []),
            BytesUsed = (ulong)output.Position,
        };
        record.TablesChecksum = output.ChecksumOf((long)superblock.InodeTable, (long)superblock.BytesUsed);
        output.PadTo(SquashFsFormat.Padding);
        var encoded = RecordWriter.Encode(record, tail, options.Message);
        output.WriteAt(recordStart, encoded);
        output.WriteAt(footerStart, RecordWriter.Footer(encoded, recordStart, superblock));
        output.WriteAt(0, superblock);
        cancellation.ThrowIfCancellationRequested();
        return new PackResult(
            output.Position, plan.ContentBytes, plan.Counts, plan.Names, pipeline.SharedFiles, identity, plan.Warnings);
    }

    private static SuperblockFlags Flags(PackOptions options, bool compressorOptions, bool xattrs)
    {
        var flags = SuperblockFlags.Exportable | SuperblockFlags.Duplicates;
        flags |= compressorOptions ? SuperblockFlags.CompressorOptions : SuperblockFlags.None;
        flags |= xattrs ? SuperblockFlags.None : SuperblockFlags.NoXattrs;
        return options.Compressor == Compression.Codecs.None
            ? flags | SuperblockFlags.UncompressedInodes | SuperblockFlags.UncompressedData | SuperblockFlags.UncompressedFragments
              | SuperblockFlags.UncompressedXattrs | SuperblockFlags.UncompressedIds
            : flags;
    }

    private static void Check(PackOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(options));
        if (options.BlockSize is < SquashFsFormat.MinBlockSize or > SquashFsFormat.MaxBlockSize || !BitOperations.IsPow2(options.BlockSize))
        {
            throw new ArgumentException($"A block size of {options.BlockSize} is not a power of two from 4096 to 1048576.", nameof(options));
        }

        if (options.Level is { } level && !options.Compressor.Levels.Contains(level))
        {
            throw new ArgumentException($"{options.Compressor.Name} has no level {level}.", nameof(options));
        }

        foreach (var name in (options.ArcRoot ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!EntryName.IsValid(Encoding.UTF8.GetBytes(name)))
            {
                throw new ArgumentException($"'{options.ArcRoot}' is not a place in an image.", nameof(options));
            }
        }
    }
}
