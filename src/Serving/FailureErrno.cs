using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving;

/// <summary>The only place that translates a tree's failure into an errno.</summary>
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

    /// <summary>Whether the failure means broken storage or data, rather than an ordinary negative result.</summary>
    internal static bool IsFault(TreeFailure failure) => Of(failure) == Errno.EIO;
}

/// <summary>Logs each fault once, and says when it stops logging: reading a broken file in a loop must not fill the disk.</summary>
internal sealed class FaultLog(Action<string>? log)
{
    private const int Limit = 200;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _known = [];

    /// <summary>Logs a fault.</summary>
    /// <param name="fault">What is wrong, as the same text for every request that meets it.</param>
    /// <param name="request">The first request that met it.</param>
    internal void Write(string fault, string request)
    {
        int number;
        lock (_gate)
        {
            if (_known.Count >= Limit || !_known.Add(fault))
            {
                return;
            }

            number = _known.Count;
        }

        Pass($"{request}: {fault}");
        if (number == Limit)
        {
            Pass($"{Limit} failures were logged; further ones are not.");
        }
    }

    /// <summary>If the log cannot be written, a line is lost, but the mount keeps working for its users.</summary>
    private void Pass(string line)
    {
        try
        {
            log?.Invoke(line);
        }
#pragma warning disable CA1031 // no reply depends on the log, so every exception is ignored
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
