using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    internal const int LockShared = 1;
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int flock(int descriptor, int operation);
}
