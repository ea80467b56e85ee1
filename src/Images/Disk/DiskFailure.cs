using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Disk;

/// <summary>Turns failed system calls into failures of a tree that name the path.</summary>
internal static class DiskFailure
{
    public static TreeException Of(PlatformException exception, string path) => new(
        exception.Errno switch
        {
            Errno.ENOENT => TreeFailure.NotFound,
            Errno.ENOTDIR => TreeFailure.NotADirectory,
            Errno.EISDIR => TreeFailure.IsADirectory,
            Errno.ELOOP => TreeFailure.WrongKind,
            Errno.EACCES or Errno.EPERM => TreeFailure.AccessDenied,
            Errno.ENAMETOOLONG => TreeFailure.NameTooLong,
            Errno.ERANGE => TreeFailure.RangeTooSmall,
            _ => TreeFailure.Storage,
        },
        $"{path}: {exception.Message}",
        exception);
}
