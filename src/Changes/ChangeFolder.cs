using CondaFuse.Changes.Journal;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes;

/// <summary>
/// The changes beside an image, in a folder <c>NAME.changes</c> (<c>docs/formats.md</c>). Reading modifies nothing there, and nothing is created
/// before the first change.
/// </summary>
public sealed class ChangeFolder : IChangeStore
{
    /// <summary>How often a folder is read again because its writer removed files during the read.</summary>
    private const int MaxLooks = 16;

    private readonly IStorage _storage;
    private readonly string _path;
    private readonly ChangeBase _image;
    private readonly ChangeFolderOptions _options;
    private readonly SegmentChain _chain;
    private readonly ContentFiles _content = new();
    private readonly List<long> _starts = [];

    /// <summary>A sync may be requested while writing begins.</summary>
    private readonly Lock _gate = new();
    private ChangeLog? _log;
    private IDisposable? _lock;
    private SegmentFiles? _files;
    private bool _isReplayed;
    private bool _isSynced;

    private ChangeFolder(IStorage storage, string path, ChangeBase image, ChangeFolderOptions options, SegmentChain chain)
    {
        _storage = storage;
        _path = path;
        _image = image;
        _options = options;
        _chain = chain;
        var start = 0L;
        foreach (var segment in chain.Segments)
        {
            _starts.Add(start);
            _content.Add(start, segment.Data);
            start += segment.Data.Length;
        }

        Summary = new ChangeSummary(
            chain.Segments.Sum(segment => segment.Changes),
            chain.Segments.Sum(segment => segment.Length),
            start,
            chain.Segments.Select(segment => segment.LastChange).LastOrDefault(time => time is not null));
    }

    /// <inheritdoc/>
    public ulong NextInode => _chain.Segments.Select(segment => segment.NextInode).DefaultIfEmpty().Max();

    /// <inheritdoc/>
    public FreeSpace FreeSpace
    {
        get
        {
            if (_files is not null)
            {
                return _files.FreeSpace;
            }

            using var folder = NearestFolder();
            return SegmentFiles.Space(folder);
        }
    }

    /// <summary>The changes that were there when the folder was opened.</summary>
    public ChangeSummary Summary { get; }

    /// <summary>
    /// Finds the changes of an image and reads their records. It neither replays them nor reads their content. If the image has been committed since
    /// it was read, its changes belong to another generation: read the image again then.
    /// </summary>
    /// <exception cref="ChangesException">The changes cannot be used with this image, or not by this program. They are left as they are.</exception>
    public static ChangeFolder Open(IStorage storage, string path, ChangeBase image, ChangeFolderOptions options)
    {
        for (var look = 1; ; look++)
        {
            try
            {
                using var folder = storage.TryOpenFolder(path);
                var chain = folder is null ? SegmentChain.None : SegmentChain.Open(folder, image);
                return new ChangeFolder(storage, path, image, options, chain);
            }
            catch (PlatformException e) when (e.Errno == Errno.ENOENT && look < MaxLooks)
            {
                // The writer replaced or merged the files that were just listed.
            }
            catch (PlatformException e)
            {
                throw new ChangesException(e.Errno == Errno.ENOENT ? ChangesFault.Damaged : ChangesFault.Storage, e.Message, e);
            }
        }
    }

    /// <inheritdoc/>
    public void Replay(IChangeSink sink)
    {
        try
        {
            for (var index = 0; index < _chain.Segments.Count; index++)
            {
                Replay(_chain.Segments[index], _starts[index], index == _chain.Segments.Count - 1, sink);
            }
        }
        catch (PlatformException e)
        {
            throw new ChangesException(ChangesFault.Storage, e.Message, e);
        }

        _isReplayed = true;
    }

    /// <inheritdoc/>
    public void ReadData(long offset, Span<byte> destination) => _content.Read(offset, destination);

    /// <inheritdoc/>
    public void Sync()
    {
        lock (_gate)
        {
            if (_log is null)
            {
                SyncReplayed();
                return;
            }
        }

        _log.Sync();
    }

    /// <inheritdoc/>
    public IChangeLog BeginWriting(ulong nextInode)
    {
        lock (_gate)
        {
            if (!_isReplayed || _log is not null)
            {
                throw new InvalidOperationException(
                    _isReplayed ? "Writing has already started." : "A log that was not replayed cannot be continued.");
            }

            return _log = Begin(nextInode);
        }
    }

    /// <summary>
    /// Begins a log that replaces the current one and builds on another generation of the image. Until <see cref="IReplacementLog.Commit"/>, a crash
    /// leaves everything unchanged. Afterwards the folder may only be read and disposed of.
    /// </summary>
    /// <param name="nextInode">The lowest inode number for new entries.</param>
    /// <param name="onto">The generation that it builds on.</param>
    /// <exception cref="TreeException">Same as <see cref="BeginWriting"/>; also thrown if the storage failed.</exception>
    public IReplacementLog BeginRebase(ulong nextInode, ChangeBase onto)
    {
        var log = _log ?? BeginWriting(nextInode);
        _files!.Image = onto;
        return log.BeginReplacement(nextInode);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _content.Dispose();
        _chain.Dispose();
        _files?.Dispose();
        _lock?.Dispose();
    }

    private void SyncReplayed()
    {
        if (_isSynced || _chain.Segments.Count == 0)
        {
            return;
        }

        try
        {
            // The earlier segments were synced when they were sealed.
            _chain.Segments[^1].Sync();
            _isSynced = true;
        }
        catch (PlatformException e)
        {
            throw StorageFailure.Of(e);
        }
    }

    private ChangeLog Begin(ulong nextInode)
    {
        IDisposable? taken = null;
        SegmentFiles? files = null;
        try
        {
            _storage.MakeFolder(_path).Dispose();
            taken = _options.TakeLock();

            // The previous holder of the lock may have removed the folder.
            files = new SegmentFiles(_storage.MakeFolder(_path), _options, _image);
            var log = new ChangeLog(files, _content, Earlier(), Continue(files, nextInode));
            _chain.CloseJournals();
            (_lock, _files) = (taken, files);
            return log;
        }
        catch (Exception e)
        {
            files?.Dispose();
            taken?.Dispose();
            if (e is PlatformException failure)
            {
                throw StorageFailure.OfBeginning(failure);
            }

            if (DiskFull.Is(e))
            {
                throw new TreeException(TreeFailure.NoSpace, e.Message, e);
            }

            throw;
        }
    }

    private void Replay(Segment segment, long start, bool isLast, IChangeSink sink)
    {
        var whole = segment.Length;
        segment.Replay(sink, start);
        var name = $"{_path}/{SegmentNames.Journal(segment.Number)}";
        var rest = segment.FileLength - segment.Length;
        FormatCheck.Sound(segment.Length == whole || isLast, name, $"the content of the record at byte {segment.Length} does not match its checksum");
        if (segment.Length < whole)
        {
            _options.Log(
                $"{name}: the content of the change at byte {segment.Length} did not reach the storage; it and the following {rest} bytes "
                    + $"are left out.");
        }
        else if (rest > 0)
        {
            _options.Log($"{name}: the last {rest} bytes are an incomplete record, as after an interrupted write; they are left out.");
        }
    }

    /// <summary>
    /// Checks that the changes are still those that were replayed, removes inactive files, and opens or creates the segment to append to.
    /// </summary>
    private SegmentWriter Continue(SegmentFiles files, ulong nextInode)
    {
        if (!_chain.IsUnchanged(files.Folder))
        {
            throw new TreeException(
                TreeFailure.ReadOnly, $"{_path}: the environment was changed elsewhere since it was mounted here; mount it again.");
        }

        var segments = _chain.Segments;
        files.RemoveUpTo(segments.Count > 0 ? segments[0].Number - 1 : int.MaxValue);
        if (segments.Count > 0)
        {
            var writer = files.Continue(segments[^1], _starts[^1]);
            _content.Add(_starts[^1], writer.Content);
            return writer;
        }

        var first = files.Make(files.NewHeader(nextInode), 0);
        if (files.PutInForce(first) is { } failure)
        {
            first.Dispose();
            throw failure;
        }

        _content.Add(0, first.Content);
        return first;
    }

    private IEnumerable<(int Number, Guid Segment, long DataStart)> Earlier() =>
        _chain.Segments.SkipLast(1).Select((segment, index) => (segment.Number, segment.Header.Segment, _starts[index]));

    /// <summary>The folder, or its nearest existing parent.</summary>
    private IStorageFolder NearestFolder()
    {
        try
        {
            for (var path = Path.GetFullPath(_path); ; path = Path.GetDirectoryName(path)!)
            {
                if (_storage.Unguarded.TryOpenFolder(path) is { } folder)
                {
                    return folder;
                }
            }
        }
        catch (PlatformException e)
        {
            throw StorageFailure.Of(e);
        }
    }
}

/// <summary>What a <see cref="ChangeFolder"/> needs from its surroundings.</summary>
public sealed record ChangeFolderOptions
{
    /// <summary>
    /// Takes the writer lock, and checks that the image still has the generation that the changes are for. The folder exists when this is called.
    /// Throws a <see cref="Tree.TreeException"/> (<see cref="Tree.TreeFailure.ReadOnly"/>) that names the writer, or says why writing is impossible.
    /// Disposing the folder releases the lock.
    /// </summary>
    public required Func<IDisposable> TakeLock { get; init; }

    /// <summary>Receives a message about what was found and repaired: a torn end, leftovers that cannot be removed.</summary>
    public required Action<string> Log { get; init; }

    /// <summary>Supplies the time at which a segment is begun.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Names a new segment.</summary>
    public Func<Guid> NewSegment { get; init; } = Guid.NewGuid;
}
