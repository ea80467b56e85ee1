using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    internal const int PriorityOfProcess = 0;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setpriority(int which, uint who, int priority);
}
