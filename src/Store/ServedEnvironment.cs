using CondaFuse.Changes;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>An environment as its server holds it: the image, its changes, and the right to make more.</summary>
public sealed class ServedEnvironment : IDisposable
{
    private readonly GuardedChangeStore _changes;
    private readonly string _place;
    private readonly WriteContext _context;

    /// <summary>Held over the I/O of a commit: one at a time. Nothing else waits for it but the disposal.</summary>
    private readonly Lock _committing = new();
    private readonly CancellationTokenSource _ending = new();
    private bool _isDisposed;

    /// <summary>Whether the last commit was refused because another process holds the write lock.</summary>
    private bool _isRefused;

    private readonly LatestProgress _progress = new();
    private volatile GenerationInfo _version;

    private ServedEnvironment(
        WriteContext context, string place, GuardedChangeStore changes, ChangedTree tree, INumberedTree shown, IReadOnlyList<string> notes)
    {
        _place = place;
        _context = context;
        _version = context.State.Version;
        _changes = changes;
        Tree = tree;
        Shown = shown;
        Notes = notes;
    }

    /// <summary>What is served.</summary>
    public ChangedTree Tree { get; }

    /// <summary>The same, for who serves it and need not know how it keeps changes.</summary>
    public IWritableTree Writable => Tree;

    /// <summary>
    /// What to show at the mount's prefix. It is not <see cref="Tree"/> where changes are pending that were made at another prefix, and cannot be
    /// carried over to this one now: then nothing can be changed here.
    /// </summary>
    public IReadableTree Shown { get; }

    /// <summary>Whether that is so.</summary>
    public bool IsReadOnlyHere => Shown != Tree;

    /// <summary>What was found amiss, in words for a person.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Who beside the owner may change what a mount for all users shows: the groups, and whether everybody.</summary>
    public (IReadOnlySet<uint> Groups, bool Everybody) WritersBesideOwner =>
        _context.State.Place.Guard is LayerGuard guard ? guard.WritersBesideOwner : (new HashSet<uint>(), false);

    /// <summary>Names the archive.</summary>
    public Guid Identity => _version.Identity;

    /// <summary>How it is.</summary>
    public MountStatus Status
    {
        get
        {
            var state = _context.State;
            var isMine = _changes.IsWriter;
            var lockStatus = isMine ? default : WriterClaim.Look(state.Place.Files, _context.Self, _context.Locks);
            return new MountStatus(
                _version.Identity,
                _version.Generation,
                _changes.PendingChanges,
                _changes.PendingBytes,
                isMine ? WriterKind.Mine : lockStatus.IsHeld ? WriterKind.Other : WriterKind.None,
                isMine ? _context.Self.User : lockStatus.IsHeld ? lockStatus.ToString() : null,
                _changes.LastRefusal,
                state.Place.IsPersonal ? state.Place.Folder : null,
                _progress.Value);
        }
    }

    /// <summary>Opens an environment.</summary>
    /// <param name="layout">Where everything lies.</param>
    /// <param name="image">Canonical path of the image.</param>
    /// <param name="self">Who writes, if anything is written.</param>
    /// <param name="clock">For times of changes, and of the lease.</param>
    /// <param name="log">Takes a line for the server's log.</param>
    /// <param name="prefix">The environment's prefix where it is mounted, as the user writes it; null to show it as it is.</param>
    /// <param name="isReadOnly">Whether nothing is to be changed.</param>
    /// <exception cref="StoreException">Changes are there that do not belong to this image: they are kept, the message says what to do.</exception>
    public static ServedEnvironment Open(
        Layout layout, string image, WriterIdentity self, TimeProvider clock, Action<string> log, string? prefix = null,
        bool isReadOnly = false)
    {
        List<string>? notes = [];
        void Note(string text)
        {
            notes?.Add(text);
            log(text);
        }

        var wanted = new WriteContext(ArchiveState.Read(layout, image), self, new KernelLocks(), clock, Note);
        var view = new PrefixView(layout, Note);
        var sealedTree = ImageTree.Open(wanted.State.Image);
        GuardedChangeStore? kept = null;
        try
        {
            kept = new GuardedChangeStore(wanted);

            // Changes build on the image as it is: what is changed first at another prefix is that prefix.
            var hasChanges = kept.PendingChanges > 0;
            sealedTree = hasChanges || prefix is null ? sealedTree : view.Show(sealedTree, wanted.State.Version, prefix);
            var tree = ChangedTree.Open(sealedTree, kept, clock);
            var shown = hasChanges && prefix is not null ? PendingAtOtherPrefix.Show(tree, view, prefix, isReadOnly, Note) : tree;
            var environment = new ServedEnvironment(wanted, layout.MountPointOf(image), kept, tree, shown, notes);
            notes = null;
            return environment;
        }
        catch (Exception failure)
        {
            kept?.Dispose();
            sealedTree.Dispose();
            if (failure is ChangeReplayException or ChangesException { Fault: not ChangesFault.Storage })
            {
                throw KeptChanges.Mismatched(wanted.State, $"are damaged: {failure.Message}", (TreeException)failure);
            }

            throw;
        }
    }

    /// <summary>What stays beside the archive and is this mount's; nothing if somebody else writes it, or has committed it.</summary>
    public (long Changes, long Bytes) Kept =>
        _changes.PendingChanges == 0 || (HasArchive && (_isRefused || IsOthers)) ? default : (_changes.PendingChanges, _changes.PendingBytes);

    /// <summary>Returns when everything that was changed so far is on the storage.</summary>
    public void Sync() => Tree.Sync();

    /// <summary>
    /// Puts what was changed so far into the archive; users go on changing. What is this user's own, or somebody else's, stays where it is.
    /// </summary>
    /// <returns>Null if there was nothing to commit.</returns>
    /// <exception cref="StoreException">Somebody else writes the changes.</exception>
    /// <exception cref="TreeException">The archive could not be written: it, and the changes, are as they were.</exception>
    public CommitReport? CommitOwn(CommitRequest request, CancellationToken cancellation)
    {
        if (_changes.PendingChanges > 0 && !_context.State.Place.IsPersonal && HasArchive && !IsOthers)
        {
            return CommitUnlessOthers(request, isLast: false, cancellation);
        }

        Sync();
        return null;
    }

    /// <summary>
    /// The mount is gone, and nobody can change anything any more: changes go into the archive, unless they are this user's own or somebody else's.
    /// Those are put on the storage. The environment is not to be used afterwards.
    /// </summary>
    /// <returns>What was committed; null if nothing.</returns>
    /// <exception cref="StoreException">Somebody else writes the changes.</exception>
    /// <exception cref="TreeException">The archive could not be written: it, and the changes, are as they were.</exception>
    public CommitReport? CommitLast(CommitRequest request, CancellationToken cancellation)
    {
        // Who wrote and has nothing pending ends an empty journal.
        var hasNothing = _changes.PendingChanges == 0 && !_changes.IsWriter;
        if (_context.State.Place.IsPersonal || hasNothing || !HasArchive || IsOthers)
        {
            Sync();
            if (hasNothing && HasArchive)
            {
                DeadWriter.Sweep(_context with { State = _context.State with { Version = _version } });
            }

            return null;
        }

        var report = CommitUnlessOthers(request, isLast: true, cancellation);
        if (!_isRefused)
        {
            _context.State.Place.RemoveIfEmpty();
        }

        return report;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        _ending.Cancel();
        lock (_committing)
        {
            Tree.Dispose(); // a commit that somebody asked for reads the image until it gives up
        }

        _ending.Dispose();
    }

    /// <summary>Deleting an archive by hand is how an environment is deleted: there is nothing to commit to then.</summary>
    private bool HasArchive => File.Exists(_context.State.Image);

    /// <summary>
    /// Whether what is pending was made by somebody else: this mount only read it, and they still write it, or have committed it since.
    /// </summary>
    private bool IsOthers =>
        !_changes.IsWriter
        && (VersionNow() != _version
            || WriterClaim.Look(_context.State.Place.Files, _context.Self, _context.Locks).IsHeld);

    /// <summary>What the archive shows now; null if that cannot be read, as where something else was copied over it.</summary>
    private GenerationInfo? VersionNow()
    {
        try
        {
            return GenerationInfo.Read(_context.State.Image);
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Commits. Who never wrote here and is refused, because another process holds the write lock, only read that process's changes.
    /// </summary>
    private CommitReport? CommitUnlessOthers(CommitRequest request, bool isLast, CancellationToken cancellation)
    {
        _isRefused = false;
        try
        {
            return Commit(request, isLast, cancellation);
        }
        catch (StoreException refusal) when (refusal.Fault == StoreFault.Busy && !_changes.IsWriter)
        {
            _isRefused = true;
            Sync();
            return null;
        }
    }

    private CommitReport? Commit(CommitRequest request, bool isLast, CancellationToken cancellation)
    {
        lock (_committing)
        {
            try
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token, cancellation);
                var report = new TreeCommit(Tree, _context.State.Image, _place, _context.Clock).Run(request, _version, isLast, _progress, stop.Token);
                _version = report is null ? _version : _version with { Generation = report.Generation };
                return report;
            }
            finally
            {
                _progress.Clear();
            }
        }
    }
}
