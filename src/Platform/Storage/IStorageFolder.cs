namespace CondaFuse.Platform;

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

    /// <summary>Renames; whatever has the new name is gone then.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; who has it open still reads it.</summary>
    void Remove(string name);

    /// <summary>Returns when what was made, renamed or removed in it is on the storage.</summary>
    void Sync();
}
