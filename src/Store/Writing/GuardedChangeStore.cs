using CondaFuse.Changes;
using CondaFuse.Images;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Store.Writing;

/// <summary>
/// Changes that only the holder of the right to write adds to. The first change takes it; before that nothing is made on the disk, and whoever
/// only reads never needs it. Counts what is pending.
/// </summary>
public sealed class GuardedChangeStore : IChangeStore
{
    /// <summary>For how long a refusal holds: an installer asks thousands of times.</summary>
    private static readonly TimeSpan RefusalHolds = TimeSpan.FromSeconds(1);

    private readonly WriteContext context;
    private readonly ChangeFolder folder;
    private readonly PendingCounter pending = new();
    private readonly ExpectedImage image;

    /// <summary>Held over the I/O of taking the write lock: before that, nobody can write.</summary>
    private readonly Lock gate = new();
    private WriterClaim? claim;
    private string? refusal;
    private long refusedAt;

    /// <summary>Opens changes.</summary>
    /// <param name="context">Of what, and who may write.</param>
    /// <exception cref="StoreException">They do not belong to the image: they are kept, the message says what to do.</exception>
    public GuardedChangeStore(WriteContext context)
    {
        this.context = context;
        image = new ExpectedImage(context.State.Image, context.State.Version);
        folder = KeptChanges.Open(context.State, context.Clock, context.Log, Claim);
        pending.Count = folder.Summary.Changes;
    }

    /// <inheritdoc/>
    public ulong NextInode => folder.NextInode;

    /// <inheritdoc/>
    public FreeSpace FreeSpace => folder.FreeSpace;

    /// <summary>Operations that are kept: those that were replayed, and those added since.</summary>
    public long PendingChanges => pending.Count;

    /// <summary>Bytes that the changes take.</summary>
    public long PendingBytes => context.State.Place.ReadBytes();

    /// <summary>Whether this process writes.</summary>
    public bool IsWriter => Volatile.Read(ref claim) is { IsLost: false };

    /// <summary>Why the last change was refused; null if none was.</summary>
    public string? LastRefusal => Volatile.Read(ref refusal);

    /// <inheritdoc/>
    public void Replay(IChangeSink sink) => folder.Replay(sink);

    /// <inheritdoc/>
    public void ReadData(long offset, Span<byte> destination) => folder.ReadData(offset, destination);

    /// <inheritdoc/>
    public void Sync() => folder.Sync();

    /// <inheritdoc/>
    public IChangeLog BeginWriting(ulong nextInode)
    {
        lock (gate)
        {
            if (refusal is not null && context.Clock.GetElapsedTime(refusedAt) < RefusalHolds)
            {
                throw new TreeException(TreeFailure.ReadOnly, refusal);
            }

            try
            {
                var log = folder.BeginWriting(nextInode);
                refusal = null;
                return new GuardedChangeLog(log, claim!, image, pending);
            }
            catch (StoreException untrusted) when (untrusted.Fault == StoreFault.Untrusted)
            {
                throw Refuse(new TreeException(TreeFailure.ReadOnly, untrusted.Message, untrusted));
            }
            catch (TreeException failure) when (failure.Failure == TreeFailure.ReadOnly)
            {
                throw Refuse(failure);
            }
            catch
            {
                // As on a full disk: the folder gave the claim back, and this process does not write.
                claim = null;
                throw;
            }
        }
    }

    private TreeException Refuse(TreeException failure)
    {
        claim = null;
        refusedAt = context.Clock.GetTimestamp();
        refusal = failure.Message;
        context.Log($"not writable: {failure.Message}");
        return failure;
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Dispose();

    /// <summary>Takes the right to write; given back by the folder.</summary>
    private WriterClaim Claim()
    {
        var place = context.State.Place;
        claim = WriterClaim.TryTake(place.Files, context.Self, context.Locks, context.Clock, out var other)
            ?? throw new TreeException(TreeFailure.ReadOnly, $"{new LockStatus(IsHeld: true, other)} writes it");
        try
        {
            image.Demand();
            if (place.IsPersonal)
            {
                PersonalLayer.NoteImage(place.Folder, context.State.Image);
            }

            return claim;
        }
        catch
        {
            claim.Dispose();
            throw;
        }
    }
}

/// <summary>The image that changes are for, as it must still be when something is decided by it.</summary>
/// <param name="path">Its path.</param>
/// <param name="version">What it was when it was mounted.</param>
internal sealed class ExpectedImage(string path, GenerationInfo version)
{
    private GenerationInfo expected = version;

    /// <summary>The holder of the right to write committed.</summary>
    public void Committed(long generation) => expected = expected with { Generation = generation };

    /// <summary>
    /// Somebody may have committed meanwhile, or put another file there; or a commit of ours failed only after the image had the changes.
    /// </summary>
    /// <exception cref="TreeException"><see cref="TreeFailure.ReadOnly"/>.</exception>
    public void Demand()
    {
        GenerationInfo now;
        try
        {
            now = GenerationInfo.Read(path);
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            throw new TreeException(TreeFailure.ReadOnly, $"{path} was deleted, or cannot be read any more: {failure.Message}", failure);
        }

        if (now.Identity != expected.Identity || now.Generation != expected.Generation)
        {
            throw new TreeException(
                TreeFailure.ReadOnly,
                now.Identity == expected.Identity
                    ? $"{path} was changed since it was mounted here (generation {now.Generation}, mounted {expected.Generation}): unmount it and "
                        + "mount it again"
                    : $"{path} is another archive than the one that is mounted here: unmount it and mount it again");
        }
    }
}
