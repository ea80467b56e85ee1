using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    /// <summary>glibc has a function for this only since 2.30.</summary>
    private static nint NumberOfGetdents64 => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 61 : 217;

    internal static nint getdents64(int descriptor, void* buffer, nuint length) => syscall(NumberOfGetdents64, descriptor, (nint)buffer, (nint)length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third);
}
