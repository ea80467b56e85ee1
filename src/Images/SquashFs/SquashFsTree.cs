using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs;

/// <summary>
/// A SquashFS 4.0 image as a tree. Nothing is read before it is needed, so that opening costs the same for every image. Thread-safe; all threads
/// share a cache of about 8 MB of blocks. Every failure is an <see cref="ImageException"/>.
/// </summary>
public sealed class SquashFsTree : INumberedTree
{
    private readonly OpenImage _image;
    private readonly Superblock _superblock;
    private readonly InodeReader _inodes;
    private readonly DirectoryReader _directories;
    private readonly FileReader _files;
    private readonly IdTable _ids;
    private readonly XattrReader? _xattrs;
    private readonly TimesTable? _times;
    private readonly LookupTable<ulong>? _export;
    private readonly Lazy<InodeScan> _scan;

    private SquashFsTree(OpenImage image)
    {
        _image = image;
        _superblock = image.Superblock;
        var (file, metadata) = (image.File, image.Metadata);
        ref readonly var raw = ref _superblock.Raw;
        var end = _superblock.BytesUsed;
        _ids = new IdTable(file, _superblock, metadata);
        _inodes = new InodeReader(file, _superblock, metadata);
        _directories = new DirectoryReader(_superblock, metadata);
        var fragments = new LookupTable<RawFragment>(
            file, metadata, "fragment", raw.FragmentCount > 0 ? (long)raw.FragmentTable : end, end, raw.FragmentCount);
        _files = new FileReader(file, _superblock, new BlockMap(_superblock, metadata, file.Path), image.Data, fragments);
        _xattrs = raw.XattrTable == SquashFsFormat.NoTable ? null : new XattrReader(file, _superblock, metadata);
        _export = raw.ExportTable == SquashFsFormat.NoTable
            ? null
            : new LookupTable<ulong>(file, metadata, "export", (long)raw.ExportTable, end, raw.InodeCount);
        _scan = new Lazy<InodeScan>(() => new InodeScan(_inodes, metadata, _superblock.InodeTable, file.Path));
        Record = image.Record;
        _times = Record is { Raw.TimesTable: > 0 } record ? new TimesTable(file, _superblock, metadata, record.Raw) : null;
        Inode(NodeId.Root, EntryKind.Directory, out _);
    }

    /// <inheritdoc/>
    public TreeTotals Totals =>
        new(
            Record is null ? _superblock.Raw.InodeCount : ImageSummary.CountsOf(Record.Raw.Counts).Total,
            _superblock.BytesUsed,
            _superblock.BlockSize);

    /// <inheritdoc/>
    public bool MayHaveXattrs => _xattrs is { IsEmpty: false };

    /// <inheritdoc/>
    public ulong HighestInode => Math.Max(Record?.Raw.HighestInode ?? (_export is null ? _scan.Value.Highest : 0), _superblock.Raw.InodeCount);

    internal PrivateRecord? Record { get; }

    internal OpenImage Image => _image;

    /// <summary>Opens an image.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ImageException">It is not an image, is damaged, or needs an unsupported feature.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SquashFsTree Open(string path) => Open(OpenImage.Open(path));

    /// <summary>Opens a generation that the image still holds.</summary>
    /// <param name="path">The file.</param>
    /// <param name="generation">Its number.</param>
    /// <exception cref="ImageException"><see cref="ImageFault.NoGeneration"/>, or as above.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SquashFsTree Open(string path, long generation) =>
        Open(OpenImage.Open(new ImageFile(path), file => Generation.Find(file, generation)));

    /// <summary>The same for a caller that has compared all blocks with their checksums.</summary>
    internal static SquashFsTree OpenCompared(string path, long generation) =>
        Open(OpenImage.Open(new ImageFile(path), file => Generation.Find(file, generation), compare: false));

    /// <summary>Opens an image that the caller opened through a storage.</summary>
    internal static SquashFsTree Open(ImageFile file) => Open(OpenImage.Open(file, Generation.Current));

    private static SquashFsTree Open(OpenImage image)
    {
        try
        {
            return new SquashFsTree(image);
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Attributes GetAttributes(NodeId node)
    {
        _inodes.Read(SquashFsNode.ReferenceOf(node, _superblock), out var inode);
        return AttributesOf(node, inode);
    }

    /// <inheritdoc/>
    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        Inode(directory, EntryKind.Directory, out var inode);
        if (!_directories.TryFind(inode, name, out var reference))
        {
            attributes = default;
            return false;
        }

        attributes = GetAttributes(SquashFsNode.Of(reference, _superblock));
        return true;
    }

    /// <inheritdoc/>
    public bool TryFindInode(ulong number, out NodeId node)
    {
        node = default;
        if (number == 0)
        {
            return false;
        }

        if (!TryFindExported(number, out var reference)
            && ((Record is not null && _export is not null) || !_scan.Value.TryFind(number, out reference)))
        {
            return false;
        }

        node = SquashFsNode.Of(reference, _superblock);
        return true;
    }

    /// <summary>The prefix table of the generation (<see cref="PackOptions.PrefixTable"/>), which may contain anything.</summary>
    /// <param name="longest">How many bytes of it to read.</param>
    /// <returns>Its first bytes; null if there is none.</returns>
    /// <exception cref="ImageException">It is damaged.</exception>
    public byte[]? ReadPrefixTable(int longest = PrivateFormat.MaxPrefixTable) => StoredPrefixTable.Read(_image, Record, longest);

    /// <summary>The parts of files that are used first after a mount, as the image lists them. They may be of any files, existing or not.</summary>
    /// <returns>Null if there is no list, or it is damaged.</returns>
    public IReadOnlyList<UsedRange>? ReadFirstUses() => StoredFirstUses.TryRead(_image, Record) is { } list ? FirstUseList.TryParse(list) : null;

    /// <summary>The part of the file with the tables: everything after the content of the newest generation, without the private tables.</summary>
    public StoredRange Tables => new(_superblock.InodeTable.Start, _superblock.BytesUsed - _superblock.InodeTable.Start);

    /// <summary>Adds the parts of the image's file that store a part of a file's content.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Start of the part.</param>
    /// <param name="length">Its length; it may extend beyond the end of the file.</param>
    /// <param name="parts">Receives them, a block each.</param>
    /// <exception cref="ImageException">The image is damaged.</exception>
    /// <exception cref="TreeException">It is not a file.</exception>
    public void Locate(NodeId file, long offset, long length, ICollection<StoredRange> parts)
    {
        Inode(file, EntryKind.File, out var inode);
        if (offset < inode.Size)
        {
            _files.VisitBlocks(inode, offset, length, (position, stored) => parts.Add(new StoredRange(position, stored)));
        }
    }

    /// <inheritdoc/>
    public ulong GetParentInode(NodeId directory)
    {
        Inode(directory, EntryKind.Directory, out var inode);
        return directory == NodeId.Root ? inode.Header.Number : inode.Parent;
    }

    /// <inheritdoc/>
    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        Inode(directory, EntryKind.Directory, out var inode);
        _directories.List(directory, inode, after, sink);
    }

    /// <inheritdoc/>
    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        Inode(file, EntryKind.File, out var inode);
        return _files.Read(inode, offset, destination);
    }

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        Inode(symlink, EntryKind.Symlink, out var inode);
        var length = (int)inode.Size;
        if (length > destination.Length)
        {
            throw new TreeException(TreeFailure.RangeTooSmall, $"A target of {length} bytes does not fit into {destination.Length}.");
        }

        var cursor = new MetadataCursor(_image.Metadata, _superblock.InodeTable, inode.TailBlock, inode.TailOffset);
        try
        {
            cursor.Read(destination[..length]);
        }
        finally
        {
            cursor.Dispose();
        }

        return length;
    }

    /// <inheritdoc/>
    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        length = 0;
        return HasXattrs(node, out var set) && _xattrs!.TryGet(set, name, destination, out length);
    }

    /// <inheritdoc/>
    public int ListXattrs(NodeId node, Span<byte> destination) => HasXattrs(node, out var set) ? _xattrs!.List(set, destination) : 0;

    /// <inheritdoc/>
    public void VisitXattrs(NodeId node, XattrVisitor visit)
    {
        if (HasXattrs(node, out var set))
        {
            _xattrs!.Visit(set, visit);
        }
    }

    /// <inheritdoc/>
    public long NextContent(NodeId file, long offset)
    {
        Inode(file, EntryKind.File, out var inode);
        return _files.NextContent(inode, offset);
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredRange> StoredReads => _image.File.Reads;

    /// <inheritdoc/>
    public bool HasFirstUses => Record is { Tail.FirstUses: > 0 };

    /// <inheritdoc/>
    public void Trim()
    {
        _image.Metadata.Trim();
        _image.Data.Trim();
    }

    /// <inheritdoc/>
    public void Dispose() => _image.Dispose();

    /// <summary>Index of an entry's extended attributes, which entries may share; null if it has none.</summary>
    internal uint? XattrSetOf(NodeId node) => HasXattrs(node, out var set) ? set : null;

    /// <summary>Visits the positions of all stored blocks with a file's content.</summary>
    internal void VisitBlocks(NodeId file, Action<long> visit)
    {
        Inode(file, EntryKind.File, out var inode);
        _files.VisitBlocks(inode, 0, inode.Size, (position, _) => visit(position));
    }

    /// <summary>Looks up the export table. Other tools' tables are checked against the inodes that they refer to.</summary>
    private bool TryFindExported(ulong number, out InodeReference reference)
    {
        reference = default;
        if (_export is null || number > (ulong)_export.Count)
        {
            return false;
        }

        reference = new InodeReference(_export[(long)number - 1]);
        if (reference.Value == ulong.MaxValue || Record is not null)
        {
            return reference.Value != ulong.MaxValue;
        }

        _inodes.Read(reference, out var inode);
        return inode.Header.Number == number;
    }

    private bool HasXattrs(NodeId node, out uint set)
    {
        if (_xattrs is null)
        {
            set = 0;
            return false;
        }

        _inodes.Read(SquashFsNode.ReferenceOf(node, _superblock), out var inode);
        set = inode.Xattrs;
        return set != SquashFsFormat.NoXattrs;
    }

    private void Inode(NodeId node, EntryKind kind, out Inode inode)
    {
        _inodes.Read(SquashFsNode.ReferenceOf(node, _superblock), out inode);
        if (inode.Kind == kind)
        {
            return;
        }

        throw kind switch
        {
            EntryKind.Directory when node == NodeId.Root => new ImageException(ImageFault.Root, $"{_image.File.Path}: the root is a {inode.Kind}."),
            EntryKind.Directory => new TreeException(TreeFailure.NotADirectory, $"Inode {inode.Header.Number} is a {inode.Kind}."),
            EntryKind.File when inode.Kind == EntryKind.Directory =>
                new TreeException(TreeFailure.IsADirectory, $"Inode {inode.Header.Number} is a directory."),
            _ => new TreeException(TreeFailure.WrongKind, $"Inode {inode.Header.Number} is a {inode.Kind}, not a {kind}."),
        };
    }

    private Attributes AttributesOf(NodeId node, in Inode inode)
    {
        if (_times is null || !_times.TryGet(inode.Header.Number, out var modified, out var changed))
        {
            modified = changed = new Timestamp(inode.Header.ModificationTime);
        }

        var (major, minor) = DeviceNumber.Decode(inode.Device);
        return new Attributes
        {
            Node = node,
            Inode = inode.Header.Number,
            Kind = inode.Kind,
            Permissions = (ushort)(inode.Header.Permissions & 0xFFF),
            UserId = _ids[inode.Header.UserIndex],
            GroupId = _ids[inode.Header.GroupIndex],
            LinkCount = inode.LinkCount,
            Size = inode.Size,
            Modified = modified,
            Changed = changed,
            DeviceMajor = major,
            DeviceMinor = minor,
        };
    }
}
