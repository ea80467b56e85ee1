namespace CondaFuse.Platform;

/// <summary>A system call that failed.</summary>
/// <param name="errno">Its error number.</param>
/// <param name="call">Name of the call.</param>
/// <param name="subject">The path or thing it was about, if any.</param>
public sealed class PlatformException(Errno errno, string call, string? subject = null)
    : IOException($"{call}{(subject is null ? "" : $" {subject}")}: {Libc.Describe(errno)}")
{
    /// <summary>The error number.</summary>
    public Errno Errno { get; } = errno;

    /// <summary>Name of the call.</summary>
    public string Call { get; } = call;
}
