using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    internal const int GetDescriptorFlags = 1;
    internal const int SetDescriptorFlags = 2;
    internal const int CloseOnExecFlag = 1;
    internal const int GetStatusFlags = 3;
    internal const int SetStatusFlags = 4;
    internal const int NonBlocking = 0x800;
    internal const int SetSignal = 10;
    internal const int SetLease = 1024;
    internal const int LeaseWrite = 1;
    internal const int LeaseNone = 2;

    /// <summary>The variadic third argument is passed as every int is by the C conventions of x86-64 and arm64 Linux.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fcntl(int descriptor, int command, int argument);

    internal const int GetOpenFileLock = 36;
    internal const int SetOpenFileLock = 37;
    internal const short WriteLock = 1;
    internal const short NoLock = 2;

    /// <summary>fcntl(2) whose third argument is a pointer, passed like any other.</summary>
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

    internal const int LockShared = 1;
    internal const int LockExclusive = 2;
    internal const int LockNonBlocking = 4;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int flock(int descriptor, int operation);
}
