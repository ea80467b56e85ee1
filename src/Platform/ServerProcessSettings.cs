namespace CondaFuse.Platform;

/// <summary>The kind of a resource limit.</summary>
public enum LimitKind
{
    /// <summary>Processor time in seconds (<c>ulimit -t</c>).</summary>
    ProcessorTime = 0,

    /// <summary>Length of a file in bytes (<c>ulimit -f</c>).</summary>
    FileSize = 1,

    /// <summary>Number of open files (<c>ulimit -n</c>).</summary>
    OpenFiles = 7,
}

/// <summary>A limit that this process cannot raise.</summary>
/// <param name="Kind">The kind of limit.</param>
/// <param name="Value">The limit.</param>
public readonly record struct RemainingLimit(LimitKind Kind, ulong Value);

/// <summary>Makes a process independent of the session that started it, apart from descriptors and environment.</summary>
public static unsafe class ServerProcessSettings
{
    private const ulong Unlimited = ulong.MaxValue;

    private static readonly LimitKind[] ReportedLimits = [LimitKind.ProcessorTime, LimitKind.FileSize, LimitKind.OpenFiles];

    /// <summary><c>RLIMIT_AS</c>.</summary>
    private const LimitKind AddressSpace = (LimitKind)9;

    /// <summary>Enough open files for a server.</summary>
    private const ulong EnoughFiles = 256;

    /// <summary>
    /// Raises soft limits as far as possible, except for core dumps, which would contain private data. Makes a write beyond the file size limit fail
    /// instead of killing the process. New files are accessible only to the user, whatever the session's umask was; files for other users get their
    /// permissions explicitly.
    /// </summary>
    /// <returns>The limits that could not be raised.</returns>
    public static IReadOnlyList<RemainingLimit> Apply()
    {
        const int fileSizeSignal = 25;
        RestrictNewFiles();
        _ = Libc.signal(fileSizeSignal, Libc.IgnoreSignal);
        NativeHeap.Share();
        _ = Raise(AddressSpace); // a remaining limit shows at the start: a server without enough memory reports it
        return [.. ReportedLimits.Select(Raise).OfType<RemainingLimit>()];
    }

    /// <summary>New files are accessible only to the user.</summary>
    public static void RestrictNewFiles()
    {
        const uint othersBits = 0x3F; // 077
        _ = Libc.umask(othersBits);
    }

    /// <summary>
    /// Gives this thread, and those that it starts, a current folder and a umask of their own. Where that is not allowed (in some containers),
    /// all threads go on sharing them.
    /// </summary>
    public static void SeparateThread() => _ = Libc.unshare(Libc.SharedFolderAndMask);

    private static RemainingLimit? Raise(LimitKind kind)
    {
        Libc.ResourceLimit limit;
        if (Libc.prlimit(0, (int)kind, null, &limit) != 0)
        {
            return null;
        }

        if (limit.Soft < limit.Hard)
        {
            var raised = limit with { Soft = limit.Hard };
            limit = Libc.prlimit(0, (int)kind, &raised, null) == 0 ? raised : limit;
        }

        return limit.Soft == Unlimited || (kind == LimitKind.OpenFiles && limit.Soft >= EnoughFiles) ? null : new RemainingLimit(kind, limit.Soft);
    }
}
