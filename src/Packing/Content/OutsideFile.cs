using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>A regular file outside the packed tree that a symlink leads to: a copy replaces the symlink.</summary>
/// <param name="Attributes">The symlink's, with the file's permissions, length and time.</param>
/// <param name="Content">The file's content.</param>
internal sealed record OutsideFile(Attributes Attributes, RewrittenContent Content)
{
    /// <summary>Reads the file.</summary>
    /// <param name="path">Absolute path of the symlink.</param>
    /// <param name="link">The symlink's attributes.</param>
    /// <param name="failure">Why it cannot be copied.</param>
    /// <returns>Null if it cannot be copied.</returns>
    public static OutsideFile? TryRead(string path, in Attributes link, out string? failure)
    {
        try
        {
            var (content, status) = Read(path);
            failure = null;
            var attributes = link with
            {
                Kind = EntryKind.File,
                Permissions = (ushort)(status.Permissions & PermissionBits),
                LinkCount = 1,
                Size = content.Length,
                Modified = new Timestamp(status.Modified.Seconds, status.Modified.Nanoseconds),
            };
            return new OutsideFile(attributes, new RewrittenContent(content, () => ReadAgain(path, content.Length)));
        }
        catch (PlatformException exception)
        {
            failure = exception.Errno switch
            {
                Errno.ENOENT or Errno.ENOTDIR => "its target does not exist",
                Errno.EISDIR => "points to a directory outside of it",
                Errno.ELOOP => "is a loop of symlinks",
                Errno.EFBIG => "its target is larger than 2 GiB",
                Errno.EINVAL => "its target is not a regular file",
                _ => $"its target cannot be read: {exception.Message}",
            };
            return null;
        }
    }

    private const int PermissionBits = 0b1_1111_1111;

    private static (byte[] Content, FileStatus Status) Read(string path)
    {
        using var file = PlainFile.OpenToRead(path);
        using var lease = new HandleLease(file);
        var status = FileStatus.Of(lease, []);
        if (status.Size > Array.MaxLength)
        {
            throw new PlatformException(Errno.EFBIG, "read", path);
        }

        var content = new byte[status.Size];
        return FileContent.Read(file, 0, content) == content.Length
            ? (content, status)
            : throw new PlatformException(Errno.EIO, "read", $"{path} (it became shorter)");
    }

    private static byte[] ReadAgain(string path, int length)
    {
        try
        {
            var (content, _) = Read(path);
            return content.Length == length
                ? content
                : throw new TreeException(TreeFailure.Storage, $"the target of {path} changed while it was packed");
        }
        catch (PlatformException exception)
        {
            throw new TreeException(TreeFailure.Storage, $"cannot read the target of {path}: {exception.Message}", exception);
        }
    }
}
