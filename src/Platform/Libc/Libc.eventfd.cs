using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    internal const int EventSemaphore = 1;
    internal const int EventCloseOnExec = 0x80000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);
}
