using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial byte* gnu_get_libc_version();
}
