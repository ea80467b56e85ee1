using CondaFuse.Platform;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Layers;

/// <summary>Recognises changes whose archive was deleted, or is another one now.</summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="catalog">The archives.</param>
/// <param name="self">This process.</param>
/// <param name="clock">The time.</param>
internal sealed class ChangeLeftovers(Layout layout, ArchiveCatalog catalog, WriterIdentity self, TimeProvider clock)
{
    /// <summary>All of them.</summary>
    internal IEnumerable<Leftover> Find() => [.. BesideNothing(), .. OfOthers(), .. OwnLayers()];

    /// <summary>Folders of changes beside which there is no archive.</summary>
    private IEnumerable<Leftover> BesideNothing()
    {
        if (!Directory.Exists(layout.ArchiveDirectory))
        {
            return [];
        }

        // Not those of a mount that is still there: its server goes on writing them.
        var mounted = LiveMounts.Read(layout).All().Select(mount => Layout.ChangesFolder(mount.Archive)).ToHashSet(StringComparer.Ordinal);
        return Directory.EnumerateDirectories(layout.ArchiveDirectory, $"*{Layout.ChangesExtension}")
            .Where(folder => EnvironmentName.IsValid(Path.GetFileNameWithoutExtension(folder))
                && !ArchiveFormats.All.Any(format => File.Exists(Path.ChangeExtension(folder, format.Extension())))
                && !mounted.Contains(CanonicalPath.Resolve(folder))
                && WriterFiles.IsOurs(folder))
            .Select(folder => Cleanable("changes of a deleted archive", folder));
    }

    /// <summary>Changes that do not belong to the archive beside them: one of the same name was deleted, and this one made.</summary>
    private IEnumerable<Leftover> OfOthers()
    {
        foreach (var archive in catalog.List())
        {
            string? problem = null;
            try
            {
                var state = ArchiveState.Read(layout, archive.Path);
                if (state.Place.HasChanges)
                {
                    KeptChanges.Open(state, clock).Dispose();
                }
            }
            catch (StoreException failure)
            {
                problem = failure.Message;
            }
            catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
            {
                // An image that cannot be read is not a leftover; list and verify tell of it.
                continue;
            }

            if (problem is not null)
            {
                yield return new Leftover("changes that do not fit their archive", archive.Path, $"{problem}", null);
            }
        }
    }

    /// <summary>Layers of this user whose image was deleted, from a folder that is there, or replaced by another archive.</summary>
    private IEnumerable<Leftover> OwnLayers()
    {
        if (!Directory.Exists(layout.LayerDirectory))
        {
            yield break;
        }

        foreach (var folder in Directory.EnumerateDirectories(layout.LayerDirectory))
        {
            if (PersonalLayer.ImageOf(folder) is { } image && Directory.Exists(Path.GetDirectoryName(image)) && !IsLayerOf(folder, image))
            {
                yield return Cleanable($"your own changes of the deleted archive {image}", folder);
            }
        }
    }

    private bool IsLayerOf(string folder, string image)
    {
        try
        {
            return File.Exists(image) && layout.LayerFolder(image, ArchiveState.Read(layout, image).Version.Identity) == folder;
        }
        catch (Exception failure) when (failure is TreeException or IOException or UnauthorizedAccessException)
        {
            // Nobody can tell now, so nothing is a leftover.
            return true;
        }
    }

    private Leftover Cleanable(string kind, string folder)
    {
        var files = new WriterFiles(folder);
        var sight = WriterClaim.Look(files, self, new KernelLocks());
        return sight.IsHeld
            ? new Leftover($"{kind}, written by {sight}", folder, "end its mount there", null)
            : new Leftover(kind, folder, null, () => Remove(files));
    }

    private void Remove(WriterFiles files)
    {
        using var claim = WriterClaim.TryTake(files, self, new KernelLocks(), clock, out var other)
            ?? throw new StoreException(StoreFault.Busy, $"{files.Folder} is being written by {new WriterSight(IsHeld: true, other)}; nothing was removed");
        files.RemoveFolder();
    }
}
