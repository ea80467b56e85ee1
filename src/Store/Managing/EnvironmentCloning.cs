using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store.Layers;

namespace CondaFuse.Store.Managing;

/// <summary>
/// Copies an environment's archive with its history. The file system shares the blocks where it can (reflinks): then it takes no room, and no time.
/// </summary>
/// <param name="layout">Where everything lies.</param>
/// <param name="catalog">The archives.</param>
/// <param name="clock">The time.</param>
public sealed class EnvironmentCloning(Layout layout, ArchiveCatalog catalog, TimeProvider clock)
{
    private const int Attempts = 3;
    private const long PieceBytes = 1L << 30;

    /// <summary>Copies. The environment may be mounted; changes that are not in its archive are not in the copy.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="to">The new name.</param>
    /// <param name="cancellation">Stops; there is no copy then.</param>
    /// <exception cref="StoreException">The name is taken, or none for an environment; the archive is being committed to all the time.</exception>
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

    /// <returns>Bytes of the copy; null if somebody committed meanwhile.</returns>
    private static long? TryCopy(string image, string target, CancellationToken cancellation)
    {
        var before = GenerationInfo.Read(image);
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)
            ?? throw new StoreException(StoreFault.NotFound, $"the folder of {image} is gone");
        using var source = folder.Open(Path.GetFileName(image), StorageAccess.Read);
        using var copy = ReplacementFile.At(target);
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
}

/// <summary>What a clone wrote.</summary>
/// <param name="Archive">The new archive.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="LeftOut">Uncommitted changes of the environment that are not in it.</param>
public sealed record CloneOutcome(string Archive, long Bytes, long LeftOut);
