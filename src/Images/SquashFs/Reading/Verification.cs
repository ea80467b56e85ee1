using System.Text;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>One verification: checksums first, then the tree from the top, then the content of files on several threads.</summary>
/// <param name="tree">The generation.</param>
/// <param name="threads">Threads that read content.</param>
/// <param name="damage">Stored blocks that do not match their checksums.</param>
/// <param name="progress">Receives the number of bytes of content read.</param>
/// <param name="cancellation">Cancels.</param>
internal sealed class Verification(SquashFsTree tree, int threads, BlockDamage damage, IProgress<long>? progress, CancellationToken cancellation)
{
    private const int ChunkBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly List<VerifyFinding> _findings = [];
    private readonly HashSet<NodeId> _directories = [NodeId.Root];
    private readonly Dictionary<ulong, (Attributes Attributes, uint Names, EntryPath Path)> _inodes = [];
    private readonly HashSet<uint> _xattrSets = [];
    private EntryCounts _counts = default(EntryCounts).Plus(EntryKind.Directory);
    private long _names;
    private long _bytes;

    /// <summary>Runs the verification.</summary>
    /// <param name="isRead">Whether to read an inode's content; the totals are compared only if all content is read.</param>
    public VerifyResult Run(Func<ulong, bool>? isRead)
    {
        CheckSums();
        Walk();
        var files = _inodes.Values.Where(inode => inode.Attributes.Kind == EntryKind.File && isRead?.Invoke(inode.Attributes.Inode) != false);
        Parallel.ForEach(
            files,
            new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
            file => Try(file.Path, () => ReadFile(file.Attributes, file.Path)));
        CheckTotals(isRead is null);
        return new VerifyResult(_findings, _counts, _bytes, 0);
    }

    private void CheckSums()
    {
        PrivateRecord.Read(tree.Image.File, tree.Image.Superblock, out var isStale);
        Demand(!isStale, ImageFault.Record, EntryPath.Root, "the superblock is not the one that the private record was written for");
        if (tree.Record is not { } record)
        {
            return;
        }

        ref readonly var raw = ref record.Raw;
        ref readonly var superblock = ref tree.Image.Superblock.Raw;
        Demand(
            ChecksumVerification.Matches(tree.Image, raw.PrivateTables, record.Start, raw.PrivateTablesChecksum, cancellation),
            ImageFault.Checksum, EntryPath.Root, "the private tables do not match their checksum");
        Try(EntryPath.Root, () => tree.ReadPrefixTable());
        Demand(
            ChecksumVerification.Matches(tree.Image, superblock.InodeTable, superblock.BytesUsed, raw.TablesChecksum, cancellation),
            ImageFault.Checksum, EntryPath.Root, "the tables of inodes, directories and what follows them do not match their checksum");
    }

    private void Walk()
    {
        var pending = new Stack<(NodeId Node, ulong Inode, EntryPath Path)>([(NodeId.Root, tree.GetAttributes(NodeId.Root).Inode, EntryPath.Root)]);
        while (pending.TryPop(out var directory) && _findings.Count < Verifier.MaxFindings)
        {
            cancellation.ThrowIfCancellationRequested();
            var listing = new EntryCollector();
            Try(directory.Path, () => tree.ReadDirectory(directory.Node, 0, listing));
            if (OutOfOrder(listing.Entries) is { } name)
            {
                Add(ImageFault.EntryOrder, directory.Path, $"The name {Encoding.UTF8.GetString(name)} is out of order.");
            }

            foreach (var listed in listing.Entries)
            {
                _names++;
                cancellation.ThrowIfCancellationRequested();
                var path = new EntryPath(directory.Path, listed.Name);
                Try(path, () => Inspect(directory.Node, directory.Inode, listed.Name, listed.Entry, path, pending));
            }
        }
    }

    /// <summary>The first name that is not greater than the previous one; null if the names are in order.</summary>
    private static byte[]? OutOfOrder(IReadOnlyList<CollectedEntry> entries) =>
        entries.Zip(entries.Skip(1), (before, name) => name.Name.AsSpan().SequenceCompareTo(before.Name) <= 0 ? name.Name : null)
            .FirstOrDefault(name => name is not null);

    private void Inspect(
        NodeId directory, ulong directoryInode, byte[] name, DirectoryEntry entry, EntryPath path, Stack<(NodeId, ulong, EntryPath)> pending)
    {
        var attributes = tree.GetAttributes(entry.Node);
        Demand(
            attributes.Inode == entry.Inode && attributes.Kind == entry.Kind,
            ImageFault.EntryInode,
            path,
            "entry and inode disagree in number or kind");
        Demand(
            tree.TryLookup(directory, name, out var found) && found.Node == entry.Node, ImageFault.Listing, path, "a lookup does not find the name");
        if (attributes.Kind == EntryKind.Directory)
        {
            if (!_directories.Add(entry.Node))
            {
                Add(ImageFault.DirectoryLoop, path, "This directory lies in two places.");
                return;
            }

            Demand(tree.GetParentInode(entry.Node) == directoryInode, ImageFault.EntryInode, path, "the directory names another parent");
            pending.Push((entry.Node, attributes.Inode, path));
        }

        if (_inodes.TryGetValue(attributes.Inode, out var known))
        {
            if (known.Attributes.Node != attributes.Node)
            {
                Add(ImageFault.EntryInode, path, $"its inode number is that of {known.Path}.");
            }

            _inodes[attributes.Inode] = known with { Names = known.Names + 1 };
            return;
        }

        _inodes.Add(attributes.Inode, (attributes, 1, path));
        _counts = _counts.Plus(attributes.Kind);
        InspectOnce(attributes);
    }

    private void InspectOnce(in Attributes attributes)
    {
        if (attributes.Kind == EntryKind.Symlink)
        {
            tree.ReadLink(attributes.Node, new byte[SquashFsFormat.MaxXattrValue]);
        }

        if (tree.XattrSetOf(attributes.Node) is { } set && _xattrSets.Add(set))
        {
            tree.VisitXattrs(attributes.Node, (_, _) => cancellation.ThrowIfCancellationRequested());
        }
    }

    private void ReadFile(in Attributes attributes, EntryPath path)
    {
        if (damage.IsAny)
        {
            NameDamage(attributes.Node, path);
        }

        var room = new byte[(int)Math.Clamp(attributes.Size, 1, ChunkBytes)];
        for (long offset = 0; offset < attributes.Size;)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = offset;
            offset = tree.NextContent(attributes.Node, offset);
            offset += offset < attributes.Size ? tree.Read(attributes.Node, offset, room) : 0;
            var bytes = Interlocked.Add(ref _bytes, offset - start);
            progress?.Report(bytes);
        }
    }

    private void NameDamage(NodeId file, EntryPath path) => tree.VisitBlocks(file, position =>
    {
        if (damage.IsAt(position))
        {
            Add(ImageFault.Checksum, path, $"The block at {position} does not match its checksum.");
        }
    });

    /// <summary>The totals in our own images must match; other tools may count differently.</summary>
    private void CheckTotals(bool isAllRead)
    {
        if (tree.Record is not { } record || _findings.Count > 0)
        {
            return;
        }

        ref readonly var raw = ref record.Raw;
        ref readonly var counts = ref raw.Counts;
        Demand(
            (long)counts.Files == _counts.Files && (long)counts.Directories == _counts.Directories && (long)counts.Symlinks == _counts.Symlinks
            && (long)counts.BlockDevices == _counts.BlockDevices && (long)counts.CharacterDevices == _counts.CharacterDevices
            && (long)counts.Fifos == _counts.Fifos && (long)counts.Sockets == _counts.Sockets && (long)raw.Names == _names,
            ImageFault.Totals, EntryPath.Root, $"the record counts other entries than the {_counts.Total} that are there");
        Demand(
            (long)raw.ContentBytes == _bytes || !isAllRead,
            ImageFault.Totals,
            EntryPath.Root,
            $"the record counts {raw.ContentBytes} bytes of content, there are {_bytes}");
        foreach (var (attributes, names, path) in _inodes.Values.Where(inode => inode.Attributes.Kind != EntryKind.Directory))
        {
            Demand(attributes.LinkCount == names, ImageFault.EntryInode, path, $"the inode counts {attributes.LinkCount} names, there are {names}");
        }
    }

    private void Demand(bool condition, ImageFault fault, EntryPath path, string message)
    {
        if (!condition)
        {
            Add(fault, path, message + ".");
        }
    }

    private void Try(EntryPath path, Action action)
    {
        try
        {
            action();
        }
        catch (ImageException exception)
        {
            Add(exception.Fault, path, exception.Message);
        }
    }

    private void Add(ImageFault fault, EntryPath path, string message)
    {
        lock (_gate)
        {
            if (_findings.Count < Verifier.MaxFindings)
            {
                _findings.Add(new VerifyFinding(fault, path.ToString(), message));
            }
        }
    }
}
