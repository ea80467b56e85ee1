using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(int socket, UnixAddress* address, uint length);

    /// <summary><c>struct sockaddr_un</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UnixAddress
    {
        internal const int MaxPath = 107;
        internal ushort Family;
        internal fixed byte Path[MaxPath + 1];
    }
}
