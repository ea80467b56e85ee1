namespace CondaFuse.Platform;

/// <summary>
/// Where files are kept that must survive a crash. Everything that is written to journals and images goes through here, so that a test can record
/// it, let it fail, and rebuild what a power cut would leave. Failures are <see cref="PlatformException"/>s with the storage's error number.
/// </summary>
public interface IStorage
{
    /// <summary>The same storage without a guard (<see cref="IEntryGuard"/>): to ask for room, where nothing is read or made.</summary>
    IStorage Unguarded => this;

    /// <summary>Opens a folder.</summary>
    /// <returns>Null if there is none.</returns>
    IStorageFolder? TryOpenFolder(string path);

    /// <summary>Opens a folder, making it and those above it where they are missing: they are on the storage when this returns.</summary>
    IStorageFolder MakeFolder(string path);
}

/// <summary>An open folder. What was made, renamed or removed in it is on the storage after <see cref="Sync"/>.</summary>
public interface IStorageFolder : IDisposable
{
    /// <summary>Its path, for messages.</summary>
    string Path { get; }

    /// <summary>Room on its file system.</summary>
    StorageSpace Space { get; }

    /// <summary>The names in it, in no order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Opens a file, not through a symlink.</summary>
    IStorageFile Open(string name, StorageAccess access);

    /// <summary>What has a name now, not through a symlink; null if nothing has.</summary>
    FileStatus? StatusOf(string name) => throw new NotSupportedException();

    /// <summary>Gives a file one name more, which must be free (EEXIST).</summary>
    /// <returns>False where the file system has no hard links.</returns>
    bool TryLink(string from, string to) => false;

    /// <summary>
    /// Renames to a name that nothing has. Where the file system has no hard links, what gets the name at the same moment is replaced.
    /// </summary>
    /// <exception cref="PlatformException">EEXIST: something has the name; nothing was changed.</exception>
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

    /// <summary>Renames; whatever has the new name is gone then.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; who has it open still reads it.</summary>
    void Remove(string name);

    /// <summary>Returns when what was made, renamed or removed in it is on the storage.</summary>
    void Sync();
}

/// <summary>How to open a file.</summary>
public enum StorageAccess
{
    /// <summary>To read what is there.</summary>
    Read,

    /// <summary>To read and write what is there.</summary>
    Write,

    /// <summary>To read and write a new file (0666 less the umask); there is none of that name (EEXIST).</summary>
    Create,

    /// <summary>The same, but 0600: for a file that gets its permissions by its descriptor afterwards.</summary>
    CreatePrivate,
}

/// <summary>Room on a file system.</summary>
/// <param name="TotalBytes">Its size.</param>
/// <param name="FreeBytes">Free for its owner.</param>
/// <param name="AvailableBytes">Free for this user.</param>
public readonly record struct StorageSpace(long TotalBytes, long FreeBytes, long AvailableBytes);

/// <summary>
/// Decides which folders and files a storage uses, and who may do what with new ones. Asked about the descriptor that is used afterwards, so that
/// nothing can be swapped between the question and the use.
/// </summary>
public interface IEntryGuard
{
    /// <summary>Throws unless an entry may be used.</summary>
    /// <param name="entry">What was opened.</param>
    /// <param name="path">Its path, for messages.</param>
    void Demand(EntryAccess entry, string path);

    /// <summary>The failure for a symlink, a fifo or another odd thing in place of a folder or file.</summary>
    Exception Refusal(string path, string reason);

    /// <summary>Owner, permissions and access list of a new entry.</summary>
    /// <param name="name">Its name; null for the folder itself.</param>
    EntryRights RightsFor(string? name);
}
