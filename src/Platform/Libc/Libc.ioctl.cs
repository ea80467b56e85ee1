using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    /// <summary>ioctl(2) with its third argument a pointer, which is passed as any other.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(int descriptor, ulong number, void* argument);
}
