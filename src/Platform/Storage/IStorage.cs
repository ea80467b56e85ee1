namespace CondaFuse.Platform;

/// <summary>
/// Storage for files that must survive a crash. All writes to journals and images go through this interface, so that a test can record them, make
/// them fail, and reconstruct the state after a power failure. Failures are <see cref="PlatformException"/>s with the storage's error number.
/// </summary>
public interface IStorage
{
    /// <summary>The same storage without a guard (<see cref="IEntryGuard"/>), to query free space without reading or creating anything.</summary>
    IStorage Unguarded => this;

    /// <summary>Opens a folder.</summary>
    /// <returns>Null if it does not exist.</returns>
    IStorageFolder? TryOpenFolder(string path);

    /// <summary>Opens a folder, creating it and its missing parents. They are on the storage when this returns.</summary>
    IStorageFolder MakeFolder(string path);
}

/// <summary>An open folder. Entries created, renamed or removed in it are on the storage after <see cref="Sync"/>.</summary>
public interface IStorageFolder : IDisposable
{
    /// <summary>Its path, for messages.</summary>
    string Path { get; }

    /// <summary>Space on its file system.</summary>
    StorageSpace Space { get; }

    /// <summary>The names in it, in any order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens a file without following a symlink.</summary>
    IStorageFile Open(string name, StorageAccess access);

    /// <summary>The status of the entry with a name, without following a symlink; null if there is none.</summary>
    FileStatus? StatusOf(string name) => throw new NotSupportedException();

    /// <summary>Gives a file another name, which must be free (EEXIST).</summary>
    /// <returns>False if the file system has no hard links.</returns>
    bool TryLink(string from, string to) => false;

    /// <summary>
    /// Renames to a name that must be free. If the file system has no hard links, an entry that gets the name at the same moment is replaced.
    /// </summary>
    /// <exception cref="PlatformException">EEXIST: the name is taken; nothing has changed.</exception>
    void RenameNew(string from, string to)
    {
        if (TryLink(from, to))
        {
            Remove(from);
            return;
        }

        if (StatusOf(to) is not null)
        {
            throw new PlatformException(Errno.EEXIST, "rename", to);
        }

        Rename(from, to);
    }

    /// <summary>Renames an entry, replacing any entry of the new name.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; processes that have it open can still read it.</summary>
    void Remove(string name);

    /// <summary>Returns when all entries created, renamed or removed in it are on the storage.</summary>
    void Sync();
}

/// <summary>How to open a file.</summary>
public enum StorageAccess
{
    /// <summary>Read an existing file.</summary>
    Read,

    /// <summary>Read and write an existing file.</summary>
    Write,

    /// <summary>Read and write a new file (0666 before the umask); the name must be free (EEXIST).</summary>
    Create,

    /// <summary>The same with mode 0600: for a file that gets its permissions later, by descriptor.</summary>
    CreatePrivate,
}

/// <summary>Space on a file system.</summary>
/// <param name="TotalBytes">Its size.</param>
/// <param name="FreeBytes">Free for its owner.</param>
/// <param name="AvailableBytes">Free for this user.</param>
public readonly record struct StorageSpace(long TotalBytes, long FreeBytes, long AvailableBytes);

/// <summary>
/// Decides which folders and files a storage may use, and sets the permissions of new ones. Checks use the descriptor that is used afterwards, so
/// that nothing can be swapped between check and use.
/// </summary>
public interface IEntryGuard
{
    /// <summary>Throws unless an entry may be used.</summary>
    /// <param name="entry">The opened entry.</param>
    /// <param name="path">Its path, for messages.</param>
    void Demand(EntryAccess entry, string path);

    /// <summary>The failure for a symlink, a fifo or anything else in place of a folder or file.</summary>
    Exception Refusal(string path, string reason);

    /// <summary>Owner, permissions and access list of a new entry.</summary>
    /// <param name="name">Its name; null for the folder itself.</param>
    EntryRights RightsFor(string? name);
}
