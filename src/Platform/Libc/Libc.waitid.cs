using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    /// <summary>Size of <c>siginfo_t</c>.</summary>
    internal const int SignalInformationSize = 128;

    internal const int WaitForProcess = 1;
    internal const int WaitForExit = 4;
    internal const int WaitWithoutReaping = 0x0100_0000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitid(int kind, int id, void* information, int options);
}
