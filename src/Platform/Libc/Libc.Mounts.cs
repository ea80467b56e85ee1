using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string type, ulong flags, string data);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int umount2(string target, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fstatfs(int descriptor, StatFs* result);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int statfs(byte* path, StatFs* status);

    /// <summary><c>struct statfs</c> (<c>asm-generic/statfs.h</c>) of 64-bit Linux: 120 bytes.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    internal struct StatFs
    {
        public long Type;
        public long BlockSize;
        public ulong Blocks;
        public ulong FreeBlocks;
        public ulong AvailableBlocks;
        public ulong Files;
        public ulong FreeFiles;
        public ulong Identity;
        public long NameLength;
        public long FragmentSize;
        public long Flags;
    }
}
