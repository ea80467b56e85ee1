using System.Text;
using CondaFuse.Platform;

namespace CondaFuse.Store.Committing;

/// <summary>Owner and permissions of an archive, which a file that takes its place gets.</summary>
internal static class FileRights
{
    /// <summary>Gives a file in an archive's folder what the archive has.</summary>
    /// <param name="image">Canonical path of the archive.</param>
    /// <param name="name">The file's name.</param>
    /// <exception cref="PlatformException">Its permissions could not be set.</exception>
    public static void Give(string image, string name)
    {
        using var folder = EntryOpening.Directory(Path.GetDirectoryName(image)!);
        using var lease = new HandleLease(folder);
        var wanted = FileStatus.Of(lease, Encoding.UTF8.GetBytes(Path.GetFileName(image)));
        var file = Encoding.UTF8.GetBytes(name);
        try
        {
            EntryAttributes.SetOwner(lease, file, wanted.UserId, wanted.GroupId);
        }
        catch (PlatformException)
        {
            // Somebody else's: only root may give a file away.
        }

        EntryAttributes.SetPermissions(lease, file, wanted.Permissions);
    }
}
