using CondaFuse.Platform;

namespace CondaFuse.Store.Committing;

/// <summary>Owner and permissions of an archive, for the file that takes its place.</summary>
internal static class ArchiveRights
{
    /// <summary>Reads them from the open file, so that they are those of the archive whatever has its name later.</summary>
    /// <exception cref="PlatformException">It cannot be opened.</exception>
    public static FileRights? Of(IStorageFolder folder, string name)
    {
        using var file = folder.Open(name, StorageAccess.Read);
        return file.Rights;
    }
}
