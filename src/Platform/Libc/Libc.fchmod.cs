using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fchmod(int file, uint mode);
}
