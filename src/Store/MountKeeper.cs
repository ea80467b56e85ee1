using CondaFuse.Mounts;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;

namespace CondaFuse.Store;

/// <summary>Makes mounts be there: one server a mount point, however many ask at once.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="mounter">Clears dead mounts away.</param>
/// <param name="launcher">Starts servers.</param>
public sealed class MountKeeper(Layout layout, FuseMounter mounter, ServerLauncher launcher)
{
    /// <summary>Serves in this process, and returns when the mount answers; null where servers are processes of their own.</summary>
    public Func<MountPlan, StartReport>? StartHere { get; init; }

    /// <summary>Starts the server of a mount before the mount's archive was looked into, unless something is mounted there.</summary>
    /// <param name="plan">The mount; its prefix need not be known.</param>
    public PreparedServer? TryPrepare(MountPlan plan) =>
        StartHere is not null || LiveMounts.Read(layout).IsMountPoint(plan.MountPoint) ? null : launcher.Prepare(plan);

    /// <summary>Has a mount made, unless it is there.</summary>
    /// <param name="plan">The mount.</param>
    /// <param name="onNote">Takes what its server found amiss when it started, in words for a person.</param>
    /// <param name="onStart">Takes what a server that was started says of the mount.</param>
    /// <param name="prepared">A server that waits; it stays the caller's. Null: one is started if need be.</param>
    /// <exception cref="StoreException">Something else is mounted there, the directory is not empty, or the server did not start.</exception>
    public MountOutcome Ensure(MountPlan plan, Action<string> onNote, Action<StartReport>? onStart = null, PreparedServer? prepared = null)
    {
        if (prepared is null && IsThere(LiveMounts.Read(layout), plan))
        {
            return MountOutcome.AlreadyMounted;
        }

        using var mutex = layout.LockMountPoint(plan.MountPoint);
        return EnsureLocked(plan, onNote, onStart, prepared);
    }

    /// <summary>The same for who holds the mount point's lock.</summary>
    public MountOutcome EnsureLocked(MountPlan plan, Action<string> onNote, Action<StartReport>? onStart = null, PreparedServer? prepared = null)
    {
        var mounts = LiveMounts.Read(layout);
        if (IsThere(mounts, plan))
        {
            return MountOutcome.AlreadyMounted;
        }

        var repaired = mounts.At(plan.MountPoint) is not null && ClearDeadMount(plan.MountPoint);
        var made = PrepareMountPoint(plan.MountPoint);
        try
        {
            var report = Start(plan, prepared);
            foreach (var note in report.Notes)
            {
                onNote(note);
            }

            onStart?.Invoke(report);
        }
        catch when (made && !LiveMounts.Read(layout).IsMountPoint(plan.MountPoint))
        {
            Directory.Delete(plan.MountPoint);
            throw;
        }

        return repaired ? MountOutcome.Repaired : MountOutcome.Mounted;
    }

    /// <summary>Mounts over a mount that is there and not to be relied on, for those who see this mount namespace.</summary>
    public void Cover(MountPlan plan, Action<string> onNote)
    {
        using var mutex = layout.LockMountPoint(plan.MountPoint);
        foreach (var note in Start(plan, prepared: null).Notes)
        {
            onNote(note);
        }
    }

    /// <summary>Detaches a mount whose server is dead; true if there was one.</summary>
    public bool ClearDeadMount(string mountPoint)
    {
        var cleared = false;
        while (LiveMounts.Read(layout).At(mountPoint) is { IsDead: true } dead)
        {
            // Lazily: whoever still stands in it gets ENOTCONN from there until it leaves.
            mounter.Unmount(mountPoint, lazy: true);
            layout.RuntimeOf(dead.Entry.FuseUser).ForgetServer(dead.Entry.Device);
            cleared = true;
        }

        return cleared;
    }

    private StartReport Start(MountPlan plan, PreparedServer? prepared)
    {
        if (StartHere is { } serve)
        {
            return serve(plan);
        }

        using var server = prepared is null ? launcher.Prepare(plan) : null;
        return (prepared ?? server!).Start(plan.Prefix);
    }

    private static bool IsThere(LiveMounts mounts, MountPlan plan)
    {
        if (mounts.At(plan.MountPoint) is not { } live)
        {
            return mounts.OfOtherAt(plan.MountPoint) is { } other && other.Source == plan.Archive
                ? ForeignMount.Demand(other, plan)
                : mounts.IsMountPoint(plan.MountPoint)
                ? throw new StoreException(StoreFault.AlreadyExists, $"{plan.MountPoint} is a mount point of another "
                    + $"program") { Path = plan.MountPoint }
                : false;
        }

        if (live.IsDead)
        {
            return false;
        }

        if (live.Archive != plan.Archive)
        {
            throw new StoreException(StoreFault.AlreadyExists, $"another archive is mounted at {plan.MountPoint}: {live.Archive}")
            {
                Hint = $"condafuse unmount '{plan.MountPoint}'",
                Path = plan.MountPoint,
            };
        }

        if (live.Record is { } record && record.Generation != plan.Generation)
        {
            var shown = record.Generation is { } number ? $"generation {number} of {live.Archive}" : $"the current generation of {live.Archive}";
            throw new StoreException(StoreFault.AlreadyExists, $"{shown} is mounted at {plan.MountPoint}")
            {
                Hint = $"condafuse unmount '{plan.MountPoint}', or mount at another directory",
                Path = plan.MountPoint,
            };
        }

        if (plan.AllowOther && !live.Entry.IsForAll)
        {
            throw new StoreException(
                StoreFault.AlreadyExists, $"{plan.MountPoint} is mounted without --allow-other")
            {
                Hint = $"condafuse unmount '{plan.MountPoint}', then mount it with --allow-other",
                Path = plan.MountPoint,
            };
        }

        return !plan.ReadOnly || live.Entry.IsReadOnly
            ? true
            : throw new StoreException(
                StoreFault.AlreadyExists, $"{plan.MountPoint} is mounted writable")
            {
                Hint = $"condafuse unmount '{plan.MountPoint}', or mount at another directory",
                Path = plan.MountPoint,
            };
    }

    /// <summary>Has an empty directory there; true if it was made now.</summary>
    private static bool PrepareMountPoint(string mountPoint)
    {
        if (!Path.Exists(mountPoint))
        {
            Directory.CreateDirectory(mountPoint);
            return true;
        }

        if (File.Exists(mountPoint))
        {
            throw new StoreException(StoreFault.AlreadyExists, $"cannot mount at {mountPoint}: it is a file");
        }

        if (Directory.EnumerateFileSystemEntries(mountPoint).Any())
        {
            throw new StoreException(
                StoreFault.AlreadyExists,
                $"cannot mount at {mountPoint}: the directory is not empty")
            {
                Hint = "move its files away, or remove leftovers with 'condafuse doctor --clean'",
                Path = mountPoint,
            };
        }

        return false;
    }
}

/// <summary>What it took to have a mount.</summary>
public enum MountOutcome
{
    /// <summary>It was there.</summary>
    AlreadyMounted,

    /// <summary>It was made.</summary>
    Mounted,

    /// <summary>One whose server had died was cleared away, and a new one made.</summary>
    Repaired,
}

/// <summary>A mount that somebody uses; it is still there.</summary>
/// <param name="mountPoint">The mount.</param>
/// <param name="holders">Who uses it, as far as this user can see.</param>
/// <param name="report">What was committed all the same; null if nothing.</param>
public sealed class MountBusyException(string mountPoint, IReadOnlyList<MountHolder> holders, CommitReport? report = null)
    : StoreException(
        StoreFault.Busy,
        report is null
            ? $"cannot unmount {mountPoint}: it is in use"
            : $"cannot unmount {mountPoint}: it is in use; its changes were committed as generation {report.Generation}")
{
    /// <summary>Who uses it, as far as this user can see.</summary>
    public IReadOnlyList<MountHolder> Holders { get; } = holders;
}
