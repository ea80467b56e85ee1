using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    internal const int GetOpenFileLock = 36;
    internal const int SetOpenFileLock = 37;
    internal const short WriteLock = 1;
    internal const short NoLock = 2;

    /// <summary>fcntl(2) with its third argument a pointer, which is passed as any other.</summary>
    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int fcntl_lock(int descriptor, int command, FileRange* range);

    /// <summary><c>struct flock</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct FileRange
    {
        internal short Type;
        internal short Whence;
        internal long Start;
        internal long Length;
        internal int ProcessId;
    }
}
