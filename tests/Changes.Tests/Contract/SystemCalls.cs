using System.Runtime.InteropServices;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Contract;

/// <summary>System calls for a plain directory.</summary>
internal static unsafe partial class SystemCalls
{
    public const int ReadWrite = 2;
    public const int PathOnly = 0x200000 | 0x20000;
    public const int UnnamedFile = 0x400000 | 0x10000;
    public const int KeepAccessTime = 0x40000;
    public const int EmptyPath = 0x1000;
    public const int FollowSymlink = 0x400;
    public const int RemoveDirectory = 0x200;
    public const int CurrentDirectory = -100;

    public static long Check(long result) => result >= 0 ? result : throw Failure(Marshal.GetLastPInvokeError());

    public static TreeException Failure(int errno) => new(
        errno switch
        {
            1 => TreeFailure.NotPermitted,
            2 => TreeFailure.NotFound,
            6 => TreeFailure.NoSuchRange,
            17 => TreeFailure.Exists,
            20 => TreeFailure.NotADirectory,
            21 => TreeFailure.IsADirectory,
            22 => TreeFailure.Invalid,
            27 => TreeFailure.FileTooLarge,
            28 => TreeFailure.NoSpace,
            31 => TreeFailure.TooManyLinks,
            34 => TreeFailure.RangeTooSmall,
            36 => TreeFailure.NameTooLong,
            39 => TreeFailure.NotEmpty,
            61 => TreeFailure.NoXattr,
            95 => TreeFailure.Unsupported,
            _ => TreeFailure.Storage,
        },
        $"errno {errno}");

    [LibraryImport("libc", SetLastError = true)]
    public static partial int openat(int directory, byte[] name, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int file);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mkdirat(int directory, byte[] name, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int mknodat(int directory, byte[] name, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int symlinkat(byte[] target, int directory, byte[] name);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int linkat(int from, byte[] fromName, int to, byte[] toName, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int unlinkat(int directory, byte[] name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int renameat2(int from, byte[] fromName, int to, byte[] toName, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int chmod(byte[] path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fchownat(int directory, byte[] name, uint user, uint group, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int utimensat(int directory, byte[] name, long* times, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int truncate(byte[] path, long length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pread(int file, byte* buffer, nint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint pwrite(int file, byte* buffer, nint length, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fallocate(int file, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial long lseek(int file, long offset, int whence);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint copy_file_range(int from, long* fromOffset, int to, long* toOffset, nint length, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint readlinkat(int directory, byte[] name, byte* buffer, nint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint getxattr(byte[] path, byte[] name, byte* value, nint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint listxattr(byte[] path, byte* names, nint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setxattr(byte[] path, byte[] name, byte* value, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int removexattr(byte[] path, byte[] name);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int statx(int directory, byte[] name, int flags, uint mask, byte* status);
}
