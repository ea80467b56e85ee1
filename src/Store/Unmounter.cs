using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;

namespace CondaFuse.Store;

/// <summary>
/// Unmounts: one request to the server and one reply. Where the server is dead, unknown, or sees other mounts
/// than this process, the mount is detached here.
/// </summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="mounter">Detaches.</param>
/// <param name="clock">Measures the waiting.</param>
public sealed class Unmounter(Layout layout, FuseMounter mounter, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long it tries where it is busy and nobody holds it that can be named: a process that was killed holds its files until it is gone.
    /// </summary>
    private static readonly TimeSpan TimeoutWithoutHolders = TimeSpan.FromSeconds(2);

    /// <summary>How long a process may take to end after it has answered, or after its mount was detached.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Unmounts.</summary>
    /// <param name="mountPoint">Canonical path.</param>
    /// <param name="options">How.</param>
    /// <param name="onWait">Told once, when it has to wait for holders.</param>
    /// <param name="onFound">Told of the mount before anything is done; what it returns is disposed afterwards.</param>
    /// <exception cref="MountBusyException">Somebody uses it, for longer than it may wait.</exception>
    /// <exception cref="StoreException">Nothing of ours is mounted there, or its server ended before it answered.</exception>
    public UnmountReply Unmount(
        string mountPoint, UnmountOptions options, Action<IReadOnlyList<MountHolder>> onWait, Func<LiveMount, IDisposable?>? onFound = null)
    {
        using var mutex = layout.LockMountPoint(mountPoint);
        return UnmountLocked(mountPoint, options, onWait, onFound);
    }

    /// <summary>The same for who holds the mount point's lock.</summary>
    public UnmountReply UnmountLocked(
        string mountPoint, UnmountOptions options, Action<IReadOnlyList<MountHolder>> onWait, Func<LiveMount, IDisposable?>? onFound = null)
    {
        var live = LiveMounts.Read(layout).AtOrElsewhere(mountPoint)
            ?? throw new StoreException(StoreFault.NotFound, $"no condafuse mount at {mountPoint}");
        using var meanwhile = onFound?.Invoke(live);
        var wait = new BusyWait(mountPoint, options, onWait, clock);
        var isServersOwn = live.IsElsewhere || (live.Server is { } server && OtherNamespaces.IsOwn(server.Id));
        var reply = live switch
        {
            { IsDead: true } => ClearDead(live),
            { Control: { } control } when isServersOwn => AskServer(live, control, options, wait, report: null, isDetachedHere: false),
            _ => DetachHere(live, options, wait),
        };
        if (!options.KeepMountPoint && reply.Outcome is UnmountOutcome.Ended or UnmountOutcome.Detached or UnmountOutcome.StillShown)
        {
            RemoveMountPoint(mountPoint);
        }

        return reply;
    }

    private UnmountReply ClearDead(LiveMount live)
    {
        mounter.Unmount(live.Entry.MountPoint, lazy: true);
        layout.RuntimeOf(live.Entry.FuseUser).ForgetServer(live.Entry.Device);
        return new UnmountReply(UnmountOutcome.Ended) { WasDead = true };
    }

    /// <summary>The same mount, if it is there and its server has ended.</summary>
    private LiveMount? FindDead(LiveMount live) =>
        !live.IsElsewhere && HasEnded(live) && LiveMounts.Read(layout).At(live.Entry.MountPoint) is { IsDead: true } dead
        && dead.Entry.Device == live.Entry.Device
            ? dead
            : null;

    /// <summary>The server commits, and detaches the mount in its own mount namespace.</summary>
    /// <param name="live">The mount.</param>
    /// <param name="control">Its server.</param>
    /// <param name="options">How.</param>
    /// <param name="wait">Waits where it is busy.</param>
    /// <param name="report">What was committed before; null if nothing.</param>
    /// <param name="isDetachedHere">Whether it was detached in this mount namespace already.</param>
    private UnmountReply AskServer(
        LiveMount live, ControlClient control, UnmountOptions options, BusyWait wait, CommitReport? report, bool isDetachedHere)
    {
        var request = new UnmountRequest(options.Lazy, options.KeepsChanges, CommitsFirst: true, options.Threads);
        while (true)
        {
            UnmountReply reply;
            try
            {
                reply = control.Unmount(request);
            }
            catch (PlatformException absent) when (
                absent.Errno is Errno.ENOENT or Errno.ECONNREFUSED && !isDetachedHere && live is { IsElsewhere: false, Server.IsAlive: true })
            {
                // Its socket is lost: it commits when the mount is gone.
                return DetachHere(live, options, wait);
            }
            catch (IOException) when (!isDetachedHere && FindDead(live) is not null)
            {
                // It was killed just before it was asked, or meanwhile.
                return ClearDead(live);
            }
            catch (IOException failure)
            {
                throw new StoreException(
                    StoreFault.Server,
                    $"the server of {live.Entry.MountPoint} ended before it replied ({failure.Message}); uncommitted changes are kept "
                        + $"beside the archive",
                    failure);
            }

            report = reply.Report ?? report;
            switch (reply.Outcome)
            {
                case UnmountOutcome.Ended:
                    HasEnded(live);
                    return reply with { Report = report };
                case UnmountOutcome.Busy:
                    wait.OrThrow(report);

                    // What comes while it waits is committed at the end: a generation for each attempt would be of no use.
                    request = request with { CommitsFirst = false };
                    break;
                default:
                    return reply with { Report = report };
            }
        }
    }

    /// <summary>
    /// The server sees other mounts than this process, or is not known: it commits what it can, and the mount is detached here. The server then
    /// detaches it in its own
    /// mount namespace, if it is still there.
    /// </summary>
    private UnmountReply DetachHere(LiveMount live, UnmountOptions options, BusyWait wait)
    {
        CommitReport? report = null;
        var before = live.Control?.TryGetStatus();
        if (live.Control is { } control && before is { PendingChanges: > 0, PersonalFolder: null, Writer: not WriterKind.Other })
        {
            try
            {
                report = options.KeepsChanges ? null : control.Commit(new CommitRequest(options.Threads));
            }
            catch (StoreException failure)
            {
                return new UnmountReply(UnmountOutcome.NotCommitted, Failure: failure.Message) { Before = before };
            }
        }

        while (!TryDetach(live, options.Lazy))
        {
            wait.OrThrow(report);
        }

        if (live.Control is { } other && other.IsThere())
        {
            try
            {
                var reply = AskServer(live, other, options, wait, report, isDetachedHere: true) with { Before = before };
                return reply.Outcome == UnmountOutcome.NotDetached && HasEnded(live)
                    ? new UnmountReply(UnmountOutcome.Ended, report) { Before = before }
                    : reply;
            }
            catch (StoreException failure) when (failure.Fault == StoreFault.Server)
            {
                // It ends already, as nobody else shows the mount.
            }
        }

        var isOver = options.Lazy ? UnmountOutcome.Detached : UnmountOutcome.Ended;
        return new UnmountReply(options.Lazy || HasEnded(live) ? isOver : UnmountOutcome.StillShown, report) { Before = before };
    }

    private bool HasEnded(LiveMount live) => live.Server is not { } server || ServerProcess.WaitForEnd(server, EndTimeout, clock);

    private bool TryDetach(LiveMount live, bool lazy)
    {
        live.Control?.TryEndReadAhead();
        try
        {
            mounter.Unmount(live.Entry.MountPoint, lazy);
            return true;
        }
        catch (MountException busy) when (busy.Fault == MountFault.Busy)
        {
            return false;
        }
    }

    private void RemoveMountPoint(string mountPoint)
    {
        // rmdir of a directory that is a mount point in another namespace would detach that mount.
        if (Path.GetDirectoryName(mountPoint) == CanonicalPath.Resolve(layout.MountRoot)
            && !LiveMounts.Read(layout).IsMountPoint(mountPoint) && Directory.Exists(mountPoint)
            && !Directory.EnumerateFileSystemEntries(mountPoint).Any() && !OtherNamespaces.Hold(mountPoint))
        {
            Directory.Delete(mountPoint);
        }
    }

    /// <summary>Waits a little for whoever uses a mount, or gives up.</summary>
    private sealed class BusyWait(string mountPoint, UnmountOptions options, Action<IReadOnlyList<MountHolder>> onWait, TimeProvider clock)
    {
        private readonly long _start = clock.GetTimestamp();
        private bool _isSaid;

        public void OrThrow(CommitReport? report)
        {
            var holders = MountHolder.Find(mountPoint);
            var waited = clock.GetElapsedTime(_start);
            if (waited >= options.Wait && (holders.Count > 0 || waited >= TimeoutWithoutHolders))
            {
                throw new MountBusyException(mountPoint, holders, report);
            }

            if (!_isSaid && waited < options.Wait)
            {
                onWait(holders);
                _isSaid = true;
            }

            Thread.Sleep(PollInterval);
        }
    }
}

/// <summary>How to unmount.</summary>
/// <param name="Wait">How long to wait for whoever uses the mount.</param>
/// <param name="Lazy">Detach it now, even while it is used.</param>
/// <param name="KeepMountPoint">Leave the directory, which others may be using in other namespaces.</param>
public sealed record UnmountOptions(TimeSpan Wait, bool Lazy, bool KeepMountPoint = false)
{
    /// <summary>Leave what was changed beside the archive.</summary>
    public bool KeepsChanges { get; init; }

    /// <summary>How many threads may commit.</summary>
    public int Threads { get; init; } = 1;
}
