using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getgroups(int room, uint* groups);

    [LibraryImport(Library)]
    internal static partial int getgrouplist(byte* user, uint group, uint* groups, int* count);
}
