using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int malloc_trim(nuint pad);
}
