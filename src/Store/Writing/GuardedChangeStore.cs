using CondaFuse.Changes;
using CondaFuse.Images;
using CondaFuse.Store.Layers;
using CondaFuse.Tree;

namespace CondaFuse.Store.Writing;

/// <summary>
/// Changes that only the holder of the write lock may extend. The first change takes the lock; before that, nothing is created on disk, and a
/// process that only reads never needs it. Counts uncommitted changes.
/// </summary>
public sealed class GuardedChangeStore : IChangeStore
{
    /// <summary>How long a refusal is remembered: an installer tries thousands of times.</summary>
    private static readonly TimeSpan RefusalHolds = TimeSpan.FromSeconds(1);

    private readonly WriteContext _context;
    private readonly ChangeFolder _folder;
    private readonly PendingCounter _pending = new();
    private readonly ExpectedImage _image;

    /// <summary>Held during the I/O of taking the write lock: nothing can be written before.</summary>
    private readonly Lock _gate = new();
    private WriterClaim? _claim;
    private string? _refusal;
    private long _refusedAt;

    /// <summary>Opens changes.</summary>
    /// <param name="context">The environment, and the identity of this process as a writer.</param>
    /// <exception cref="StoreException">They do not belong to the image: they are kept, and the message says what to do.</exception>
    public GuardedChangeStore(WriteContext context)
    {
        _context = context;
        _image = new ExpectedImage(context.State.Image, context.State.Version);
        _folder = KeptChanges.Open(context.State, context.Clock, context.Log, Claim);
        _pending.Count = _folder.Summary.Changes;
    }

    /// <inheritdoc/>
    public ulong NextInode => _folder.NextInode;

    /// <inheritdoc/>
    public FreeSpace FreeSpace => _folder.FreeSpace;

    /// <summary>Number of uncommitted operations: replayed ones, and those made since.</summary>
    public long PendingChanges => _pending.Count;

    /// <summary>Size of the changes in bytes.</summary>
    public long PendingBytes => _context.State.Place.ReadBytes();

    /// <summary>Whether this process holds the write lock.</summary>
    public bool IsWriter => Volatile.Read(ref _claim) is { IsLost: false };

    /// <summary>Why the last change was refused; null if it was not.</summary>
    public string? LastRefusal => Volatile.Read(ref _refusal);

    /// <inheritdoc/>
    public void Replay(IChangeSink sink) => _folder.Replay(sink);

    /// <inheritdoc/>
    public void ReadData(long offset, Span<byte> destination) => _folder.ReadData(offset, destination);

    /// <inheritdoc/>
    public void Sync() => _folder.Sync();

    /// <inheritdoc/>
    public IChangeLog BeginWriting(ulong nextInode)
    {
        lock (_gate)
        {
            if (_refusal is not null && _context.Clock.GetElapsedTime(_refusedAt) < RefusalHolds)
            {
                throw new TreeException(TreeFailure.ReadOnly, _refusal);
            }

            try
            {
                var log = _folder.BeginWriting(nextInode);
                _refusal = null;
                return new GuardedChangeLog(log, _claim!, _image, _pending);
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
                // As on a full disk: the folder has released the claim, and this process does not write.
                _claim = null;
                throw;
            }
        }
    }

    private TreeException Refuse(TreeException failure)
    {
        _claim = null;
        _refusedAt = _context.Clock.GetTimestamp();
        _refusal = failure.Message;
        _context.Log($"not writable: {failure.Message}");
        return failure;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    /// <summary>Takes the write lock; the folder releases it.</summary>
    private WriterClaim Claim()
    {
        var place = _context.State.Place;
        _claim = WriterClaim.TryTake(place.Files, _context.Self, _context.Locks, _context.Clock, out var other)
            ?? throw new TreeException(TreeFailure.ReadOnly, $"the write lock is held by {new LockStatus(IsHeld: true, other)}");
        try
        {
            _image.Demand();
            if (place.IsPersonal)
            {
                PersonalLayer.NoteImage(place.Folder, _context.State.Image);
            }

            return _claim;
        }
        catch
        {
            _claim.Dispose();
            throw;
        }
    }
}

/// <summary>The image that changes are for, and the state that it must still have before decisions are based on it.</summary>
/// <param name="path">Its path.</param>
/// <param name="version">Its state when it was mounted.</param>
internal sealed class ExpectedImage(string path, GenerationInfo version)
{
    private GenerationInfo _expected = version;

    /// <summary>The holder of the write lock committed.</summary>
    public void Committed(long generation) => _expected = _expected with { Generation = generation };

    /// <summary>
    /// Checks the image's state: another process may have committed or replaced the file, or a commit of ours may have failed after the image had
    /// the changes.
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
            throw new TreeException(TreeFailure.ReadOnly, $"{path} was deleted or is unreadable: {failure.Message}", failure);
        }

        if (now.Identity != _expected.Identity || now.Generation != _expected.Generation)
        {
            throw new TreeException(
                TreeFailure.ReadOnly,
                now.Identity == _expected.Identity
                    ? $"{path} was changed since it was mounted here (generation {now.Generation}, mounted {_expected.Generation}): unmount it and "
                        + "mount it again"
                    : $"{path} was replaced by another archive: unmount it and mount it again");
        }
    }
}
