using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    internal const int CloseOnExec = 0x80000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int pipe2(int* pair, int flags);
}
