using CondaFuse.Changes;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Writing;

/// <summary>The folder of an archive's changes, and the files in it that name the writer (docs/formats.md, "Writers").</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Guard">Decides whether existing entries may be used; null to use all.</param>
public sealed record WriterFiles(string Folder, IEntryGuard? Guard = null)
{
    /// <summary>The file that the writer locks, if locks work.</summary>
    internal const string LockName = "writer";

    /// <summary>The beginning of the names of files that name the lock's holder; they are never locked themselves.</summary>
    internal const string HolderPrefix = "holder.";

    /// <summary>The file that replaces the lock if locks do not work.</summary>
    internal const string LeaseName = "lease";

    /// <summary>The file in a personal layer with the path of its image.</summary>
    internal const string ImageName = "image";

    /// <summary>The beginning of the names of the lease's short-lived files.</summary>
    internal const string LeasePrefix = LeaseName + ".";

    /// <summary>Path of the lock.</summary>
    public string Lock => Path.Combine(Folder, LockName);

    /// <summary>Path of the lease.</summary>
    public string Lease => Path.Combine(Folder, LeaseName);

    /// <summary>Opens the folder itself, not following a symlink.</summary>
    /// <returns>Null if there is none.</returns>
    internal IStorageFolder? TryOpen() => new DiskStorage(Guard).TryOpenFolder(Folder);

    /// <summary>Opens any user's folder for inspection, not following a symlink.</summary>
    /// <exception cref="PlatformException">ENOTDIR for a symlink.</exception>
    internal static IStorageFolder? TryLookInto(string path) => new DiskStorage(new UnrestrictedGuard()).TryOpenFolder(path);

    /// <summary>Whether there are files that name a writer.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    internal bool HasWriterFiles()
    {
        using var folder = TryOpen();
        return folder is not null && folder.List().Any(name => name != ImageName && IsControlFile(name));
    }

    /// <summary>Opens the folder, creating it if necessary.</summary>
    internal IStorageFolder Make() => new DiskStorage(Guard).MakeFolder(Folder);

    /// <summary>Whether this program provably created a folder: it holds a segment, or nothing but our files for writers.</summary>
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
    /// Removes our files except those of the write lock, which the <see cref="WriterClaim"/> removes. The caller holds the write lock. The next
    /// holder may arrive before the folder is gone, and loses nothing. Follows no symlink, and keeps files that are not ours.
    /// </summary>
    /// <param name="isClaimed">False if no process can hold the write lock any more: then all our files are removed.</param>
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

    /// <summary>Removes the files of the write lock, regardless of its holder.</summary>
    internal void RemoveRights()
    {
        using var folder = TryOpen();
        foreach (var name in folder?.List().Where(name => IsControlFile(name) && name != ImageName) ?? [])
        {
            TryRemove(folder!, name);
        }
    }

    /// <summary>Removes the folder if it is empty.</summary>
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
            // It belongs to another user by now, or holds other files.
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

    /// <summary>Allows entries of any owner, for removal by descriptor only: symlinks are not followed, and only regular files are opened.</summary>
    private sealed class UnrestrictedGuard : IEntryGuard
    {
        public void Demand(EntryAccess entry, string path)
        {
        }

        public Exception Refusal(string path, string reason) => new PlatformException(Errno.ENOTDIR, "open", $"{path} ({reason})");

        public EntryRights RightsFor(string? name) => throw new NotSupportedException("Nothing is made here.");
    }
}

/// <summary>File locks, as far as a file system supports them.</summary>
public interface IWriterLocks
{
    /// <summary>Takes the exclusive lock of an open file, without waiting.</summary>
    LockAnswer TryTake(string path, SafeFileHandle file);

    /// <summary>Whether another process holds the lock of an open file.</summary>
    bool IsHeld(SafeFileHandle file);
}

/// <summary>The kernel's locks, if they work across all hosts that mount the file system.</summary>
public sealed class KernelLocks : IWriterLocks
{
    /// <summary>Options of NFS and Lustre that make locks local to one host, and so useless here.</summary>
    private static readonly string[] LocalOnly = ["nolock", "local_lock=all", "local_lock=posix", "localflock"];

    private readonly Func<MountTable> _mounts;

    /// <summary>The locks of the file systems that this process sees.</summary>
    public KernelLocks()
        : this(MountTable.Read)
    {
    }

    /// <param name="mounts">Reads the mount table.</param>
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
