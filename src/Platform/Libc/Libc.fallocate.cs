using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    /// <summary><c>FALLOC_FL_KEEP_SIZE</c>.</summary>
    internal const int KeepSize = 1;

    /// <summary><c>FALLOC_FL_PUNCH_HOLE</c>.</summary>
    internal const int PunchHole = 2;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fallocate(int file, int mode, long offset, long length);
}
