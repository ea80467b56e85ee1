using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Committing;

/// <summary>The write lock of an archive, until disposed.</summary>
internal sealed class ArchiveWriting : IDisposable
{
    private readonly LayerLocation _place;
    private readonly WriterClaim _claim;

    private ArchiveWriting(LayerLocation place, WriterClaim claim) => (_place, _claim) = (place, claim);

    /// <exception cref="StoreException">A mount could change it, or this user may not.</exception>
    public static void DemandUnmounted(Layout layout, ArchiveState state, Archive archive)
    {
        DemandNoMount(layout, state, archive);
        if (state.Place.IsPersonal)
        {
            throw state.Place.Refusal(archive.Name.Value, "nothing was changed");
        }
    }

    /// <exception cref="StoreException">A mount could change it.</exception>
    public static void DemandNoMount(Layout layout, ArchiveState state, Archive archive)
    {
        if (LiveMounts.Read(layout)
                .All()
                .FirstOrDefault(mount => mount.Archive == state.Image && !mount.IsDead && !mount.Entry.IsReadOnly) is { } mount)
        {
            throw new StoreException(
                StoreFault.Busy,
                $"'{archive.Name}' is mounted at {mount.Entry.MountPoint}; nothing was changed")
            {
                Hint = $"conda-fuse-unmount {ShellArgument.Of(archive.Name)}",
                Path = mount.Entry.MountPoint,
            };
        }
    }

    /// <summary>Takes the lock.</summary>
    /// <param name="state">The archive's state.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="self">The identity of this process as a writer.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="keepsChanges">Whether uncommitted changes may stay beside it; else they are a reason to refuse.</param>
    /// <exception cref="StoreException"><see cref="StoreFault.Busy"/>.</exception>
    public static ArchiveWriting Begin(ArchiveState state, Archive archive, WriterIdentity self, TimeProvider clock, bool keepsChanges = false)
    {
        var claim = Claim(state, self, clock, out var other)
            ?? throw new StoreException(
                StoreFault.Busy, $"the write lock of '{archive.Name}' is held by {new LockStatus(IsHeld: true, other)}; nothing was changed");
        var writing = new ArchiveWriting(state.Place, claim);
        if (state.Place.HasChanges && KeptChanges.Count(state, clock).Changes > 0)
        {
            if (keepsChanges)
            {
                return writing;
            }

            claim.Dispose();
            throw new StoreException(
                StoreFault.Busy,
                $"'{archive.Name}' has uncommitted changes; nothing was changed")
            {
                Hint = $"condafuse commit {ShellArgument.Of(archive.Name)}, or condafuse discard {ShellArgument.Of(archive.Name)}",
            };
        }

        state.Place.RemoveFiles(); // the archive already holds the changes of the remaining journal
        return writing;
    }

    /// <summary>Takes the write lock. If the disk is full, the folder made for it is removed again, and the failure names the archive.</summary>
    private static WriterClaim? Claim(ArchiveState state, WriterIdentity self, TimeProvider clock, out WriterHolder? other)
    {
        try
        {
            state.Place.Files.Make().Dispose();
            return WriterClaim.TryTake(state.Place.Files, self, new KernelLocks(), clock, out other);
        }
        catch (PlatformException failure) when (DiskFull.Is(failure))
        {
            state.Place.Files.TryRemoveEmptyFolder();
            throw new PlatformException(failure.Errno, "lock", state.Image);
        }
    }

    public void Dispose()
    {
        _place.RemoveIfEmpty();
        _claim.Dispose();
    }
}

/// <summary>Owner and permissions of an archive, for the file that replaces it.</summary>
internal static class ArchiveRights
{
    /// <summary>Reads them from the open file, so that they are the archive's even if its name changes.</summary>
    /// <exception cref="PlatformException">It cannot be opened.</exception>
    public static EntryRights? Of(IStorageFolder folder, string name)
    {
        using var file = folder.Open(name, StorageAccess.Read);
        return file.Rights;
    }
}

/// <summary>Keeps the last report, so that it can be queried at any time.</summary>
internal sealed class LatestProgress : IProgress<PackProgress>
{
    private readonly Lock _gate = new();
    private PackProgress? _latest;

    /// <summary>Null if nothing is in progress.</summary>
    internal PackProgress? Value
    {
        get
        {
            lock (_gate)
            {
                return _latest;
            }
        }
    }

    /// <inheritdoc/>
    public void Report(PackProgress value)
    {
        lock (_gate)
        {
            _latest = value;
        }
    }

    /// <summary>The work is done.</summary>
    internal void Clear()
    {
        lock (_gate)
        {
            _latest = null;
        }
    }
}
