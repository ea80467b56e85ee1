using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Blocks;

/// <summary>Converts failures of the storage into failures of a tree.</summary>
internal static class StorageFailures
{
    public static TreeException Of(PlatformException exception, string path) =>
        new(FailureOf(exception.Errno), $"{path}: {exception.Message}", exception);

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

    /// <summary>Begins a new file in a folder, beside its target.</summary>
    /// <exception cref="TreeException">No file can be created in the folder.</exception>
    public static ReplacementFile Begin(IStorageFolder folder, string name, EntryRights? rights) =>
        Try(() => new ReplacementFile(folder, name, rights), Path.Combine(folder.Path, name));

    /// <summary>Begins an output at a path that the user specifies.</summary>
    /// <exception cref="TreeException">It cannot be created there.</exception>
    public static ReplacementFile BeginAt(string path)
    {
        try
        {
            return ReplacementFile.At(path);
        }
        catch (PlatformException exception)
        {
            var failure = exception.Errno is Errno.EACCES or Errno.EPERM ? TreeFailure.AccessDenied : FailureOf(exception.Errno);
            throw new TreeException(failure, $"{path}: {exception.Message}", exception);
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
