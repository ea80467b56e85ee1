using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;

namespace CondaFuse.Store;

/// <summary>
/// Unmounts with one request to the server and one reply. If the server is dead, unknown, or in another mount namespace, the mount is detached here.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="mounter">Detaches mounts.</param>
/// <param name="clock">The clock that measures waiting.</param>
public sealed class Unmounter(Layout layout, FuseMounter mounter, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long to retry while the mount is busy but no process is known to use it: a killed process keeps its files open until it is gone.
    /// </summary>
    private static readonly TimeSpan TimeoutWithoutHolders = TimeSpan.FromSeconds(2);

    /// <summary>How long a process may take to end after it has replied, or after its mount was detached.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Unmounts.</summary>
    /// <param name="mountPoint">Canonical path.</param>
    /// <param name="options">The settings.</param>
    /// <param name="onWait">Called once if it has to wait for processes that use the mount.</param>
    /// <param name="watcher">Follows the unmount; null for none.</param>
    /// <exception cref="MountBusyException">It is in use for longer than the allowed time.</exception>
    /// <exception cref="StoreException">No mount of ours is there, or its server ended before it replied.</exception>
    public UnmountReply Unmount(
        string mountPoint, UnmountOptions options, Action<IReadOnlyList<MountHolder>> onWait, IUnmountWatcher? watcher = null)
    {
        LiveMount live;
        UnmountReply reply;
        using (layout.LockMountPoint(mountPoint))
        {
            (live, reply) = Detach(mountPoint, options, onWait, watcher);
            if (reply.Outcome == UnmountOutcome.Ended)
            {
                layout.ForgetMountPoint(mountPoint);
            }
        }

        return WithEndOf(live, reply);
    }

    /// <summary>The same for a caller that holds the mount point's lock.</summary>
    public UnmountReply UnmountLocked(string mountPoint, UnmountOptions options, Action<IReadOnlyList<MountHolder>> onWait)
    {
        var (live, reply) = Detach(mountPoint, options, onWait, watcher: null);
        return WithEndOf(live, reply);
    }

    private (LiveMount Live, UnmountReply Reply) Detach(
        string mountPoint, UnmountOptions options, Action<IReadOnlyList<MountHolder>> onWait, IUnmountWatcher? watcher)
    {
        var live = LiveMounts.Read(layout).AtOrElsewhere(mountPoint)
            ?? throw new StoreException(StoreFault.NotFound, $"no condafuse mount at {mountPoint}");
        watcher?.Found(live);
        var wait = new BusyWait(mountPoint, options, onWait, clock);
        var isServersOwn = live.IsElsewhere || (live.Server is { } server && OtherNamespaces.IsOwn(server.Id));
        var reply = live switch
        {
            { IsDead: true } => ClearDead(live),
            { Control: { } control } when isServersOwn =>
                AskServer(live, control, options, wait, report: null, isDetachedHere: false, watcher),
            _ => DetachHere(live, options, wait, watcher),
        };
        try
        {
            watcher?.Replied(reply);
        }
        finally
        {
            if (!options.KeepMountPoint && reply.Outcome is UnmountOutcome.Ended or UnmountOutcome.Detached or UnmountOutcome.StillShown)
            {
                RemoveMountPoint(mountPoint);
            }
        }

        return (live, reply);
    }

    /// <summary>Waits for the end of the server's process, so that afterwards nothing of the mount runs.</summary>
    private UnmountReply WithEndOf(LiveMount live, UnmountReply reply)
    {
        if (reply.Outcome == UnmountOutcome.Ended)
        {
            HasEnded(live);
        }

        return reply;
    }

    private UnmountReply ClearDead(LiveMount live)
    {
        mounter.Unmount(live.Entry.MountPoint, lazy: true);
        layout.RuntimeOf(live.Entry.FuseUser).ForgetServer(live.Entry.Device);
        return new UnmountReply(UnmountOutcome.Ended) { WasDead = true };
    }

    /// <summary>The same mount, if it still exists and its server has ended.</summary>
    private LiveMount? FindDead(LiveMount live) =>
        !live.IsElsewhere && HasEnded(live) && LiveMounts.Read(layout).At(live.Entry.MountPoint) is { IsDead: true } dead
        && dead.Entry.Device == live.Entry.Device
            ? dead
            : null;

    /// <summary>Lets the server commit, and detach the mount in its own mount namespace.</summary>
    /// <param name="live">The mount.</param>
    /// <param name="control">Its server.</param>
    /// <param name="options">The settings.</param>
    /// <param name="wait">Waits while the mount is busy.</param>
    /// <param name="report">The result of an earlier commit; null if there was none.</param>
    /// <param name="isDetachedHere">Whether it was detached in this mount namespace already.</param>
    /// <param name="watcher">Follows the unmount.</param>
    private UnmountReply AskServer(
        LiveMount live, ControlClient control, UnmountOptions options, BusyWait wait, CommitReport? report, bool isDetachedHere,
        IUnmountWatcher? watcher)
    {
        var request = new UnmountRequest(options.Lazy, options.KeepsChanges, CommitsFirst: true, options.Threads);
        while (true)
        {
            UnmountReply reply;
            try
            {
                reply = control.Unmount(request, watcher is null ? null : watcher.Waiting, watcher is null ? null : watcher.Asked);
            }
            catch (PlatformException absent) when (
                absent.Errno is Errno.ENOENT or Errno.ECONNREFUSED && !isDetachedHere && live is { IsElsewhere: false, Server.IsAlive: true })
            {
                // Its socket is lost. It commits after the unmount.
                return DetachHere(live, options, wait, watcher);
            }
            catch (IOException) when (!isDetachedHere && FindDead(live) is not null)
            {
                // It was killed just before or during the request.
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
                case UnmountOutcome.Busy:
                    wait.OrThrow(report);

                    // Changes made while it waits are committed at the end: a generation per attempt would be useless.
                    request = request with { CommitsFirst = false };
                    break;
                default:
                    return reply with { Report = report };
            }
        }
    }

    /// <summary>
    /// For a server that is unknown or in another mount namespace: it commits as far as possible, and the mount is detached here. The server then
    /// detaches it in its own mount namespace, if it still exists.
    /// </summary>
    private UnmountReply DetachHere(LiveMount live, UnmountOptions options, BusyWait wait, IUnmountWatcher? watcher)
    {
        CommitReport? report = null;
        var before = live.Control?.TryGetStatus();
        if (live.Control is { } control && before is { PendingChanges: > 0, PersonalFolder: null, Writer: not WriterKind.Other, KeepsChanges: false })
        {
            try
            {
                report = options.KeepsChanges ? null : control.Commit(new CommitRequest(options.Threads), watcher is null ? null : watcher.Waiting);
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
                var reply = AskServer(live, other, options, wait, report, isDetachedHere: true, watcher) with { Before = before };
                return reply.Outcome == UnmountOutcome.NotDetached && HasEnded(live)
                    ? WithoutReply(UnmountOutcome.Ended, report, options, before)
                    : reply;
            }
            catch (StoreException failure) when (failure.Fault == StoreFault.Server)
            {
                // It is ending already, because the mount is visible nowhere else.
            }
        }

        var isOver = options.Lazy ? UnmountOutcome.Detached : UnmountOutcome.Ended;
        return WithoutReply(options.Lazy || HasEnded(live) ? isOver : UnmountOutcome.StillShown, report, options, before);
    }

    /// <summary>The outcome of a server that ended before it was asked.</summary>
    private static UnmountReply WithoutReply(UnmountOutcome outcome, CommitReport? report, UnmountOptions options, MountStatus? before)
    {
        var kept = before is { Writer: not WriterKind.Other } && (options.KeepsChanges || before.KeepsChanges) ? before : null;
        return new UnmountReply(outcome, report, KeptChanges: kept?.PendingChanges ?? 0, KeptBytes: kept?.PendingBytes ?? 0) { Before = before };
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

    /// <summary>Removes an empty mount point below the mount root, if possible.</summary>
    public void RemoveMountPoint(string mountPoint)
    {
        try
        {
            // rmdir of a directory that is a mount point in another namespace would detach that mount.
            if (Path.GetDirectoryName(mountPoint) == CanonicalPath.Resolve(layout.MountRoot)
                && !LiveMounts.Read(layout).IsMountPoint(mountPoint) && Directory.Exists(mountPoint)
                && !Directory.EnumerateFileSystemEntries(mountPoint).Any() && !OtherNamespaces.Hold(mountPoint))
            {
                Directory.Delete(mountPoint);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The mount is gone, and an empty directory does no harm: the next mount uses it.
        }
    }

    /// <summary>Waits for a limited time for processes that use a mount.</summary>
    private sealed class BusyWait(string mountPoint, UnmountOptions options, Action<IReadOnlyList<MountHolder>> onWait, TimeProvider clock)
    {
        private readonly long _start = clock.GetTimestamp();
        private bool _wasReported;

        public void OrThrow(CommitReport? report)
        {
            var holders = MountHolder.Find(mountPoint);
            var waited = clock.GetElapsedTime(_start);
            if (waited >= options.Wait && (holders.Count > 0 || waited >= TimeoutWithoutHolders))
            {
                throw new MountBusyException(mountPoint, holders, report);
            }

            if (!_wasReported && waited < options.Wait)
            {
                onWait(holders);
                _wasReported = true;
            }

            Thread.Sleep(PollInterval);
        }
    }
}

/// <summary>Settings of an unmount.</summary>
/// <param name="Wait">How long to wait for processes that use the mount.</param>
/// <param name="Lazy">Detach it now, even while it is in use.</param>
/// <param name="KeepMountPoint">Keep the directory, which other processes may be using in other namespaces.</param>
public sealed record UnmountOptions(TimeSpan Wait, bool Lazy, bool KeepMountPoint = false)
{
    /// <summary>Leave uncommitted changes beside the archive.</summary>
    public bool KeepsChanges { get; init; }

    /// <summary>How many threads a commit may use.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>Follows an unmount, to tell a user about it.</summary>
public interface IUnmountWatcher
{
    /// <summary>The mount was found; nothing was done yet.</summary>
    void Found(LiveMount live);

    /// <summary>The server was asked, and works: what this does meanwhile costs no time.</summary>
    void Asked();

    /// <summary>The server has not replied for a while: called again and again.</summary>
    void Waiting();

    /// <summary>The unmount is done, or refused. The server's process may still be ending, so this costs no time.</summary>
    void Replied(UnmountReply reply);
}
