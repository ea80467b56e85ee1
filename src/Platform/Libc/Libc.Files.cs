using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    internal const int OpenReadOnly = 0;
    internal const int OpenWriteOnly = 1;
    internal const int OpenReadWrite = 2;
    internal const int OpenCreate = 0x40;
    internal const int OpenTruncate = 0x200;
    internal const int OpenAppend = 0x400;
    internal const int OpenNoFollow = 0x20000;

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int dup2(int descriptor, int number);

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

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(int descriptor, void* buffer, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pread(int descriptor, void* buffer, nuint length, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(int descriptor, void* buffer, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pwrite(int descriptor, void* buffer, nuint length, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial long lseek(int descriptor, long offset, int whence);

    /// <summary>ioctl(2) whose third argument is a pointer, passed like any other.</summary>
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ioctl(int descriptor, ulong number, void* argument);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fsync(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fdatasync(int descriptor);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ftruncate(int descriptor, long length);

    /// <summary><c>FALLOC_FL_KEEP_SIZE</c>.</summary>
    internal const int KeepSize = 1;

    /// <summary><c>FALLOC_FL_PUNCH_HOLE</c>.</summary>
    internal const int PunchHole = 2;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fallocate(int file, int mode, long offset, long length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint copy_file_range(int source, long* sourceOffset, int target, long* targetOffset, nuint length, uint flags);

    /// <summary><c>SYNC_FILE_RANGE_WRITE</c>.</summary>
    internal const uint StartWriting = 2;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sync_file_range(int descriptor, long offset, long length, uint flags);

    /// <summary><c>POSIX_FADV_RANDOM</c>.</summary>
    internal const int AdviseRandom = 1;

    /// <summary><c>POSIX_FADV_WILLNEED</c>.</summary>
    internal const int AdviseWillNeed = 3;

    /// <summary>Returns the error number instead of setting errno.</summary>
    [LibraryImport(Library)]
    internal static partial int posix_fadvise(int descriptor, long offset, long length, int advice);
}
