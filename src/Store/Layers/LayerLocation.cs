using System.Text;
using CondaFuse.Changes;
using CondaFuse.Images;
using CondaFuse.Images.Remote;
using CondaFuse.Platform;
using CondaFuse.Store.Writing;

namespace CondaFuse.Store.Layers;

/// <summary>The location of a mounted image's changes.</summary>
/// <param name="Folder">The folder, whether it exists or not.</param>
/// <param name="PersonalBecause">Why they are this user's own instead of beside the image; null if they are beside it.</param>
/// <param name="Remedy">What would let this user change the image itself, as a message; null if unknown.</param>
public sealed record LayerLocation(string Folder, string? PersonalBecause, string? Remedy = null)
{
    private const UnixFileMode AnyWrite = UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Whether they are this user's own.</summary>
    public bool IsPersonal => PersonalBecause is not null;

    /// <summary>Decides whether the folder's entries may be used; null if that was decided before.</summary>
    public IEntryGuard? Guard { get; init; }

    /// <summary>The folder, and its files that name the writer.</summary>
    public WriterFiles Files => new(Folder, Guard);

    /// <summary>
    /// Whether there are any. Also true if a symlink or an unreadable folder prevents the check, so that opening them reports the reason.
    /// </summary>
    public bool HasChanges
    {
        get
        {
            try
            {
                using var folder = Open();
                return folder is not null && LayerFiles.HasJournal(folder);
            }
            catch (IOException)
            {
                return true;
            }
        }
    }

    /// <summary>Removes the changes, but not the folder. The caller holds the write lock.</summary>
    public void RemoveFiles()
    {
        using var folder = Files.TryOpen();
        if (folder is not null)
        {
            LayerFiles.Remove(folder);
        }
    }

    /// <summary>Removes the folder if it holds no changes any more. The caller holds the write lock.</summary>
    public void RemoveIfEmpty()
    {
        if (!HasChanges)
        {
            Remove();
        }
    }

    /// <summary>Decides where this user's changes of an image are kept. Existing personal changes continue to be used.</summary>
    /// <param name="layout">The paths of files and folders.</param>
    /// <param name="image">Canonical path of the image.</param>
    /// <param name="version">The image's identity and generation.</param>
    public static LayerLocation Choose(Layout layout, string image, GenerationInfo version)
    {
        var own = layout.LayerFolder(image, version.Identity);
        if (ReasonAgainst(image) is var (reason, remedy) && reason is not null)
        {
            return new LayerLocation(own, reason, remedy) { Guard = LayerGuard.Personal() };
        }

        var place = new LayerLocation(
            own,
            "you have a personal layer for it",
            $"condafuse discard {ShellArgument.Of(Path.GetFileNameWithoutExtension(image))} removes it") { Guard = LayerGuard.Personal() };
        return place.HasChanges ? place : new LayerLocation(Layout.ChangesFolder(image), PersonalBecause: null) { Guard = LayerGuard.Beside(image) };
    }

    /// <summary>Whether an image may have changes, without reading it.</summary>
    public static bool MayBe(Layout layout, string image) =>
        Directory.Exists(Layout.ChangesFolder(image))
        || (Directory.Exists(layout.LayerDirectory)
            && Directory.EnumerateDirectories(layout.LayerDirectory, $"{Path.GetFileNameWithoutExtension(image)}-*").Any());

    /// <summary>Size of the changes in bytes.</summary>
    public long ReadBytes()
    {
        try
        {
            using var folder = Open();
            return folder is null ? 0 : LayerFiles.Bytes(folder);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>Removes the changes and all their files. The caller holds the write lock.</summary>
    public void Remove() => Files.RemoveFolder();

    private static (string? Reason, string? Remedy) ReasonAgainst(string image)
    {
        if (RemoteDescription.IsOne(image))
        {
            return ($"'{Path.GetFileNameWithoutExtension(image)}' is in a registry", null);
        }

        if ((File.GetUnixFileMode(image) & AnyWrite) == UnixFileMode.None)
        {
            return ($"{image} is write-protected", "its owner can run 'chmod u+w'");
        }

        if (Writability.IsSealed(image))
        {
            return ($"{image} is marked as immutable", "root can run 'chattr -i -a'");
        }

        if (!Writability.IsAllowed(image))
        {
            return ($"you may not write {image}", null);
        }

        var folder = Path.GetDirectoryName(image)!;
        return Writability.IsAllowed(folder) ? (null, null) : ($"you may not write in {folder}", null);
    }

    /// <summary>The refusal to change an archive directly because the changes are this user's own.</summary>
    /// <param name="name">The environment's name.</param>
    /// <param name="what">The refused operation, as a clause.</param>
    public StoreException Refusal(string name, string what)
    {
        var remedy = Remedy is null ? string.Empty : $"{Remedy}, or ";
        return new StoreException(
            StoreFault.Unsupported, $"{PersonalBecause}: {what}")
        {
            Hint = $"{remedy}'condafuse commit {ShellArgument.Of(name)} --to NEW' writes your changes to a new archive",
        };
    }

    /// <summary>Opens the folder itself for inspection; its content is not checked.</summary>
    private IStorageFolder? Open() => WriterFiles.TryLookInto(Folder);
}

/// <summary>The folder of one user's own changes, which records the image's path (docs/formats.md, "Names beside an archive").</summary>
internal static class PersonalLayer
{
    private const int MaxPath = 4096;

    /// <summary>The path of a layer's image; null if it was not recorded, or another user could have written it.</summary>
    internal static string? ImageOf(string folder)
    {
        try
        {
            using var opened = new DiskStorage(LayerGuard.Personal()).TryOpenFolder(folder);
            if (opened?.StatusOf(WriterFiles.ImageName) is null)
            {
                return null;
            }

            using var file = opened.Open(WriterFiles.ImageName, StorageAccess.Read);
            var bytes = new byte[MaxPath];
            return Encoding.UTF8.GetString(bytes.AsSpan(0, file.ReadAt(0, bytes))).TrimEnd('\n');
        }
        catch (Exception failure) when (failure is StoreException or IOException)
        {
            return null;
        }
    }

    /// <summary>Records the path.</summary>
    internal static void NoteImage(string folder, string image)
    {
        if (ImageOf(folder) == image)
        {
            return;
        }

        using var opened = new DiskStorage(LayerGuard.Personal()).MakeFolder(folder);
        using var file = opened.Open(
            WriterFiles.ImageName, opened.StatusOf(WriterFiles.ImageName) is null ? StorageAccess.Create : StorageAccess.Write);
        file.Truncate(0);
        file.WriteAt(0, Encoding.UTF8.GetBytes($"{image}\n"));
    }
}
