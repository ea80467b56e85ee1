using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    /// <summary><c>SYNC_FILE_RANGE_WRITE</c>.</summary>
    internal const uint StartWriting = 2;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sync_file_range(int descriptor, long offset, long length, uint flags);
}
