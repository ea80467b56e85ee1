using CondaFuse.Platform;

namespace CondaFuse.Store.Writing;

/// <summary>
/// The write lock of an environment's changes, held until it is disposed or the process dies. It is a kernel lock if locks work, otherwise a lease.
/// <see cref="ClaimProtocol"/> decides on the order of actions; this type carries them out, and checks periodically whether the lock is still held.
/// </summary>
public sealed class WriterClaim : IDisposable
{
    /// <summary>How often a holder refreshes its claim and checks whether it still is the holder.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(30);

    /// <summary>If the storage does not answer for this long, nothing is written until it does: another process may have taken over.</summary>
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(90);

    /// <summary>How often, and how long each time, to wait for a holder that is marked as brief.</summary>
    private const int BriefWaits = 500;

    /// <summary>The same for a holder on another host, whose state is unknown here.</summary>
    private const int BriefWaitsElsewhere = 50;

    /// <summary>The same for an unknown holder: the lock is just being taken or released.</summary>
    private const int FewWaits = 5;

    private static readonly TimeSpan BriefWait = TimeSpan.FromMilliseconds(10);
    private readonly ClaimFiles _files;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;

    /// <summary>Held during the I/O of a heartbeat: changes check its last result and do not wait for it.</summary>
    private readonly Lock _checking = new();
    private ClaimState _state;
    private long _confirmed;
    private bool _isDisposed;
    private volatile bool _lost;
    private volatile bool _silent;

    private WriterClaim(ClaimFiles files, ClaimState state, TimeProvider clock)
    {
        (_files, _state, _clock) = (files, state, clock);
        _confirmed = clock.GetTimestamp();
        _timer = clock.CreateTimer(_ => Check(), state: null, Beat, Beat);
    }

    /// <summary>
    /// Whether writing is forbidden: another process took the lock with <c>--take-over</c>, or the storage has not answered for long.
    /// </summary>
    public bool IsLost => _lost || _silent;

    /// <summary>Takes the write lock.</summary>
    /// <param name="files">The folder of changes; created if necessary.</param>
    /// <param name="self">The identity of this process.</param>
    /// <param name="locks">The locks of the file system.</param>
    /// <param name="clock">The clock, for the time and the lease's heartbeat.</param>
    /// <param name="other">The current holder if null is returned; null if the holder is unknown.</param>
    /// <returns>Null if another process holds it.</returns>
    /// <exception cref="IOException">The storage failed; nothing is left behind, as far as the storage allows.</exception>
    /// <exception cref="StoreException"><see cref="StoreFault.Untrusted"/>.</exception>
    public static WriterClaim? TryTake(WriterFiles files, WriterIdentity self, IWriterLocks locks, TimeProvider clock, out WriterHolder? other) =>
        Patiently(files, new WriterHolder(self, clock.GetUtcNow(), Guid.NewGuid()), locks, clock, out other);

    /// <summary>Takes the write lock for a few renames: other processes that want it wait.</summary>
    /// <returns>Null if another process holds it.</returns>
    public static WriterClaim? TryTakeBriefly(WriterFiles files, WriterIdentity self, IWriterLocks locks, TimeProvider clock) =>
        TryTake(files, new WriterHolder(self, clock.GetUtcNow(), Guid.NewGuid(), IsBrief: true), locks, clock, out _);

    private static WriterClaim? Patiently(WriterFiles files, WriterHolder holder, IWriterLocks locks, TimeProvider clock, out WriterHolder? other)
    {
        for (var waits = 0; ; waits++)
        {
            var claim = TryTake(files, holder, locks, clock, out other);
            var maxWaits = other switch
            {
                null => FewWaits,
                { IsBrief: false } => 0,
                _ => other.StateFor(holder.Who) == HolderState.Alive ? BriefWaits : BriefWaitsElsewhere,
            };
            if (claim is not null || waits >= maxWaits)
            {
                return claim;
            }

            Thread.Sleep(BriefWait);
        }
    }

    private static WriterClaim? TryTake(WriterFiles files, WriterHolder holder, IWriterLocks locks, TimeProvider clock, out WriterHolder? other)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return TryTakeOnce(files, holder, locks, clock, out other);
            }
            catch (PlatformException failure) when (failure.Errno == Errno.ENOENT && attempt < ClaimProtocol.MaxRounds)
            {
                Thread.Sleep(attempt); // the former holder is removing the folder
            }
        }
    }

    private static WriterClaim? TryTakeOnce(WriterFiles files, WriterHolder holder, IWriterLocks locks, TimeProvider clock, out WriterHolder? other)
    {
        var shell = new ClaimFiles(files, holder, locks);
        var isKept = false;
        try
        {
            var next = ClaimState.Start;
            IOException? failure = null;
            StoreException? untrusted = null;
            while (!next.IsOver)
            {
                ClaimResult result;
                try
                {
                    result = shell.Do(next.Next);
                }
                catch (StoreException refusal)
                {
                    (result, untrusted) = (ClaimResult.Failed, refusal);
                }

                failure ??= result == ClaimResult.Failed ? shell.Failure : null;
                other = shell.Other;
                next = ClaimProtocol.Apply(next, result);
            }

            other = next.Next == ClaimAction.Hold ? null : shell.Other;
            if (next.Next == ClaimAction.Fail)
            {
                throw (Exception?)untrusted ?? failure ?? new IOException($"cannot find out who holds the write lock in {files.Folder}");
            }

            isKept = next.Next == ClaimAction.Hold;
            if (isKept && next.HasLock)
            {
                shell.RemoveHoldersOfOthers();
            }

            return isKept ? new WriterClaim(shell, next, clock) : null;
        }
        finally
        {
            if (!isKept)
            {
                shell.Dispose();
            }
        }
    }

    /// <summary>Whether the write lock is held now, and by which process.</summary>
    public static LockStatus Look(WriterFiles files, WriterIdentity self, IWriterLocks locks)
    {
        try
        {
            using var folder = files.TryOpen();
            if (folder is null)
            {
                return default;
            }

            var holder = HolderFiles.Read(folder, WriterFiles.LeaseName, out var isThere);
            if (isThere && !(holder is not null && HolderFiles.IsAbandoned(folder, holder, self)))
            {
                return new LockStatus(IsHeld: true, holder);
            }

            holder = HolderFiles.AnyHolder(folder, self, token: null);
            return IsLocked(folder, locks) is { } isHeld
                ? new LockStatus(isHeld, isHeld ? holder : null)
                : new LockStatus(holder is not null, holder);
        }
        catch (StoreException untrusted) when (untrusted.Fault == StoreFault.Untrusted)
        {
            return default; // no process writes there
        }
        catch (PlatformException failure) when (failure.Errno is Errno.ENOENT or Errno.ENOTDIR or Errno.EACCES)
        {
            return default;
        }
    }

    /// <summary>
    /// Takes the write lock away from a holder on another host, whose state is unknown here. Only on the user's explicit request: two writers
    /// destroy each other's data.
    /// </summary>
    /// <returns>The former holder.</returns>
    /// <exception cref="StoreException"><see cref="StoreFault.Busy"/>: the holder is alive on this host.</exception>
    public static LockStatus TakeAway(WriterFiles files, WriterIdentity self, IWriterLocks locks)
    {
        var lockStatus = Look(files, self, locks);
        if (!lockStatus.IsHeld)
        {
            return lockStatus;
        }

        if (lockStatus.Holder?.StateFor(self) == HolderState.Alive)
        {
            throw new StoreException(StoreFault.Busy, $"the write lock is held by a living process: {lockStatus}; nothing was taken "
                + $"over") { Hint = "unmount the environment there" };
        }

        files.RemoveRights();
        return lockStatus;
    }

    /// <summary>
    /// Checks whether this process still is the holder, and refreshes its claim. If the storage does not answer, the next heartbeat repeats the
    /// check.
    /// </summary>
    public void Check()
    {
        lock (_checking)
        {
            if (_isDisposed || _lost)
            {
                return;
            }

            try
            {
                _lost = !(_state.HasLease ? _files.TryRefreshLease() : _files.IsLockNamed());
                (_confirmed, _silent) = (_clock.GetTimestamp(), false);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or StoreException or ObjectDisposedException)
            {
                _silent = _clock.GetElapsedTime(_confirmed) >= MaxSilence;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_checking)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            for (_state = ClaimProtocol.Withdraw(_state, ClaimAction.Refuse); !_state.IsOver; _state = ClaimProtocol.Apply(_state, Try(_state.Next)))
            {
            }

            _files.Dispose();
        }
    }

    private ClaimResult Try(ClaimAction action)
    {
        try
        {
            return _files.Do(action);
        }
        catch (StoreException)
        {
            return ClaimResult.Failed;
        }
    }

    /// <summary>Whether another process holds the kernel's lock; null if this user may not know.</summary>
    private static bool? IsLocked(IStorageFolder folder, IWriterLocks locks)
    {
        try
        {
            using var file = folder.Open(WriterFiles.LockName, StorageAccess.Read);
            return locks.IsHeld(file.Handle!);
        }
        catch (PlatformException failure) when (failure.Errno == Errno.ENOENT)
        {
            return false;
        }
        catch (Exception failure) when (failure is StoreException or PlatformException)
        {
            return null;
        }
    }
}
