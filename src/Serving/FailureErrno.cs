using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving;

/// <summary>The one place where a tree's failure becomes an errno.</summary>
internal static class FailureErrno
{
    internal static Errno Of(TreeFailure failure) => failure switch
    {
        TreeFailure.Corrupt => Errno.EIO,
        TreeFailure.Storage => Errno.EIO,
        TreeFailure.NotFound => Errno.ENOENT,
        TreeFailure.NotADirectory => Errno.ENOTDIR,
        TreeFailure.IsADirectory => Errno.EISDIR,
        TreeFailure.WrongKind => Errno.EINVAL,
        TreeFailure.NameTooLong => Errno.ENAMETOOLONG,
        TreeFailure.RangeTooSmall => Errno.ERANGE,
        TreeFailure.Unsupported => Errno.EOPNOTSUPP,
        TreeFailure.AccessDenied => Errno.EACCES,
        TreeFailure.Exists => Errno.EEXIST,
        TreeFailure.NotEmpty => Errno.ENOTEMPTY,
        TreeFailure.ReadOnly => Errno.EROFS,
        TreeFailure.NoSpace => Errno.ENOSPC,
        TreeFailure.QuotaExceeded => Errno.EDQUOT,
        TreeFailure.NotPermitted => Errno.EPERM,
        TreeFailure.FileTooLarge => Errno.EFBIG,
        TreeFailure.TooManyLinks => Errno.EMLINK,
        TreeFailure.Invalid => Errno.EINVAL,
        TreeFailure.NoXattr => Errno.ENODATA,
        TreeFailure.NoSuchRange => Errno.ENXIO,
        _ => Errno.EIO,
    };

    /// <summary>Whether the failure tells of broken storage rather than of a question that has no answer.</summary>
    internal static bool IsFault(TreeFailure failure) => Of(failure) == Errno.EIO;
}
