using CondaFuse.Mounts;
using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>Undoes mounts, and waits for the end of their servers.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="mounter">Undoes the mount itself.</param>
/// <param name="clock">Measures the waiting.</param>
public sealed class Unmounter(Layout layout, FuseMounter mounter, TimeProvider clock)
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>How long it tries where it is busy and nobody holds it that can be named: a process that was killed holds its files until it is gone.</summary>
    private static readonly TimeSpan PatienceWithNobody = TimeSpan.FromSeconds(2);

    /// <summary>How long a server may take to end after its mount is gone.</summary>
    private static readonly TimeSpan ServerPatience = TimeSpan.FromMinutes(10);

    /// <summary>Unmounts; nothing is changed while somebody uses it.</summary>
    /// <param name="mountPoint">Canonical path.</param>
    /// <param name="options">How.</param>
    /// <param name="onWait">Told once, when it has to wait for holders.</param>
    /// <exception cref="MountBusyException">Somebody uses it, for longer than it may wait.</exception>
    /// <exception cref="StoreException">Nothing of ours is mounted there.</exception>
    public void Unmount(string mountPoint, UnmountOptions options, Action<IReadOnlyList<MountHolder>> onWait)
    {
        using var mutex = layout.LockMountPoint(mountPoint);
        UnmountLocked(mountPoint, options, onWait);
    }

    /// <summary>The same for who holds the mount point's lock.</summary>
    public void UnmountLocked(string mountPoint, UnmountOptions options, Action<IReadOnlyList<MountHolder>> onWait)
    {
        var live = LiveMounts.Read(layout).At(mountPoint)
            ?? throw new StoreException(StoreFault.NotFound, $"nothing of condafuse is mounted at {mountPoint}");
        Detach(live, options, onWait);
        if (live.Server is { } server && !options.Lazy && !ServerProcess.WaitForEnd(server, ServerPatience, clock))
        {
            throw new StoreException(
                StoreFault.Server, $"{mountPoint} is unmounted, but its server (pid {server.Id}) is still at work; its log is {layout.LogPath(mountPoint)}");
        }

        // A server removes its own record and socket.
        if (live.IsDead)
        {
            layout.RuntimeOf(live.Entry.FuseUser).ForgetServer(live.Entry.Device);
        }

        if (!options.KeepMountPoint)
        {
            RemoveMountPoint(mountPoint);
        }
    }

    private void Detach(LiveMount live, UnmountOptions options, Action<IReadOnlyList<MountHolder>> onWait)
    {
        var start = clock.GetTimestamp();
        var said = false;
        live.Control?.TryEndReadAhead();
        while (true)
        {
            try
            {
                mounter.Unmount(live.Entry.MountPoint, options.Lazy || live.IsDead);
                return;
            }
            catch (MountException busy) when (busy.Fault == MountFault.Busy)
            {
                if (live.Control?.TryEndReadAhead() == true)
                {
                    continue;
                }

                var holders = MountHolder.Find(live.Entry.MountPoint);
                var waited = clock.GetElapsedTime(start);
                if (waited >= options.Wait && (holders.Count > 0 || waited >= PatienceWithNobody))
                {
                    throw new MountBusyException(live.Entry.MountPoint, holders);
                }

                if (!said && waited < options.Wait)
                {
                    onWait(holders);
                    said = true;
                }

                Thread.Sleep(PollInterval);
            }
        }
    }

    private void RemoveMountPoint(string mountPoint)
    {
        // rmdir of a directory that is a mount point in another namespace would detach that mount.
        var isPlain = !LiveMounts.Read(layout).IsMountPoint(mountPoint) && Directory.Exists(mountPoint);
        if (isPlain && Path.GetDirectoryName(mountPoint) == CanonicalPath.Resolve(layout.MountRoot)
            && !Directory.EnumerateFileSystemEntries(mountPoint).Any() && !OtherNamespaces.Hold(mountPoint))
        {
            Directory.Delete(mountPoint);
        }
    }
}
