using CondaFuse.Images.Zip.Reading;
using CondaFuse.Images.Zip.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.Zip;

/// <summary>
/// A zip archive as a tree. Opening reads the end record and the central directory; an entry's local header is read when its content is first
/// needed. Thread-safe. Every failure is a <see cref="TreeException"/>, damage an <see cref="ImageException"/>.
/// </summary>
public sealed class ZipTree : INumberedTree
{
    private readonly ImageFile _file;
    private readonly EntryReader _entries;

    private ZipTree(ImageFile file)
    {
        _file = file;
        var tail = ArchiveTail.Of(file);
        file.Guard(now => ArchiveTail.Of(now) == tail);
        End = EndRecord.Read(file);
        Record = ZipRecord.Read(file, End);
        Table = ZipTreeBuilder.Build(file, End, Record);
        _entries = new EntryReader(file, End.Directory, Table);
    }

    /// <inheritdoc/>
    public TreeTotals Totals => new(Table.InodeCount - 1, _file.Length, ZipContentReader.ChunkBytes);

    /// <inheritdoc/>
    public bool MayHaveXattrs => false;

    /// <inheritdoc/>
    public ulong HighestInode => Record?.Raw.HighestInode ?? (ulong)Table.InodeCount - 1;

    internal EndRecord End { get; }

    internal EntryTable Table { get; }

    /// <summary>The archive's private record; null for another tool's archive.</summary>
    internal ZipRecord? Record { get; }

    /// <summary>Its file.</summary>
    internal ImageFile File => _file;

    internal EntryReader Entries => _entries;

    /// <summary>Opens an archive.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ImageException">It is not an archive, or its central directory is damaged or does not describe a tree.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ZipTree Open(string path) => Open(new ImageFile(path));

    /// <summary>Opens an archive. Disposing it closes the file, and so does a failure.</summary>
    internal static ZipTree Open(ImageFile file)
    {
        try
        {
            return new ZipTree(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Attributes GetAttributes(NodeId node)
    {
        var number = NumberOf(node);
        ref readonly var inode = ref Table.Inode(number);
        var (user, group) = inode.IsOwnerLocal ? _entries.ReadOwner(inode) : (inode.UserId, inode.GroupId);
        var modified = new Timestamp(inode.Seconds, inode.Nanoseconds);
        var isDirectory = inode.Kind == EntryKind.Directory;
        return new Attributes
        {
            Node = node,
            Inode = Table.NumberOf(number),
            Kind = inode.Kind,
            Permissions = inode.Permissions,
            UserId = user,
            GroupId = group,
            LinkCount = (uint)(isDirectory ? inode.Links + 1 : inode.Links),
            Size = isDirectory ? inode.Names : inode.Kind is EntryKind.File or EntryKind.Symlink ? inode.Size : 0,
            Modified = modified,
            Changed = new Timestamp(inode.ChangedSeconds, inode.ChangedNanoseconds),
            DeviceMajor = inode.DeviceMajor,
            DeviceMinor = inode.DeviceMinor,
        };
    }

    /// <inheritdoc/>
    public bool TryLookup(NodeId directory, ReadOnlySpan<byte> name, out Attributes attributes)
    {
        var link = Table.Find(NumberOf(directory, EntryKind.Directory), name);
        attributes = link < 0 ? default : GetAttributes(new NodeId((ulong)Table.Link(link).Inode));
        return link >= 0;
    }

    /// <inheritdoc/>
    public bool TryFindInode(ulong number, out NodeId node)
    {
        var inode = Table.FindNumber(number);
        node = new NodeId((ulong)inode);
        return inode > 0;
    }

    /// <summary>The archive's prefix table (<see cref="PackOptions.PrefixTable"/>), which may contain anything.</summary>
    /// <param name="longest">How many bytes of it to read.</param>
    /// <returns>Its first bytes; null if there is none.</returns>
    /// <exception cref="ImageException">It is damaged.</exception>
    public byte[]? ReadPrefixTable(int longest = ZipPrivateFormat.MaxPrefixTable) => ZipPrefixTable.Read(_file, Record, longest);

    /// <inheritdoc/>
    public ulong GetParentInode(NodeId directory) => Table.NumberOf(Table.Inode(NumberOf(directory, EntryKind.Directory)).Parent);

    /// <inheritdoc/>
    public void ReadDirectory(NodeId directory, ulong after, IDirectorySink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        var names = Table.NamesOf(Table.Inode(NumberOf(directory, EntryKind.Directory)));
        var first = after < DirectoryEntry.FirstCookie ? 0 : (long)Math.Min(after - DirectoryEntry.FirstCookie + 1, (ulong)names.Length);
        for (var i = (int)first; i < names.Length; i++)
        {
            var link = Table.Link(names[i]);
            var entry = new DirectoryEntry(
                new NodeId((ulong)link.Inode), Table.NumberOf(link.Inode), Table.Inode(link.Inode).Kind, DirectoryEntry.FirstCookie + (ulong)i);
            if (!sink.TryAdd(Table.NameOf(link), entry))
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public int Read(NodeId file, long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return _entries.Read(NumberOf(file, EntryKind.File), offset, destination);
    }

    /// <inheritdoc/>
    public int ReadLink(NodeId symlink, Span<byte> destination)
    {
        const int longest = 4095;
        var number = NumberOf(symlink, EntryKind.Symlink);
        var length = Table.Inode(number).Size;
        if (length is 0 or > longest)
        {
            throw new ImageException(ImageFault.SymlinkLength, $"{_file.Path}: inode {number} is a symlink to a name of {length} bytes.");
        }

        if (length > destination.Length)
        {
            throw new TreeException(TreeFailure.RangeTooSmall, $"A target of {length} bytes does not fit into {destination.Length}.");
        }

        destination = destination[.._entries.Read(number, 0, destination[..(int)length])];
        return destination.Contains((byte)0)
            ? throw new ImageException(ImageFault.SymlinkLength, $"{_file.Path}: inode {number} is a symlink to a name with a NUL.")
            : destination.Length;
    }

    /// <inheritdoc/>
    public bool TryGetXattr(NodeId node, ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        NumberOf(node);
        length = 0;
        return false;
    }

    /// <inheritdoc/>
    public int ListXattrs(NodeId node, Span<byte> destination)
    {
        NumberOf(node);
        return 0;
    }

    /// <inheritdoc/>
    public IReadOnlyList<StoredRange> StoredReads => _file.Reads;

    /// <inheritdoc/>
    public void Trim() => _entries.Trim();

    /// <inheritdoc/>
    public void Dispose()
    {
        _entries.Dispose();
        _file.Dispose();
    }

    private int NumberOf(NodeId node) =>
        node.Value is > 0 and <= int.MaxValue && (int)node.Value < Table.InodeCount && Table.Inode((int)node.Value).Links > 0
            ? (int)node.Value
            : throw new TreeException(TreeFailure.NotFound, $"{_file.Path}: there is no entry {node.Value}.");

    private int NumberOf(NodeId node, EntryKind kind)
    {
        var number = NumberOf(node);
        var found = Table.Inode(number).Kind;
        return found == kind ? number : throw kind switch
        {
            EntryKind.Directory => new TreeException(TreeFailure.NotADirectory, $"Inode {number} is a {found}."),
            EntryKind.File when found == EntryKind.Directory => new TreeException(TreeFailure.IsADirectory, $"Inode {number} is a directory."),
            _ => new TreeException(TreeFailure.WrongKind, $"Inode {number} is a {found}, not a {kind}."),
        };
    }
}
