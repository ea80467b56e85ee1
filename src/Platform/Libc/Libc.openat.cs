using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    internal const int OpenNonBlocking = 0x800;
    internal const int OpenCloseOnExec = 0x80000;
    internal const int OpenExclusive = 0x80;

    /// <summary><c>O_PATH</c>.</summary>
    internal const int OpenReference = 0x200000;

    /// <summary>These two differ between architectures (<c>asm/fcntl.h</c>).</summary>
    internal static int OpenDirectory => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    internal static int OpenNotThroughLinks => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    /// <summary>The variadic fourth argument is passed as every int is by the C conventions of x86-64 and arm64 Linux.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int openat(int directory, byte* path, int flags, uint mode);
}
