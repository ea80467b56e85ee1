using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static partial class Libc
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
}
