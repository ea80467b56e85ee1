using CondaFuse.Changes;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Writing;

/// <summary>The folder of an archive's changes and the files in it that say who may write (docs/formats.md, "Writers").</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Guard">Decides whether what is there may be used; null to use it as it is.</param>
public sealed record WriterFiles(string Folder, IEntryGuard? Guard = null)
{
    /// <summary>Locked by the writer, where locks work.</summary>
    internal const string LockName = "writer";

    /// <summary>What names of the files begin with that say who has the lock; they are never locked themselves.</summary>
    internal const string HolderPrefix = "holder.";

    /// <summary>Takes the lock's place where locks do not work.</summary>
    internal const string LeaseName = "lease";

    /// <summary>In a personal layer: the path of its image.</summary>
    internal const string ImageName = "image";

    /// <summary>What names of short-lived files of the lease begin with.</summary>
    internal const string LeasePrefix = LeaseName + ".";

    /// <summary>Path of the lock.</summary>
    public string Lock => Path.Combine(Folder, LockName);

    /// <summary>Path of the lease.</summary>
    public string Lease => Path.Combine(Folder, LeaseName);

    /// <summary>Opens the folder itself, not what a symlink leads to.</summary>
    /// <returns>Null if there is none.</returns>
    internal IStorageFolder? TryOpen() => new DiskStorage(Guard).TryOpenFolder(Folder);

    /// <summary>Opens a folder to look what is there, whoever made it; not through a symlink.</summary>
    /// <exception cref="PlatformException">ENOTDIR for a symlink.</exception>
    internal static IStorageFolder? TryLookInto(string path) => new DiskStorage(new UnrestrictedGuard()).TryOpenFolder(path);

    /// <summary>Whether files are there that say who may write.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    internal bool HasWriterFiles()
    {
        using var folder = TryOpen();
        return folder is not null && folder.List().Any(name => name != ImageName && IsControlFile(name));
    }

    /// <summary>Opens the folder, making it if need be.</summary>
    internal IStorageFolder Make() => new DiskStorage(Guard).MakeFolder(Folder);

    /// <summary>Whether this program provably made a folder: it holds a segment, or nothing but our files for writers.</summary>
    public static bool IsOurs(string path)
    {
        try
        {
            using var folder = TryLookInto(path);
            if (folder is null)
            {
                return false;
            }

            var names = folder.List();
            return LayerFiles.HasOwnSegment(folder)
                || (names.Count > 0 && names.All(IsControlFile) && names.All(name => folder.StatusOf(name) is null or { Type: EntryType.File }));
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>
    /// Removes our files but those that give the right to write, which end with the <see cref="WriterClaim"/>; only for who has that right. Whoever
    /// takes it next may be there before the folder is gone, and loses nothing. Follows no symlink, and leaves alone what is not ours.
    /// </summary>
    /// <param name="isClaimed">False where nobody can have the right any more: then everything of ours goes.</param>
    public void RemoveFolder(bool isClaimed = true)
    {
        if (!IsOurs(Folder))
        {
            return;
        }

        using (var folder = TryLookInto(Folder))
        {
            if (folder is null)
            {
                return;
            }

            LayerFiles.Remove(folder);
            foreach (var name in folder.List().Where(
                    name => isClaimed ? name == ImageName || name.StartsWith(LeasePrefix, StringComparison.Ordinal) : IsControlFile(name)))
            {
                TryRemove(folder, name);
            }

            TryRemove(folder, LockName);
        }

        TryRemoveEmptyFolder();
    }

    /// <summary>Removes what gives the right to write, whoever has it.</summary>
    internal void RemoveRights()
    {
        using var folder = TryOpen();
        foreach (var name in folder?.List().Where(name => IsControlFile(name) && name != ImageName) ?? [])
        {
            TryRemove(folder!, name);
        }
    }

    /// <summary>Removes the folder if nothing is in it.</summary>
    internal void TryRemoveEmptyFolder()
    {
        try
        {
            EntryRemoval.EmptyDirectory(Folder);
        }
        catch (PlatformException failure) when (failure.Errno is Errno.ENOTEMPTY
            or Errno.ENOENT
            or Errno.ENOTDIR
            or Errno.EACCES
            or Errno.EPERM
            or Errno.EROFS)
        {
            // Somebody else's by now, or files of others are in it.
        }
    }

    private static bool IsControlFile(string name) =>
        name is LockName or LeaseName or ImageName
            || name.StartsWith(LeasePrefix, StringComparison.Ordinal)
            || name.StartsWith(HolderPrefix, StringComparison.Ordinal);

    private static void TryRemove(IStorageFolder folder, string name)
    {
        try
        {
            folder.Remove(name);
        }
        catch (PlatformException failure) when (failure.Errno is Errno.ENOENT or Errno.EISDIR)
        {
        }
    }

    /// <summary>For removal by descriptors only: whoever made the files, symlinks are not followed and odd files are not opened.</summary>
    private sealed class UnrestrictedGuard : IEntryGuard
    {
        public void Demand(EntryAccess entry, string path)
        {
        }

        public Exception Refusal(string path, string reason) => new PlatformException(Errno.ENOTDIR, "open", $"{path} ({reason})");

        public EntryRights RightsFor(string? name) => throw new NotSupportedException("Nothing is made here.");
    }
}

/// <summary>Locks on files, as far as a file system has them.</summary>
public interface IWriterLocks
{
    /// <summary>Takes the exclusive lock of an open file, without waiting.</summary>
    LockAnswer TryTake(string path, SafeFileHandle file);

    /// <summary>Whether somebody has the lock of an open file.</summary>
    bool IsHeld(SafeFileHandle file);
}

/// <summary>The kernel's locks, where they reach every host that mounts the file system.</summary>
public sealed class KernelLocks : IWriterLocks
{
    /// <summary>Options of NFS and Lustre by which locks are known to one host only: as good as none.</summary>
    private static readonly string[] LocalOnly = ["nolock", "local_lock=all", "local_lock=posix", "localflock"];

    private readonly Func<MountTable> _mounts;

    /// <summary>The locks of the file systems that this process sees.</summary>
    public KernelLocks()
        : this(MountTable.Read)
    {
    }

    /// <param name="mounts">Reads what is mounted.</param>
    internal KernelLocks(Func<MountTable> mounts) => _mounts = mounts;

    /// <inheritdoc/>
    public LockAnswer TryTake(string path, SafeFileHandle file) =>
        _mounts().Holding(CanonicalPath.Resolve(path)) is { } mount
        && mount.SuperOptions.Concat(mount.MountOptions).Intersect(LocalOnly, StringComparer.Ordinal).Any()
            ? LockAnswer.Unsupported
            : OpenFileLock.TryTake(file);

    /// <inheritdoc/>
    public bool IsHeld(SafeFileHandle file) => OpenFileLock.IsHeld(file);
}
