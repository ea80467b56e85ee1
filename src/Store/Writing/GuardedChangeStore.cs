using CondaFuse.Changes;
using CondaFuse.Images;
using CondaFuse.Platform;
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

    private readonly IChangeStore inner;
    private readonly WritingTerms terms;
    private readonly Lock gate = new();
    private WriterClaim? claim;
    private readonly PendingCounter pending = new();
    private bool isWriting;
    private string? refusal;
    private long refusedAt;

    /// <summary>Guards changes.</summary>
    /// <param name="inner">Them; disposed with this.</param>
    /// <param name="terms">Who may write, and what.</param>
    public GuardedChangeStore(IChangeStore inner, WritingTerms terms)
    {
        this.inner = inner;
        this.terms = terms;
    }

    /// <inheritdoc/>
    public ulong NextInode => inner.NextInode;

    /// <inheritdoc/>
    public FreeSpace FreeSpace => inner.FreeSpace;

    /// <summary>Operations that are kept: those that were replayed, and those added since.</summary>
    public long PendingChanges => pending.Count;

    /// <summary>Bytes that the changes take.</summary>
    public long PendingBytes => terms.Place.ReadBytes();

    /// <summary>Whether this process writes.</summary>
    public bool IsWriter
    {
        get
        {
            lock (gate)
            {
                return isWriting && claim is { IsLost: false };
            }
        }
    }

    /// <summary>Why the last change was refused; null if none was.</summary>
    public string? LastRefusal
    {
        get
        {
            lock (gate)
            {
                return refusal;
            }
        }
    }

    /// <inheritdoc/>
    public void Replay(IChangeSink sink)
    {
        pending.Count = 0;
        inner.Replay(new CountingSink(sink, pending));
    }

    /// <inheritdoc/>
    public void ReadData(long offset, Span<byte> destination) => inner.ReadData(offset, destination);

    /// <inheritdoc/>
    public IChangeLog BeginWriting(ulong nextInode)
    {
        lock (gate)
        {
            if (refusal is not null && terms.Clock.GetElapsedTime(refusedAt) < RefusalHolds)
            {
                throw new TreeException(TreeFailure.ReadOnly, refusal);
            }

            try
            {
                claim ??= Claim();
                Demand(terms.Image, terms.Version);
                var log = new GuardedChangeLog(inner.BeginWriting(nextInode), claim, pending);
                isWriting = true;
                refusal = null;
                return log;
            }
            catch (TreeException failure) when (failure.Failure == TreeFailure.ReadOnly)
            {
                claim?.Dispose();
                claim = null;
                refusedAt = terms.Clock.GetTimestamp();
                refusal = failure.Message;
                terms.Log($"not writable: {failure.Message}");
                throw;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        inner.Dispose();
        claim?.Dispose();
    }

    private WriterClaim Claim()
    {
        try
        {
            Directory.CreateDirectory(terms.Place.Folder);
            return WriterClaim.TryTake(new WriterFiles(terms.Place.Folder), terms.Self, terms.Locks, terms.Clock, out var other)
                ?? throw new TreeException(TreeFailure.ReadOnly, $"{new WriterSight(IsHeld: true, other)} writes it");
        }
        catch (Exception failure) when (failure is PlatformException { Errno: Errno.EACCES or Errno.EPERM or Errno.EROFS } or UnauthorizedAccessException)
        {
            throw new TreeException(TreeFailure.ReadOnly, $"changes cannot be kept in {terms.Place.Folder}: {failure.Message}", failure);
        }
        catch (PlatformException failure) when (failure.Errno is Errno.ENOSPC)
        {
            throw new TreeException(TreeFailure.NoSpace, failure.Message, failure);
        }
        catch (PlatformException failure) when (failure.Errno is Errno.EDQUOT)
        {
            throw new TreeException(TreeFailure.QuotaExceeded, failure.Message, failure);
        }
        catch (IOException failure)
        {
            throw new TreeException(TreeFailure.Storage, failure.Message, failure);
        }
    }

    /// <summary>Between the mount and the right to write, somebody may have committed, or put another file there.</summary>
    private static void Demand(string image, GenerationInfo mounted)
    {
        GenerationInfo now;
        try
        {
            now = GenerationInfo.Read(image);
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            throw new TreeException(TreeFailure.ReadOnly, $"{image} was deleted, or cannot be read any more: {failure.Message}", failure);
        }

        if (now.Identity != mounted.Identity || now.Generation != mounted.Generation)
        {
            throw new TreeException(
                TreeFailure.ReadOnly,
                now.Identity == mounted.Identity
                    ? $"{image} was changed since it was mounted here (generation {now.Generation}, mounted {mounted.Generation}): unmount it and mount it again"
                    : $"{image} is another archive than the one that is mounted here: unmount it and mount it again");
        }
    }

    private sealed class CountingSink(IChangeSink next, PendingCounter pending) : IChangeSink
    {
        public void Apply(in Change change)
        {
            pending.Apply(change);
            next.Apply(change);
        }
    }
}
