using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    /// <summary><c>SIG_IGN</c>.</summary>
    internal const nint IgnoreSignal = 1;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int prlimit(int process, int kind, ResourceLimit* wanted, ResourceLimit* former);

    [LibraryImport(Library)]
    internal static partial nint signal(int number, nint handler);

    /// <summary><c>struct rlimit</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal record struct ResourceLimit(ulong Soft, ulong Hard);
}
