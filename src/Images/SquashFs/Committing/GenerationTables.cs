using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>
/// The inode and directory tables of a generation, in the order of a new image (<see cref="TreeTables"/>). Unchanged inodes are copied in stored
/// form.
/// </summary>
internal sealed class GenerationTables
{
    private readonly GenerationPlan _plan;
    private readonly BaseImage _image;
    private readonly IReadOnlyList<StoredBlock> _blocks;
    private readonly InodeTableWriter _inodeWriter;
    private readonly ListingWriter _listingWriter;
    private readonly ListingBatch _batch = new();
    private readonly Dictionary<uint, PlannedDirectory> _written = [];
    private readonly ulong[] _references;

    /// <param name="plan">The content of the generation.</param>
    /// <param name="image">The image that it builds on.</param>
    /// <param name="blocks">The blocks that changed files refer to by index.</param>
    /// <param name="live">Receives the data in use.</param>
    /// <param name="newTable">Creates tables.</param>
    public GenerationTables(GenerationPlan plan, BaseImage image, IReadOnlyList<StoredBlock> blocks, UsedBlocks live, Func<MetadataWriter> newTable)
    {
        (_plan, _image, _blocks, Live) = (plan, image, blocks, live);
        (Inodes, Listings) = (newTable(), newTable());
        _inodeWriter = new InodeTableWriter(Inodes, blocks, image.Image.Superblock.BlockSize);
        _listingWriter = new ListingWriter(Listings);
        _references = new ulong[plan.Highest];
        Array.Fill(_references, SquashFsFormat.NoTable);
    }

    public MetadataWriter Inodes { get; }

    public MetadataWriter Listings { get; }

    public UsedBlocks Live { get; }

    /// <summary>The new locations of files' blocks; null if they have not moved.</summary>
    public Compacting.MovedFiles? Moved { get; init; }

    /// <summary>References to the inodes by number, from 1 on; all ones for unused numbers.</summary>
    public ReadOnlySpan<ulong> References => _references;

    /// <summary>The reference to the root.</summary>
    public ulong Root => _references[_plan.Directories[0].Number - 1];

    public void Write(CancellationToken cancellation)
    {
        for (var i = _plan.Directories.Count - 1; i >= 0; i--)
        {
            cancellation.ThrowIfCancellationRequested();
            WriteEntries(_plan.Directories[i]);
        }

        WriteFillers();
        WriteDirectory(_plan.Directories[0].Number, _plan.Highest + 1);
        Inodes.Flush();
        Listings.Flush();
    }

    private void WriteEntries(PlannedDirectory directory)
    {
        _batch.Clear();
        if (directory.Names is { } names)
        {
            foreach (var (name, _, number, kind) in names)
            {
                Add(directory, name, number, kind, record: -1);
            }
        }
        else
        {
            var listing = _image.ListingAt(directory.Record);
            while (listing.MoveNext())
            {
                Add(directory, listing.Name, listing.Number, listing.Kind, _image.Inodes.Find(listing.Number, listing.Reference));
            }
        }

        directory.Listing = _listingWriter.Write(_batch.Entries, _batch.Names);
        _written.Add(directory.Number, directory);
    }

    private void Add(PlannedDirectory directory, ReadOnlySpan<byte> name, uint number, EntryKind kind, int record)
    {
        ref var reference = ref _references[number - 1];
        if (kind == EntryKind.Directory)
        {
            directory.Links++;
            WriteDirectory(number, directory.Number);
        }
        else if (reference == SquashFsFormat.NoTable)
        {
            reference = WriteEntry(number, record).Value;
        }

        _batch.Add(name, kind, number, new InodeReference(reference));
    }

    private void WriteDirectory(uint number, uint parent)
    {
        _written.Remove(number, out var directory);
        var header = directory!.Changed is { } changed ? InodeTableWriter.HeaderOf(changed) : _image.Inodes.HeaderAt(directory.Record);
        var xattrs = directory.Changed?.Xattrs ?? _image.Inodes.DirectoryAt(directory.Record).Xattrs;
        _references[number - 1] = _inodeWriter.WriteDirectory(header, directory.Links, xattrs, directory.Listing!, parent).Value;
    }

    private InodeReference WriteEntry(uint number, int record)
    {
        if (_plan.Changed.TryGetValue(number, out var changed))
        {
            _inodeWriter.Write(changed);
            CountLive(changed);
            return changed.Reference;
        }

        if (record < 0 && !_image.Inodes.TryFind(number, out record))
        {
            throw new TreeException(TreeFailure.Corrupt, $"Inode {number} is neither changed nor in the generation before.");
        }

        if (_image.Inodes.KindAt(record) == EntryKind.File)
        {
            var file = _image.Inodes.FileAt(record);
            Live.AddRun(file.Start, file.StoredBefore(file.BlockCount));
            Live.AddFragment(file.Fragment);
            return _inodeWriter.WriteAsIs(Moved is null ? _image.Inodes.RecordAt(record) : Moved.RecordAt(record));
        }

        return _inodeWriter.WriteAsIs(_image.Inodes.RecordAt(record));
    }

    private void CountLive(PlannedInode inode)
    {
        if (inode.Content is not { } content)
        {
            return;
        }

        Live.AddFragment(content.Fragment);
        var blockSize = _image.Image.Superblock.BlockSize;
        var count = content.Fragment == SquashFsFormat.NoFragment ? (inode.Size + blockSize - 1) / blockSize : inode.Size / blockSize;
        var stored = 0L;
        var next = content.FirstBlock;
        for (var block = 0L; block < count; block++)
        {
            if (!content.IsZeros(block))
            {
                stored += (content.KeptSizes?[block] ?? _blocks[next++].Size) & ~SquashFsFormat.DataUncompressed;
            }
        }

        Live.AddRun(content.StartIn(_blocks), stored);
    }

    /// <summary>Some readers (7z) require as many inodes as the superblock counts. So unused numbers get inodes without names.</summary>
    private void WriteFillers()
    {
        for (var number = 1u; number <= _plan.Highest; number++)
        {
            if (!_plan.Reached[(int)number])
            {
                Inodes.Write(new RawInodeHeader { Type = (ushort)InodeType.Fifo, Number = number });
                Inodes.Write(new RawIpc { LinkCount = 0 });
            }
        }
    }
}
