using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    [LibraryImport(Library)]
    internal static partial int getpid();

    [LibraryImport(Library)]
    internal static partial uint getuid();

    [LibraryImport(Library)]
    internal static partial uint getgid();

    [LibraryImport(Library)]
    internal static partial int getpwuid_r(uint user, PasswordEntry* entry, byte* text, nuint room, PasswordEntry** found);

    /// <summary><c>struct passwd</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PasswordEntry
    {
        internal byte* Name;
        internal byte* Password;
        internal uint UserId;
        internal uint GroupId;
        internal byte* FullName;
        internal byte* Home;
        internal byte* Shell;
    }

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getgroups(int room, uint* groups);

    [LibraryImport(Library)]
    internal static partial int getgrouplist(byte* user, uint group, uint* groups, int* count);
}
