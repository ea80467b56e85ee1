using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

/// <summary>The door to libc, a file for each topic: blittable signatures, -1 and errno as C gives them.</summary>
internal static partial class Libc
{
    private const string Library = "libc";

    /// <summary>errno of the last call on this thread that was declared with <c>SetLastError</c>.</summary>
    internal static Errno LastErrno => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>What a person calls the error.</summary>
    internal static string Describe(Errno errno) => Marshal.GetPInvokeErrorMessage((int)errno);

    /// <summary>Passes a result through, or throws for -1.</summary>
    internal static int Check(int result, string call, string? subject = null) =>
        result >= 0 ? result : throw new PlatformException(LastErrno, call, subject);
}
