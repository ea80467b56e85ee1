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
public sealed class ServedEnvironment : IControlled, IDisposable
{
    private readonly GuardedChangeStore changes;
    private readonly WritingTerms terms;
    private readonly Lock committing = new();
    private readonly CancellationTokenSource ending = new();
    private bool isDisposed;
    private readonly LatestProgress progress = new();
    private volatile GenerationInfo version;
    private volatile bool keeps;

    private ServedEnvironment(WritingTerms terms, GuardedChangeStore changes, ChangedTree tree, IReadOnlyList<string> notes)
    {
        this.terms = terms;
        version = terms.State.Version;
        this.changes = changes;
        Tree = tree;
        Notes = notes;
    }

    /// <summary>What is served.</summary>
    public ChangedTree Tree { get; }

    /// <summary>What was found amiss, in words for a person.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>Names the archive.</summary>
    public Guid Identity => version.Identity;

    /// <inheritdoc/>
    public MountStatus Status
    {
        get
        {
            var state = terms.State;
            var isMine = changes.IsWriter;
            var sight = isMine ? default : WriterClaim.Look(state.Place.Files, terms.Self, terms.Locks);
            return new MountStatus(
                version.Identity,
                version.Generation,
                changes.PendingChanges,
                changes.PendingBytes,
                isMine ? WriterKind.Mine : sight.IsHeld ? WriterKind.Other : WriterKind.None,
                isMine ? terms.Self.User : sight.IsHeld ? sight.ToString() : null,
                changes.LastRefusal,
                state.Place.IsPersonal ? state.Place.Folder : null,
                progress.Value);
        }
    }

    /// <summary>Opens an environment.</summary>
    /// <param name="layout">Where everything lies.</param>
    /// <param name="image">Canonical path of the image.</param>
    /// <param name="self">Who writes, if anything is written.</param>
    /// <param name="clock">For times of changes, and of the lease.</param>
    /// <param name="log">Takes a line for the server's log.</param>
    /// <exception cref="StoreException">Changes are there that do not belong to this image: they are kept, the message says what to do.</exception>
    public static ServedEnvironment Open(Layout layout, string image, WriterIdentity self, TimeProvider clock, Action<string> log)
    {
        List<string>? notes = [];
        void Note(string text)
        {
            notes?.Add(text);
            log(text);
        }

        var wanted = new WritingTerms(ArchiveState.Read(layout, image), self, new KernelLocks(), clock, Note);
        var sealedTree = ImageTree.Open(wanted.State.Image);
        GuardedChangeStore? kept = null;
        try
        {
            kept = new GuardedChangeStore(wanted);
            var environment = new ServedEnvironment(wanted, kept, ChangedTree.Open(sealedTree, kept, clock), notes);
            notes = null;
            return environment;
        }
        catch (Exception failure)
        {
            kept?.Dispose();
            sealedTree.Dispose();
            if (failure is ChangeReplayException or ChangesException { Fault: not ChangesFault.Storage })
            {
                throw KeptChanges.Misfit(wanted.State, $"are damaged: {failure.Message}", (TreeException)failure);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public void Sync() => Tree.Sync();

    /// <inheritdoc/>
    public void KeepChanges() => keeps = true;

    /// <summary>Ends the process that reads ahead; to be set by who starts one.</summary>
    public Func<bool>? OnEndReadAhead { get; set; }

    /// <inheritdoc/>
    public bool EndReadAhead() => OnEndReadAhead?.Invoke() ?? false;

    /// <inheritdoc/>
    public CommitReport? Commit(CommitRequest request) => Commit(request, isLast: false);

    /// <summary>
    /// The mount is gone, and nobody can change anything any more: changes go into the archive, unless they are this user's own, or somebody said that they
    /// stay. Those are put on the storage. The environment is not to be used afterwards.
    /// </summary>
    /// <returns>What was committed; null if nothing.</returns>
    /// <exception cref="StoreException">Somebody else writes the changes.</exception>
    /// <exception cref="TreeException">The archive could not be written: it, and the changes, are as they were.</exception>
    public CommitReport? Unmounted(CommitRequest request)
    {
        // Who wrote and has nothing pending ends an empty journal.
        if ((keeps && changes.PendingChanges > 0) || terms.State.Place.IsPersonal || (changes.PendingChanges == 0 && !changes.IsWriter))
        {
            Sync();
            return null;
        }

        var report = Commit(request, isLast: true);
        terms.State.Place.RemoveIfEmpty();
        return report;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, true))
        {
            return;
        }

        ending.Cancel();
        lock (committing)
        {
            Tree.Dispose(); // a commit that somebody asked for reads the image until it gives up
        }

        ending.Dispose();
    }

    private CommitReport? Commit(CommitRequest request, bool isLast)
    {
        if (terms.State.Place.IsPersonal)
        {
            throw terms.State.Place.Refusal(Path.GetFileNameWithoutExtension(terms.State.Image), $"your own changes in {terms.State.Place.Folder} stay there");
        }

        lock (committing)
        {
            try
            {
                var report = new TreeCommit(Tree, terms.State.Image, terms.Clock).Run(request, version, isLast, progress, ending.Token);
                version = report is null ? version : version with { Generation = report.Generation };
                return report;
            }
            finally
            {
                progress.Clear();
            }
        }
    }
}
