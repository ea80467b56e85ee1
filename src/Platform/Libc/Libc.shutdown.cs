using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    internal const int ShutBoth = 2;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int shutdown(int socket, int how);
}
