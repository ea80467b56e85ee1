using CondaFuse.Platform;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Managing;

/// <summary>An environment that will be removed, with everything that belongs to it. No other process can write it until this is disposed.</summary>
public sealed class EnvironmentRemoval : IDisposable
{
    private readonly Layout _layout;
    private readonly ArchiveState? _state;
    private readonly LayerLocation? _changes;
    private readonly WriterClaim? _claim;

    private EnvironmentRemoval(Layout layout, Archive archive, ArchiveState? state, LayerLocation? changes, WriterClaim? claim) =>
        (_layout, Archive, _state, _changes, _claim) = (layout, archive, state, changes, claim);

    /// <summary>The archive.</summary>
    public Archive Archive { get; }

    /// <summary>The target of the archive if that is a symlink; the target is kept. Otherwise null.</summary>
    public string? LinkTarget => new FileInfo(Archive.Path).LinkTarget;

    /// <summary>Size of the archive in bytes.</summary>
    public long Bytes => new FileInfo(Archive.Path) is { Exists: true } file ? file.Length : 0;

    /// <summary>The folder of uncommitted changes that are removed as well; null if there are none.</summary>
    public string? Changes => _changes is { HasChanges: true } ? _changes.Folder : null;

    /// <summary>Takes the write lock.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Busy"/>: it is mounted, or another process writes it.</exception>
    public static EnvironmentRemoval Begin(Layout layout, Archive archive, WriterIdentity self, TimeProvider clock)
    {
        var state = UnusedArchive.TryRead(layout, archive);
        var image = state?.Image ?? CanonicalPath.Resolve(archive.Path);
        UnusedArchive.DemandUnmounted(layout, archive, image);

        // If the archive is a symlink, changes beside the target belong to the target. A user's own changes are removed with the user's symlink.
        var place = state?.Place ?? new LayerLocation(Layout.ChangesFolder(image), PersonalBecause: null) { Guard = LayerGuard.Beside(image) };
        var isLink = new FileInfo(archive.Path).LinkTarget is not null;
        var changes = (isLink && !place.IsPersonal) || !Directory.Exists(place.Folder) ? null : place;
        var claim = changes is null ? null : Claim(changes, archive, self, clock);
        return new EnvironmentRemoval(layout, archive, state, changes, claim);
    }

    /// <summary>Removes the environment, the archive first, so that the rest is never mistaken for an environment.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.Busy"/>: it was mounted, changed or replaced since <see cref="Begin"/>.</exception>
    public void Run()
    {
        DemandUnchanged();
        File.Delete(Archive.Path);
        _changes?.Remove();
        UnusedArchive.Unregister(_layout, Archive.Name);
        if (_state?.Version.Identity is { } identity)
        {
            foreach (var list in CachedLists(identity).Where(File.Exists))
            {
                File.Delete(list);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _claim?.Dispose();

    /// <summary>The confirmation prompt may have been open for a long time.</summary>
    private void DemandUnchanged()
    {
        var now = UnusedArchive.TryRead(_layout, Archive);
        UnusedArchive.DemandUnmounted(_layout, Archive, now?.Image ?? CanonicalPath.Resolve(Archive.Path));
        var hasNewChanges = _changes is null && LinkTarget is null && now?.Place is { HasChanges: true };
        if (now?.Image != _state?.Image || now?.Version != _state?.Version || hasNewChanges)
        {
            throw new StoreException(StoreFault.Busy, $"'{Archive.Name}' was changed meanwhile; nothing was removed");
        }
    }

    private static WriterClaim? Claim(LayerLocation changes, Archive archive, WriterIdentity self, TimeProvider clock)
    {
        try
        {
            return WriterClaim.TryTake(changes.Files, self, new KernelLocks(), clock, out var other)
                ?? throw new StoreException(
                    StoreFault.Busy, $"'{archive.Name}' is being changed by {new LockStatus(IsHeld: true, other)}; nothing was changed");
        }
        catch (PlatformException failure) when (DiskFull.Is(failure))
        {
            // The disk is too full to claim the write lock, so no other process can begin to write either. Removing frees space.
            return WriterClaim.Look(changes.Files, self, new KernelLocks()) is { IsHeld: true } lockStatus
                ? throw new StoreException(StoreFault.Busy, $"'{archive.Name}' is being changed by {lockStatus}; nothing was changed")
                : null;
        }
    }

    private IEnumerable<string> CachedLists(Guid identity)
    {
        var prefixes = Path.Combine(_layout.CacheDirectory, Layout.PrefixLists);
        return (Directory.Exists(prefixes) ? Directory.EnumerateFiles(prefixes, $"{identity:N}-*") : [])
            .Append(_layout.FirstUseFile(identity)).Append(_layout.StoredUseFile(identity));
    }
}
