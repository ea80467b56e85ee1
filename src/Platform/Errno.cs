namespace CondaFuse.Platform;

/// <summary>Error numbers of Linux (x86-64 and arm64; <c>errno-base.h</c>, <c>errno.h</c>).</summary>
public enum Errno
{
#pragma warning disable CS1591 // documented in errno(3)
    None = 0,
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EINTR = 4,
    EIO = 5,
    ENXIO = 6,
    E2BIG = 7,
    EBADF = 9,
    ECHILD = 10,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EBUSY = 16,
    EEXIST = 17,
    EXDEV = 18,
    ENODEV = 19,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    ENFILE = 23,
    EMFILE = 24,
    ENOTTY = 25,
    ETXTBSY = 26,
    EFBIG = 27,
    ENOSPC = 28,
    ESPIPE = 29,
    EROFS = 30,
    EMLINK = 31,
    EPIPE = 32,
    ERANGE = 34,
    ENAMETOOLONG = 36,
    ENOLCK = 37,
    ENOSYS = 38,
    ENOTEMPTY = 39,
    ELOOP = 40,
    ENODATA = 61,
    EPROTO = 71,
    EOVERFLOW = 75,
    EOPNOTSUPP = 95,
    EADDRINUSE = 98,
    ECONNABORTED = 103,
    ENOTCONN = 107,
    ECONNREFUSED = 111,
    ESTALE = 116,
    EDQUOT = 122,
#pragma warning restore CS1591
}

/// <summary>A failed system call.</summary>
/// <param name="errno">Its error number.</param>
/// <param name="call">Name of the call.</param>
/// <param name="subject">The path or object that it was about, if any.</param>
public sealed class PlatformException(Errno errno, string call, string? subject = null)
    : IOException($"{call}{(subject is null ? "" : $" {subject}")}: {Libc.Describe(errno)}")
{
    /// <summary>The error number.</summary>
    public Errno Errno { get; } = errno;

    /// <summary>Name of the call.</summary>
    public string Call { get; } = call;
}
