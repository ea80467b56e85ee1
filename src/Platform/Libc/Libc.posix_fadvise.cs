using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
{
    /// <summary><c>POSIX_FADV_RANDOM</c>.</summary>
    internal const int AdviseRandom = 1;

    /// <summary>Gives the error as its result.</summary>
    [LibraryImport(Library)]
    internal static partial int posix_fadvise(int descriptor, long offset, long length, int advice);
}
