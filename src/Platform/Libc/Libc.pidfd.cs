using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    /// <summary>Number of <c>pidfd_open</c>, the same on every architecture; libc has no wrapper before 2.36.</summary>
    internal const long PidfdOpenCall = 434;

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial long pidfd_open(long number, int pid, uint flags);
}
