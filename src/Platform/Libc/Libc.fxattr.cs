using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint fgetxattr(int file, byte* name, byte* value, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fsetxattr(int file, byte* name, byte* value, nuint length, int flags);
}
