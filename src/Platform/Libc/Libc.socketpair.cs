using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    internal const int UnixDomain = 1;
    internal const int StreamSocket = 1;
    internal const int CloseOnExecSocket = 0x80000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socketpair(int domain, int type, int protocol, int* pair);
}
