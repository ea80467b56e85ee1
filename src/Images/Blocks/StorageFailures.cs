using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Blocks;

/// <summary>What the storage says, as a failure of a tree.</summary>
internal static class StorageFailures
{
    public static TreeException Of(PlatformException exception, string path) => new(FailureOf(exception.Errno), $"{path}: {exception.Message}", exception);

    /// <summary>Calls the storage.</summary>
    /// <exception cref="TreeException">It failed.</exception>
    public static T Try<T>(Func<T> call, string path)
    {
        try
        {
            return call();
        }
        catch (PlatformException exception)
        {
            throw Of(exception, path);
        }
    }

    private static TreeFailure FailureOf(Errno errno) => errno switch
    {
        Errno.ENOSPC => TreeFailure.NoSpace,
        Errno.EDQUOT => TreeFailure.QuotaExceeded,
        Errno.EFBIG => TreeFailure.FileTooLarge,
        Errno.EROFS or Errno.EPERM or Errno.EACCES or Errno.ETXTBSY => TreeFailure.ReadOnly,
        Errno.ENOENT => TreeFailure.NotFound,
        _ => TreeFailure.Storage,
    };
}
