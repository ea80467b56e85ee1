using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Journal;

/// <summary>What a failed call of the storage means to who changes a tree.</summary>
internal static class StorageFailure
{
    public static TreeException Of(PlatformException failure) => new(
        failure.Errno switch
        {
            Errno.ENOSPC => TreeFailure.NoSpace,
            Errno.EDQUOT => TreeFailure.QuotaExceeded,
            Errno.EFBIG => TreeFailure.FileTooLarge,
            _ => TreeFailure.Storage,
        },
        failure.Message,
        failure);

    /// <summary>The same for the first change: a place where nobody may write makes the tree read-only.</summary>
    public static TreeException OfBeginning(PlatformException failure) =>
        failure.Errno is Errno.EROFS or Errno.EACCES or Errno.EPERM
            ? new TreeException(TreeFailure.ReadOnly, failure.Message, failure)
            : Of(failure);
}
