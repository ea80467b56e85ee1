using CondaFuse.Images;
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
            .Select(folder => OfDeleted("changes of a deleted archive", folder, layout.ArchiveDirectory, Layout.ChangesFolder, (_, _) => { }));
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
                yield return OfDeleted(
                    $"your changes of the deleted archive {image}", folder, Path.GetDirectoryName(image)!,
                    renamed => layout.LayerFolder(renamed, GenerationInfo.Read(renamed).Identity), PersonalLayer.NoteImage);
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

    /// <summary>
    /// Changes whose archive is not where it was: moved along if it was renamed, removed on the user's word, or at once if they are none.
    /// </summary>
    /// <param name="kind">What they are.</param>
    /// <param name="folder">Their folder.</param>
    /// <param name="archives">Where the archive was.</param>
    /// <param name="folderOf">Where the changes of an archive belong.</param>
    /// <param name="moved">Told the new folder and the archive.</param>
    private Leftover OfDeleted(string kind, string folder, string archives, Func<string, string> folderOf, Action<string, string> moved)
    {
        var files = new WriterFiles(folder);
        var lockStatus = WriterClaim.Look(files, self, new KernelLocks());
        var place = new LayerLocation(folder, PersonalBecause: null);
        if (lockStatus.IsHeld)
        {
            return new Leftover($"{kind}, written by {lockStatus}", folder, "unmount it there", null);
        }

        if (!place.HasChanges)
        {
            return new Leftover(kind, folder, null, () => Remove(files));
        }

        // What somebody else put there is never given to an archive.
        var fitting = IsOwn(folder) ? RenamedArchive.Find(layout, archives, folder, clock) : [];
        if (fitting is [var only] && !only.Place.HasChanges && !LiveMounts.Read(layout).All().Any(mount => mount.Archive == only.Image))
        {
            return new Leftover(
                $"uncommitted changes of an archive that is now {only.Image}", folder, "condafuse doctor --clean offers to move them",
                () => Move(folder, folderOf(only.Image), only.Image, moved))
            {
                Question = $"Move the uncommitted changes in {folder} to {only.Image}?",
            };
        }

        var candidates = fitting.Count == 0
            ? string.Empty
            : $"; they fit {string.Join(" and ", fitting.Select(state => state.Image))}: move the directory beside the right one, for "
                + $"example to {folderOf(fitting[0].Image)}";
        return new Leftover(
            $"uncommitted {kind}", folder, $"condafuse doctor --clean --discard-changes permanently removes them{candidates}", () => Remove(files))
        {
            Question = $"Permanently remove the uncommitted {kind} in {folder} ({place.ReadBytes()} bytes)?",
            Discards = true,
        };
    }

    /// <summary>Whether a folder, and no symlink to one, belongs to this user.</summary>
    private static bool IsOwn(string folder)
    {
        using var parent = EntryOpening.Directory(Path.GetDirectoryName(folder)!);
        using var lease = new HandleLease(parent);
        var status = FileStatus.Of(lease, System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(folder)));
        return status.Type == EntryType.Directory && status.UserId == Identity.UserId;
    }

    private void Move(string folder, string target, string image, Action<string, string> moved)
    {
        if (Directory.Exists(target))
        {
            Remove(new WriterFiles(target)); // it holds no changes
        }

        Directory.Move(folder, target);
        moved(target, image);
    }

    private void Remove(WriterFiles files)
    {
        using var claim = WriterClaim.TryTake(files, self, new KernelLocks(), clock, out var other)
            ?? throw new StoreException(
                StoreFault.Busy, $"the write lock of {files.Folder} is held by {new LockStatus(IsHeld: true, other)}; nothing was removed");
        files.RemoveFolder();
    }
}
