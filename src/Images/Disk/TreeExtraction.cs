using System.Buffers;
using System.Runtime.ExceptionServices;
using CondaFuse.Platform;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Disk;

/// <summary>
/// One extraction. It creates directories and entries without content from the top, writes files on several threads, creates further hard links, and
/// finally restores the attributes of directories from the bottom up, when nothing below them changes any more.
/// </summary>
internal sealed class TreeExtraction : IDisposable
{
    private const int ChunkBytes = 1 << 20;
    private const uint DirectoryOfOwner = 0x1C0; // 0o700: until it is restored
    private const uint FileOfOwner = 0x180; // 0o600

    private readonly IReadableTree _tree;
    private readonly string _path;
    private readonly ExtractOptions _options;
    private readonly Action<string> _warn;
    private readonly IProgress<long>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly SafeFileHandle _root;
    private readonly DirectoryHandles _handles;
    private readonly EntryRestorer _restorer;
    private readonly List<ExtractedEntry> _directories = [];
    private readonly List<ExtractedEntry> _files = [];
    private readonly List<(DiskNode Place, DiskNode First)> _links = [];
    private readonly Dictionary<ulong, DiskNode> _linked = [];
    private readonly HashSet<DiskNode> _leftOut = [];
    private readonly HashSet<NodeId> _seen = [];
    private readonly uint _user = Identity.UserId;
    private EntryCounts _counts;
    private long _bytes;

    public TreeExtraction(
        IReadableTree tree, SafeFileHandle root, string path, ExtractOptions options, Action<string> warn, IProgress<long>? progress,
        CancellationToken cancellation)
    {
        (_tree, _path, _options, _warn, _progress, _cancellation) = (tree, path, options, warn, progress, cancellation);
        _restorer = new EntryRestorer(tree, options, warn);
        _root = root;
        _handles = new DirectoryHandles(root);
    }

    /// <summary>Extracts the whole tree.</summary>
    /// <returns>Number of inodes per kind, and bytes of content.</returns>
    public (EntryCounts Counts, long ContentBytes) Run()
    {
        MakeDirectories();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Threads, CancellationToken = _cancellation };
        try
        {
            Parallel.ForEach(_files, parallel, file => Guard(file.Place, file, FillFile));
        }
        catch (AggregateException exception) when (exception.InnerException is TreeException inner)
        {
            ExceptionDispatchInfo.Throw(inner);
        }

        foreach (var link in _links)
        {
            Guard(link.Place, link, MakeLink);
        }

        for (var i = _directories.Count - 1; i >= 0; i--)
        {
            _cancellation.ThrowIfCancellationRequested();
            Guard(_directories[i].Place, _directories[i], Restore);
        }

        _restorer.Report();
        return (_counts, _bytes);
    }

    /// <summary>Removes what was extracted, as far as possible: a partial tree is useless, and the directory was empty before.</summary>
    public void Undo()
    {
        try
        {
            EntryRemoval.Below(_root);
        }
        catch (PlatformException)
        {
            // The original failure says more; the directory is then not empty.
        }
    }

    public void Dispose() => _handles.Dispose();

    private void MakeDirectories()
    {
        var root = new ExtractedEntry(new DiskNode(parent: null, []), _tree.GetAttributes(NodeId.Root));
        _seen.Add(NodeId.Root);
        var pending = new Stack<ExtractedEntry>([root]);
        while (pending.TryPop(out var directory))
        {
            _cancellation.ThrowIfCancellationRequested();
            _directories.Add(directory);
            _counts = _counts.Plus(EntryKind.Directory);
            var names = new EntryCollector();
            Guard(directory.Place, names, list => _tree.ReadDirectory(directory.Attributes.Node, 0, list));
            foreach (var (name, node) in names.Entries)
            {
                var entry = new ExtractedEntry(new DiskNode(directory.Place, name), _tree.GetAttributes(node));
                Guard(entry.Place, entry, MakeEntry);
                if (entry.Attributes.Kind == EntryKind.Directory)
                {
                    pending.Push(entry);
                }
            }
        }
    }

    private void MakeEntry(ExtractedEntry entry)
    {
        var attributes = entry.Attributes;
        if (attributes.Kind != EntryKind.Directory && attributes.LinkCount > 1 && !_linked.TryAdd(attributes.Inode, entry.Place))
        {
            _links.Add((entry.Place, _linked[attributes.Inode]));
            return;
        }

        using var directory = _handles.OfParent(entry.Place);
        switch (attributes.Kind)
        {
            case EntryKind.Directory:
                if (!_seen.Add(attributes.Node))
                {
                    throw new TreeException(TreeFailure.Corrupt, $"{_path}/{NodeTable.PathOf(entry.Place)}: this directory lies in two places.");
                }

                EntryCreation.Directory(directory, entry.Place.Name, DirectoryOfOwner);
                return;
            case EntryKind.File:
                _files.Add(entry);
                _counts = _counts.Plus(EntryKind.File);
                return;
            case EntryKind.Symlink:
                Span<byte> target = stackalloc byte[4096];
                SymbolicLinks.Create(directory, entry.Place.Name, target[.._tree.ReadLink(attributes.Node, target)]);
                break;
            default:
                if (!TryMakeNode(directory, entry))
                {
                    return;
                }

                break;
        }

        _counts = _counts.Plus(attributes.Kind);
        RestoreMade(directory, entry);
    }

    /// <summary>Restores an entry that was created by name and has no descriptor yet, if the name still leads to that entry.</summary>
    private void RestoreMade(HandleLease directory, in ExtractedEntry entry)
    {
        using var reference = EntryOpening.Reference(directory, entry.Place.Name);
        using var lease = new HandleLease(reference);
        var found = FileStatus.Of(lease, []);
        if (_user == 0 && (found.Type != DiskKind.TypeOf(entry.Attributes.Kind) || found.Links != 1 || found.UserId != _user))
        {
            // An ordinary user can only change their own entries; but root must not change an entry that was put here instead.
            throw new TreeException(TreeFailure.AccessDenied, "Another process replaced the entry while it was extracted.");
        }

        _restorer.Restore(lease, entry.Attributes);
    }

    private bool TryMakeNode(HandleLease directory, in ExtractedEntry entry)
    {
        var attributes = entry.Attributes;
        if (attributes.Kind is EntryKind.BlockDevice or EntryKind.CharacterDevice && !_options.PreserveSpecial)
        {
            _warn("Devices were left out.");
            _leftOut.Add(entry.Place);
            return false;
        }

        try
        {
            EntryCreation.Node(
                directory, entry.Place.Name, DiskKind.TypeOf(attributes.Kind), attributes.Permissions, attributes.DeviceMajor,
                attributes.DeviceMinor);
            return true;
        }
        catch (PlatformException exception) when (exception.Errno == Errno.EPERM)
        {
            _warn($"{NodeTable.PathOf(entry.Place)}: only root can create a {attributes.Kind}; it was left out.");
            _leftOut.Add(entry.Place);
            return false;
        }
    }

    private void FillFile(ExtractedEntry entry)
    {
        using var directory = _handles.OfParent(entry.Place);
        if (!TryLink(directory, entry))
        {
            using var file = EntryOpening.NewFile(directory, entry.Place.Name, FileOfOwner);
            Copy(entry.Attributes, file);
            using var lease = new HandleLease(file);
            _restorer.Restore(lease, entry.Attributes);
        }

        var bytes = Interlocked.Add(ref _bytes, entry.Attributes.Size);
        _progress?.Report(bytes);
    }

    /// <summary>
    /// A hard link belongs to the file's owner; but after an extraction without owners, everything must belong to the extracting user.
    /// </summary>
    private bool TryLink(HandleLease directory, in ExtractedEntry entry) =>
        _options.Links is { } links
        && (_options.KeepOwners || entry.Attributes.UserId == _user)
        && (_options.PreserveSpecial || (entry.Attributes.Permissions & 0xC00) == 0)
        && links.TryLink(entry.Attributes.Node, directory, entry.Place.Name);

    /// <summary>Copies content; runs of zeros become holes.</summary>
    private void Copy(in Attributes attributes, SafeFileHandle file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(ChunkBytes, Math.Max(attributes.Size, 1)));
        try
        {
            var chunk = buffer.AsSpan(0, Math.Min(ChunkBytes, buffer.Length));
            var endsWithHole = false;
            for (long offset = 0; offset < attributes.Size;)
            {
                _cancellation.ThrowIfCancellationRequested();
                if (_tree.NextContent(attributes.Node, offset) is var next && next > offset)
                {
                    (offset, endsWithHole) = (next, true);
                    continue;
                }

                var read = _tree.Read(attributes.Node, offset, chunk[..(int)Math.Min(chunk.Length, attributes.Size - offset)]);
                if (read == 0)
                {
                    throw new TreeException(TreeFailure.Corrupt, $"The content ends at {offset} of {attributes.Size} bytes.");
                }

                endsWithHole = !chunk[..read].ContainsAnyExcept((byte)0);
                if (!endsWithHole)
                {
                    RandomAccess.Write(file, chunk[..read], offset);
                }

                offset += read;
            }

            if (endsWithHole)
            {
                RandomAccess.SetLength(file, attributes.Size);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void MakeLink((DiskNode Place, DiskNode First) link)
    {
        if (_leftOut.Contains(link.First))
        {
            return;
        }

        using var from = _handles.OfParent(link.First);
        using var to = _handles.OfParent(link.Place);
        EntryCreation.HardLink(from, link.First.Name, to, link.Place.Name);
    }

    private void Restore(ExtractedEntry directory)
    {
        using var lease = _handles.Of(directory.Place);
        _restorer.Restore(lease, directory.Attributes);
    }

    /// <summary>Adds the entry's path to any failure.</summary>
    private void Guard<T>(DiskNode place, T argument, Action<T> action)
    {
        try
        {
            action(argument);
        }
        catch (PlatformException exception)
        {
            throw DiskFailure.Of(exception, Path.Combine(_path, NodeTable.PathOf(place)));
        }
        catch (TreeException exception)
        {
            throw new TreeException(exception.Failure, $"{Path.Combine(_path, NodeTable.PathOf(place))}: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new TreeException(TreeFailure.Storage, $"{Path.Combine(_path, NodeTable.PathOf(place))}: {exception.Message}", exception);
        }
    }
}
