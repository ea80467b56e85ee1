using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Layers;

/// <summary>Finds changes whose archive was deleted or replaced by another one.</summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="catalog">The archives.</param>
/// <param name="self">The identity of this process as a writer.</param>
/// <param name="clock">The clock.</param>
internal sealed class ChangeLeftovers(Layout layout, ArchiveCatalog catalog, WriterIdentity self, TimeProvider clock)
{
    /// <summary>All leftovers.</summary>
    internal IEnumerable<Leftover> Find() => [.. BesideNothing(), .. OfOthers(), .. OwnLayers()];

    /// <summary>Change folders without an archive beside them.</summary>
    private IEnumerable<Leftover> BesideNothing()
    {
        // Except those of an existing mount: its server continues to write them.
        var mounted = LiveMounts.Read(layout).All().Select(mount => Layout.ChangesFolder(mount.Archive)).ToHashSet(StringComparer.Ordinal);
        return layout.OwnArchiveFolders.SelectMany(folder => Directory.EnumerateDirectories(folder, $"*{Layout.ChangesExtension}"))
            .Where(folder => EnvironmentName.IsValid(Path.GetFileNameWithoutExtension(folder))
                && !ArchiveFormats.All.Any(format => File.Exists(Path.ChangeExtension(folder, format.Extension())))
                && !mounted.Contains(CanonicalPath.Resolve(folder))
                && WriterFiles.IsOurs(folder))
            .Select(folder => OfDeleted(
                "changes of a deleted archive", folder, Path.GetDirectoryName(folder)!, Layout.ChangesFolder, (_, _) => { }));
    }

    /// <summary>
    /// Changes that do not belong to the archive beside them: the former archive was deleted, and another one created with the same name.
    /// </summary>
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
                // An unreadable image is not a leftover; list and verify report it.
                continue;
            }

            if (problem is not null)
            {
                yield return new Leftover("changes that do not fit their archive", archive.Path, $"{problem}", null);
            }
        }
    }

    /// <summary>This user's layers whose image was deleted (although its folder exists) or replaced by another archive.</summary>
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
            // It cannot be determined now, so nothing counts as a leftover.
            return true;
        }
    }

    /// <summary>
    /// Changes whose archive is no longer at its path. They are moved if the archive was renamed, removed after the user confirms, or removed at
    /// once if they are empty.
    /// </summary>
    /// <param name="kind">Their description.</param>
    /// <param name="folder">Their folder.</param>
    /// <param name="archives">The archive's former folder.</param>
    /// <param name="folderOf">Returns the folder of an archive's changes.</param>
    /// <param name="moved">Receives the new folder and the archive.</param>
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

        // Files that another user put there are never moved to an archive.
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

    /// <summary>Whether a folder, not a symlink to one, belongs to this user.</summary>
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
