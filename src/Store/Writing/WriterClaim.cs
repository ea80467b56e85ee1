using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Writing;

/// <summary>
/// The right to write an environment's changes, until disposed or until the process dies: a lock where locks work, else a lease. A lock counts
/// only beside no lease of somebody else, and the other way round, so that hosts with and without locks see each other.
/// </summary>
public sealed class WriterClaim : IDisposable
{
    /// <summary>How often a holder says that it is there, and looks whether it still is the holder.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(30);

    private const int Attempts = 8;

    /// <summary>How often, and how long each time, one waits for a holder who said that it is brief.</summary>
    private const int BriefWaits = 500;

    /// <summary>The same where nobody says who holds it: it is being taken, or given back.</summary>
    private const int FewWaits = 5;

    private static readonly TimeSpan BriefWait = TimeSpan.FromMilliseconds(10);
    private readonly WriterFiles files;
    private readonly WriterHolder self;
    private readonly SafeFileHandle? locked;
    private readonly ITimer timer;
    private volatile bool lost;

    private WriterClaim(WriterFiles files, WriterHolder self, SafeFileHandle? locked, TimeProvider clock)
    {
        this.files = files;
        this.self = self;
        this.locked = locked;
        timer = clock.CreateTimer(_ => Check(), state: null, Beat, Beat);
    }

    /// <summary>Whether somebody took the right away, as who tells to take over may.</summary>
    public bool IsLost => lost;

    /// <summary>Takes the right to write.</summary>
    /// <param name="files">The folder of changes; made if need be.</param>
    /// <param name="self">Who takes it.</param>
    /// <param name="locks">Locks of the file system.</param>
    /// <param name="clock">For the time, and the lease's beat.</param>
    /// <param name="other">Who has it, where null is returned; null if nobody knows who.</param>
    /// <returns>Null if somebody else has it.</returns>
    public static WriterClaim? TryTake(WriterFiles files, WriterIdentity self, IWriterLocks locks, TimeProvider clock, out WriterHolder? other) =>
        Patiently(files, new WriterHolder(self, clock.GetUtcNow(), Guid.NewGuid()), locks, clock, out other);

    /// <summary>Takes the right to write for some renames: whoever wants it meanwhile waits.</summary>
    /// <returns>Null if somebody else has it.</returns>
    public static WriterClaim? TryTakeBriefly(WriterFiles files, WriterIdentity self, IWriterLocks locks, TimeProvider clock) =>
        TryTake(files, new WriterHolder(self, clock.GetUtcNow(), Guid.NewGuid(), IsBrief: true), locks, clock, out _);

    private static WriterClaim? Patiently(WriterFiles files, WriterHolder holder, IWriterLocks locks, TimeProvider clock, out WriterHolder? other)
    {
        for (var waits = 0; ; waits++)
        {
            var claim = TryTake(files, holder, locks, clock, out other);
            var patience = other is null ? FewWaits : other.IsBrief && other.StateFor(holder.Who) == HolderState.Alive ? BriefWaits : 0;
            if (claim is not null || waits >= patience)
            {
                return claim;
            }

            Thread.Sleep(BriefWait);
        }
    }

    private static WriterClaim? TryTake(WriterFiles files, WriterHolder holder, IWriterLocks locks, TimeProvider clock, out WriterHolder? other)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                if (TryTakeThere(files, holder, locks, clock, out var claim, out other))
                {
                    return claim;
                }
            }
            catch (IOException) when (attempt < Attempts - 1)
            {
                // Who had it until now removes the folder, perhaps: whatever else it is happens again.
                Thread.Sleep(attempt);
            }
        }

        other = null;
        return null;
    }

    /// <returns>False if the files were removed meanwhile.</returns>
    private static bool TryTakeThere(
        WriterFiles files, WriterHolder holder, IWriterLocks locks, TimeProvider clock, out WriterClaim? claim, out WriterHolder? other)
    {
        claim = null;
        Directory.CreateDirectory(files.Folder);
        var file = PlainFile.OpenOrCreate(files.Lock);
        try
        {
            return TryTakeFile(files, holder, locks, clock, file, out claim, out other);
        }
        catch
        {
            file.Dispose(); // or its lock would be held for nothing
            throw;
        }
    }

    /// <returns>False if the files were removed meanwhile.</returns>
    private static bool TryTakeFile(
        WriterFiles files, WriterHolder holder, IWriterLocks locks, TimeProvider clock, SafeFileHandle file, out WriterClaim? claim, out WriterHolder? other)
    {
        claim = null;
        switch (locks.TryTake(files.Lock, file))
        {
            case LockAnswer.Taken when FileIdentity.TryOf(files.Lock) != FileIdentity.Of(file):
                file.Dispose();
                other = null;
                return false;
            case LockAnswer.Taken:
                if (!IsFreeOfLease(files, holder.Who, clock, out other))
                {
                    file.Dispose();
                    return true;
                }

                WriteName(file, holder);
                claim = new WriterClaim(files, holder, file, clock);
                return true;
            case LockAnswer.Held:
                other = WriterHolder.Parse(PlainFile.ReadAll(file));
                file.Dispose();
                return true;
            default:
                other = WriterHolder.Parse(PlainFile.ReadAll(file));
                file.Dispose();
                // A writer that ended clears its text; one that died on this host is seen to be dead.
                if ((other is null || other.StateFor(holder.Who) == HolderState.Dead) && TryTakeLease(files, holder, clock, out other))
                {
                    claim = new WriterClaim(files, holder, locked: null, clock);
                }

                return true;
        }
    }

    /// <summary>Whether somebody has the right to write now, and who.</summary>
    public static WriterSight Look(WriterFiles files, WriterIdentity self, IWriterLocks locks, TimeProvider clock)
    {
        var lease = new WriterLease(files.Lease);
        var (holder, isThere) = lease.Read();
        if (isThere && !(holder is not null && lease.IsAbandoned(holder, self, clock.GetUtcNow())))
        {
            return new WriterSight(IsHeld: true, holder);
        }

        if (!File.Exists(files.Lock))
        {
            return default;
        }

        using var file = PlainFile.OpenToRead(files.Lock);
        return locks.IsHeld(file) ? new WriterSight(IsHeld: true, WriterHolder.Parse(PlainFile.ReadAll(file))) : default;
    }

    /// <summary>
    /// Takes the right to write away from whoever has it on another host, where nobody can see whether it lives. Only for who was told so by a
    /// person: two writers destroy what both write.
    /// </summary>
    /// <returns>From whom.</returns>
    /// <exception cref="StoreException"><see cref="StoreFault.Busy"/>: the holder lives on this host.</exception>
    public static WriterSight TakeAway(WriterFiles files, WriterIdentity self, IWriterLocks locks, TimeProvider clock)
    {
        var sight = Look(files, self, locks, clock);
        if (!sight.IsHeld)
        {
            return sight;
        }

        if (sight.Holder?.StateFor(self) == HolderState.Alive)
        {
            throw new StoreException(StoreFault.Busy, $"{sight} is alive and writes: unmount it there first; nothing was taken over");
        }

        new WriterLease(files.Lease).TryRemove(sight.Holder);
        File.Delete(files.Lock);
        return sight;
    }

    /// <summary>Looks whether this still is the holder, and says that it is there.</summary>
    public void Check()
    {
        lock (timer)
        {
            lost = lost || (locked is null
                ? !new WriterLease(files.Lease).TryRefresh(self)
                : !locked.IsClosed && FileIdentity.TryOf(files.Lock) != FileIdentity.Of(locked));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        timer.Dispose();
        lock (timer)
        {
            if (locked is null)
            {
                new WriterLease(files.Lease).TryRemove(self);
            }
            else if (!locked.IsClosed)
            {
                RandomAccess.SetLength(locked, 0);
                locked.Dispose();
            }
        }
    }

    /// <summary>The lock counts. On a full disk, where somebody wants to remove something, others do not learn who has it.</summary>
    private static void WriteName(SafeFileHandle file, WriterHolder holder)
    {
        try
        {
            PlainFile.WriteAll(file, holder.Format());
        }
        catch (IOException failure) when (DiskFull.Is(failure))
        {
            RandomAccess.SetLength(file, 0);
        }
    }

    private static bool IsFreeOfLease(WriterFiles files, WriterIdentity self, TimeProvider clock, out WriterHolder? other)
    {
        var lease = new WriterLease(files.Lease);
        (other, var isThere) = lease.Read();
        return !isThere || (other is not null && lease.IsAbandoned(other, self, clock.GetUtcNow()) && lease.TryRemove(other));
    }

    private static bool TryTakeLease(WriterFiles files, WriterHolder holder, TimeProvider clock, out WriterHolder? other)
    {
        var lease = new WriterLease(files.Lease);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (lease.TryCreate(holder))
            {
                other = null;
                return true;
            }

            if (!IsFreeOfLease(files, holder.Who, clock, out other))
            {
                return false;
            }
        }

        other = null;
        return false;
    }
}
