using CondaFuse.Platform;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Layers;

/// <summary>The changes of an environment. Nobody can write them until they are dropped or this is disposed.</summary>
public sealed class ChangeDiscarding : IDisposable
{
    private readonly LayerLocation _place;
    private readonly WriterClaim? _claim;

    private ChangeDiscarding(LayerLocation place, WriterClaim? claim)
    {
        _place = place;
        _claim = claim;
    }

    /// <summary>Their folder.</summary>
    public string Folder => _place.Folder;

    /// <summary>Whether there are any.</summary>
    public bool HasChanges => _place.HasChanges;

    /// <summary>Their size in bytes.</summary>
    public long Bytes => _place.ReadBytes();

    /// <summary>Takes the write lock.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Busy"/>: the environment is mounted, or another process writes it.</exception>
    public static ChangeDiscarding Begin(Layout layout, Archive archive, WriterIdentity self, TimeProvider clock)
    {
        var state = ArchiveState.Read(layout, archive.Path);
        if (LiveMounts.Read(layout).All().FirstOrDefault(mount => mount.Archive == state.Image && !mount.IsDead) is { } mount)
        {
            throw new StoreException(
                StoreFault.Busy,
                $"'{archive.Name}' is mounted at {mount.Entry.MountPoint}; nothing was changed")
            {
                Hint = $"conda-fuse-unmount {ShellArgument.Of(archive.Name)}",
                Path = mount.Entry.MountPoint,
            };
        }

        if (!Directory.Exists(state.Place.Folder))
        {
            return new ChangeDiscarding(state.Place, claim: null);
        }

        WriterHolder? other;
        try
        {
            if (WriterClaim.TryTake(state.Place.Files, self, new KernelLocks(), clock, out other) is { } taken)
            {
                return new ChangeDiscarding(state.Place, taken);
            }
        }
        catch (PlatformException failure) when (DiskFull.Is(failure))
        {
            // The disk is too full to claim the write lock, so no other process can begin to write either. Discarding frees space.
            if (WriterClaim.Look(state.Place.Files, self, new KernelLocks()) is not { IsHeld: true } lockStatus)
            {
                return new ChangeDiscarding(state.Place, claim: null);
            }

            other = lockStatus.Holder;
        }

        throw new StoreException(
            StoreFault.Busy, $"the write lock of '{archive.Name}' is held by {new LockStatus(IsHeld: true, other)}; nothing was changed");
    }

    /// <summary>Removes them.</summary>
    public void Remove() => _place.Remove();

    /// <inheritdoc/>
    public void Dispose() => _claim?.Dispose();
}
