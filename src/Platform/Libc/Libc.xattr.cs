using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint llistxattr(byte* path, byte* list, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint lgetxattr(byte* path, byte* name, byte* value, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setxattr(byte* path, byte* name, byte* value, nuint length, int flags);
}
