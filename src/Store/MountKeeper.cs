using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;

namespace CondaFuse.Store;

/// <summary>Ensures that mounts exist: one server per mount point, however many processes ask at once.</summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="mounter">Clears dead mounts.</param>
/// <param name="launcher">Starts servers.</param>
public sealed class MountKeeper(Layout layout, FuseMounter mounter, ServerLauncher launcher)
{
    /// <summary>Serves in this process, and returns when the mount is ready; null to start a separate process for each server.</summary>
    public Func<MountPlan, StartReport>? StartHere { get; init; }

    /// <summary>Starts a mount's server before its archive is read, unless something is mounted there.</summary>
    /// <param name="plan">The mount; its prefix may still be unknown.</param>
    public PreparedServer? TryPrepare(MountPlan plan) =>
        StartHere is not null || LiveMounts.Read(layout).IsMountPoint(plan.MountPoint) ? null : launcher.Prepare(plan);

    /// <summary>Creates a mount, unless it exists.</summary>
    /// <param name="plan">The mount.</param>
    /// <param name="onNote">Receives the server's warnings at its start.</param>
    /// <param name="onStart">Receives the report of a newly started server.</param>
    /// <param name="prepared">A waiting server, owned by the caller; null to start one if necessary.</param>
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

    /// <summary>The same for a caller that holds the mount point's lock.</summary>
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

    /// <summary>Mounts over an existing, unreliable mount, for this mount namespace.</summary>
    public void Cover(MountPlan plan, Action<string> onNote)
    {
        using var mutex = layout.LockMountPoint(plan.MountPoint);
        foreach (var note in Start(plan, prepared: null).Notes)
        {
            onNote(note);
        }
    }

    /// <summary>Detaches a mount whose server is dead; returns whether there was one.</summary>
    public bool ClearDeadMount(string mountPoint)
    {
        var cleared = false;
        while (LiveMounts.Read(layout).At(mountPoint) is { IsDead: true } dead)
        {
            // Lazily: processes inside it get ENOTCONN until they leave it.
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
                Hint = $"condafuse unmount {ShellArgument.Of(plan.MountPoint)}",
                Path = plan.MountPoint,
            };
        }

        if (live.Record is { } record && record.Generation != plan.Generation)
        {
            var shown = record.Generation is { } number ? $"generation {number} of {live.Archive}" : $"the current generation of {live.Archive}";
            throw new StoreException(StoreFault.AlreadyExists, $"{shown} is mounted at {plan.MountPoint}")
            {
                Hint = $"condafuse unmount {ShellArgument.Of(plan.MountPoint)}, or mount at another directory",
                Path = plan.MountPoint,
            };
        }

        if (plan.AllowOther && !live.Entry.IsForAll)
        {
            throw new StoreException(
                StoreFault.AlreadyExists, $"{plan.MountPoint} is mounted without --allow-other")
            {
                Hint = $"condafuse unmount {ShellArgument.Of(plan.MountPoint)}, then mount it with --allow-other",
                Path = plan.MountPoint,
            };
        }

        return !plan.ReadOnly || live.Entry.IsReadOnly
            ? true
            : throw new StoreException(
                StoreFault.AlreadyExists, $"{plan.MountPoint} is mounted writable")
            {
                Hint = $"condafuse unmount {ShellArgument.Of(plan.MountPoint)}, or mount at another directory",
                Path = plan.MountPoint,
            };
    }

    /// <summary>Creates the empty mount point if necessary; returns whether it was created.</summary>
    private bool PrepareMountPoint(string mountPoint)
    {
        if (!Path.Exists(mountPoint))
        {
            Create(mountPoint);
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
                Hint = mountPoint.StartsWith($"{CanonicalPath.Resolve(layout.MountRoot)}/", StringComparison.Ordinal)
                    ? "move its files away, or remove leftovers with 'condafuse doctor --clean'"
                    : "mount at an empty or new directory",
                Path = mountPoint,
            };
        }

        return false;
    }

    private static void Create(string mountPoint)
    {
        try
        {
            Directory.CreateDirectory(mountPoint);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new StoreException(StoreFault.Unsupported, $"cannot create the mount point {mountPoint}: you may not write there", failure)
            {
                Hint = "mount at a directory that you can write, or set CONDA_FUSE_MOUNT_ROOT to one",
                Path = mountPoint,
            };
        }
    }
}

/// <summary>How a mount was made available.</summary>
public enum MountOutcome
{
    /// <summary>It existed.</summary>
    AlreadyMounted,

    /// <summary>It was created.</summary>
    Mounted,

    /// <summary>Its server had died: it was cleared, and a new one was created.</summary>
    Repaired,
}

/// <summary>A mount is in use and was not unmounted.</summary>
/// <param name="mountPoint">The mount.</param>
/// <param name="holders">The processes that use it, as far as this user can see.</param>
/// <param name="report">The result of a commit that was made all the same; null if there was none.</param>
public sealed class MountBusyException(string mountPoint, IReadOnlyList<MountHolder> holders, CommitReport? report = null)
    : StoreException(
        StoreFault.Busy,
        report is null
            ? $"cannot unmount {mountPoint}: it is in use"
            : $"cannot unmount {mountPoint}: it is in use; its changes were committed as generation {report.Generation}")
{
    /// <summary>The processes that use it, as far as this user can see.</summary>
    public IReadOnlyList<MountHolder> Holders { get; } = holders;
}
