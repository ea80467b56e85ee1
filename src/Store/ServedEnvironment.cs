using CondaFuse.Changes;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>An environment as its server holds it: the image, its changes, and the write lock.</summary>
public sealed class ServedEnvironment : IDisposable
{
    private readonly GuardedChangeStore _changes;
    private readonly WriteContext _context;

    /// <summary>Held during the I/O of a commit, so that only one runs at a time. Apart from commits, only disposal waits for it.</summary>
    private readonly Lock _committing = new();
    private readonly CancellationTokenSource _ending = new();
    private bool _isDisposed;

    /// <summary>Whether the last commit was refused because another process holds the write lock.</summary>
    private bool _isRefused;

    private readonly Layout _layout;
    private readonly string? _prefix;
    private readonly LatestProgress _progress = new();
    private volatile GenerationInfo _version;

    private ServedEnvironment(
        WriteContext context, GuardedChangeStore changes, ChangedTree tree, INumberedTree shown, IReadOnlyList<string> notes, Layout layout,
        string? prefix)
    {
        (_layout, _prefix) = (layout, prefix);
        _context = context;
        _version = context.State.Version;
        _changes = changes;
        Tree = tree;
        Shown = shown;
        Notes = notes;
    }

    /// <summary>
    /// Receives names whose entries a commit replaced: the kernel must look them up again, and the former entries are forgotten when it has. Null if
    /// the tree is not served.
    /// </summary>
    public Action<ReplacedName>? Replaced { get; set; }

    /// <summary>The served tree.</summary>
    public ChangedTree Tree { get; }

    /// <summary>The same, for a server that need not know how it keeps changes.</summary>
    public IWritableTree Writable => Tree;

    /// <summary>
    /// The tree to show at the mount's prefix. It differs from <see cref="Tree"/> if there are uncommitted changes from another prefix that cannot
    /// be moved to this one now. Then the mount is read-only.
    /// </summary>
    public IReadableTree Shown { get; }

    /// <summary>Whether the mount is read-only for that reason.</summary>
    public bool IsReadOnlyHere => Shown != Tree;

    /// <summary>Warnings for the user.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Which users other than the owner may change what a mount for all users shows: the groups, and whether everyone.</summary>
    public (IReadOnlySet<uint> Groups, bool Everybody) WritersBesideOwner =>
        _context.State.Place.Guard is LayerGuard guard ? guard.WritersBesideOwner : (new HashSet<uint>(), false);

    /// <summary>The archive's identity.</summary>
    public Guid Identity => _version.Identity;

    /// <summary>Its status.</summary>
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
    /// <param name="layout">The paths of files and folders.</param>
    /// <param name="image">Canonical path of the image.</param>
    /// <param name="self">The identity of this process as a writer.</param>
    /// <param name="clock">The clock for times of changes, and for the lease.</param>
    /// <param name="log">Receives lines for the server's log.</param>
    /// <param name="prefix">The environment's prefix where it is mounted, as the user writes it; null to show it unmodified.</param>
    /// <param name="isReadOnly">Whether nothing may be changed.</param>
    /// <exception cref="StoreException">There are changes that do not belong to this image: they are kept, and the message says what to
    /// do.</exception>
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

            // Changes build on the image as it is: the first change at another prefix records that prefix.
            var hasChanges = kept.PendingChanges > 0;
            sealedTree = hasChanges || prefix is null
                ? sealedTree
                : view.Show(sealedTree, ListedGeneration.Present(wanted.State.Image, wanted.State.Version), prefix);
            var tree = ChangedTree.Open(sealedTree, kept, clock);
            var shown = hasChanges && prefix is not null ? PendingAtOtherPrefix.Show(tree, view, prefix, isReadOnly, Note) : tree;
            var environment = new ServedEnvironment(wanted, kept, tree, shown, notes, layout, prefix);
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

    /// <summary>The uncommitted changes of this mount; none if another process writes them or has committed them.</summary>
    public (long Changes, long Bytes) Kept =>
        _changes.PendingChanges == 0 || (HasArchive && (_isRefused || IsOthers)) ? default : (_changes.PendingChanges, _changes.PendingBytes);

    /// <summary>Returns when all changes so far are on the storage.</summary>
    public void Sync() => Tree.Sync();

    /// <summary>
    /// Commits the changes made so far; the tree can be changed meanwhile. A personal layer, and changes that another process writes, are left
    /// alone.
    /// </summary>
    /// <returns>Null if there was nothing to commit.</returns>
    /// <exception cref="StoreException">Another process writes the changes.</exception>
    /// <exception cref="TreeException">The archive could not be written: it and the changes are unchanged.</exception>
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
    /// The last commit, after the unmount, when nothing can change any more. A personal layer, and changes that another process writes,
    /// are only synced. The environment must not be used afterwards.
    /// </summary>
    /// <returns>The result of the commit; null if there was none.</returns>
    /// <exception cref="StoreException">Another process writes the changes.</exception>
    /// <exception cref="TreeException">The archive could not be written: it and the changes are unchanged.</exception>
    public CommitReport? CommitLast(CommitRequest request, CancellationToken cancellation)
    {
        // A writer without uncommitted changes ends an empty journal.
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
            Tree.Dispose(); // a requested commit reads the image until it gives up
        }

        _ending.Dispose();
    }

    /// <summary>Users delete an environment by deleting its archive: then there is nothing to commit to.</summary>
    private bool HasArchive => File.Exists(_context.State.Image);

    /// <summary>
    /// Whether another process made the uncommitted changes: this mount only read them, and that process still writes them or has committed them
    /// since.
    /// </summary>
    private bool IsOthers =>
        !_changes.IsWriter
        && (VersionNow() != _version
            || WriterClaim.Look(_context.State.Place.Files, _context.Self, _context.Locks).IsHeld);

    /// <summary>The archive's current state; null if it cannot be read, for example because another file was copied over it.</summary>
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
    /// Commits. A process that never wrote here, and is refused because another one holds the write lock, has only read that process's changes: then
    /// there is nothing to commit.
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
                Respell(isLast, stop.Token);
                var commit = new TreeCommit(Tree, _context.State.Image, _layout, _context.Clock);
                var report = commit.Run(request, _version, isLast, _progress, stop.Token);
                _version = report is null ? _version : _version with { Generation = report.Generation };
                return report;
            }
            finally
            {
                _progress.Clear();
            }
        }
    }

    /// <summary>Replaces paths of links to the prefix, before the changes are read.</summary>
    private void Respell(bool isLast, CancellationToken cancellation)
    {
        if (_prefix is { } prefix)
        {
            new PrefixSpelling(_layout, Tree).Run(
                prefix, PrefixLocator.Locate(Tree, Path.GetFileName(prefix)), isLast || Replaced is null ? Forget : Replaced, cancellation);
        }

        void Forget(ReplacedName replaced) => Tree.Forget(replaced.Former);
    }
}
