using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

/// <summary>The bindings to libc, one file per topic: blittable signatures that return -1 and set errno as in C.</summary>
internal static partial class Libc
{
    private const string Library = "libc";

    /// <summary>errno of the last call on this thread that was declared with <c>SetLastError</c>.</summary>
    internal static Errno LastErrno => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>The human-readable description of an error.</summary>
    internal static string Describe(Errno errno) => Marshal.GetPInvokeErrorMessage((int)errno);

    /// <summary>Passes a result through, or throws for -1.</summary>
    internal static int Check(int result, string call, string? subject = null) =>
        result >= 0 ? result : throw new PlatformException(LastErrno, call, subject);
}
