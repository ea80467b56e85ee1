using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;

namespace CondaFuse.Store.Managing;

/// <summary>
/// Copies an environment's archive with its history. If the file system supports reflinks, the copy shares its blocks, and so takes neither space
/// nor time.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="catalog">The archives.</param>
/// <param name="clock">The clock.</param>
public sealed class EnvironmentCloning(Layout layout, ArchiveCatalog catalog, TimeProvider clock)
{
    private const int Attempts = 3;
    private const long PieceBytes = 1L << 30;

    /// <summary>Copies an archive. The environment may be mounted; uncommitted changes are not copied.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="to">The new name.</param>
    /// <param name="cancellation">Cancels; no copy is left then.</param>
    /// <exception cref="StoreException">The name is taken or invalid, or the archive is committed to all the time.</exception>
    public CloneOutcome Run(Archive archive, string to, CancellationToken cancellation)
    {
        var name = EnvironmentName.ParseNew(to);
        var target = layout.ArchivePath(name, archive.Format);
        if (catalog.Find(name) is { } other)
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{other.Path} exists; nothing was changed");
        }

        if (Path.Exists(Layout.ChangesFolder(target)))
        {
            throw new StoreException(
                StoreFault.AlreadyExists, $"{Layout.ChangesFolder(target)} holds changes of another archive; nothing was changed");
        }

        Directory.CreateDirectory(layout.ArchiveDirectory);
        var state = ArchiveState.Read(layout, archive.Path);
        for (var attempt = 1; ; attempt++)
        {
            if (TryCopy(state.Image, target, cancellation) is { } bytes)
            {
                return new CloneOutcome(target, bytes, KeptChanges.Count(state, clock).Changes);
            }

            if (attempt == Attempts)
            {
                throw new StoreException(StoreFault.Busy, $"{state.Image} was changed while it was copied; nothing was written, try again");
            }
        }
    }

    /// <returns>Size of the copy in bytes; null if another process committed meanwhile.</returns>
    private static long? TryCopy(string image, string target, CancellationToken cancellation)
    {
        var before = GenerationInfo.Read(image);
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)
            ?? throw new StoreException(StoreFault.NotFound, $"the folder of {image} is gone");
        using var source = folder.Open(Path.GetFileName(image), StorageAccess.Read);
        using var copy = ReplacementFile.At(target, RightsLike(image));
        var length = source.Length;
        for (var done = 0L; done < length; done += PieceBytes)
        {
            cancellation.ThrowIfCancellationRequested();
            copy.File.CopyFrom(source, done, done, Math.Min(PieceBytes, length - done));
        }

        if (GenerationInfo.Read(image) != before)
        {
            return null;
        }

        try
        {
            copy.PublishNew();
        }
        catch (PlatformException failure) when (failure.Errno == Errno.EEXIST)
        {
            throw new StoreException(StoreFault.AlreadyExists, $"{target} exists; nothing was changed", failure);
        }

        return length;
    }

    /// <summary>
    /// A copy is its maker's, who can write it; everybody else has the rights that they have on the source, as far as its group can be given.
    /// </summary>
    private static EntryRights RightsLike(string image)
    {
        const uint ownerReadWrite = 0x180, permissions = 0x1FF;
        using var file = PlainFile.OpenToRead(image);
        using var lease = new HandleLease(file);
        var source = EntryAccess.Of(lease);
        var list = source.List?.Select(entry => entry.Tag == AccessTag.Owner ? entry with { Permissions = (byte)(entry.Permissions | 6) } : entry);
        return new EntryRights(Identity.UserId, source.GroupId, ((uint)source.Mode & permissions) | ownerReadWrite, list?.ToList());
    }
}

/// <summary>The result of a clone.</summary>
/// <param name="Archive">The new archive.</param>
/// <param name="Bytes">Its size in bytes.</param>
/// <param name="LeftOut">Number of uncommitted changes of the environment, which are not in the clone.</param>
public sealed record CloneOutcome(string Archive, long Bytes, long LeftOut);
