using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int getpid();

    [LibraryImport(Library)]
    internal static partial uint getuid();

    [LibraryImport(Library)]
    internal static partial uint getgid();
}
