using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

/// <summary>
/// What a fork may touch: raw calls without a transition of the garbage collector, since the child has one thread and no
/// runtime behind it.
/// </summary>
internal static unsafe partial class Libc
{
    /// <summary>Number of <c>clone3</c>, the same on every architecture.</summary>
    internal const long Clone3Call = 435;

    internal const ulong NewMountNamespace = 0x0002_0000;
    internal const ulong NewUserNamespace = 0x1000_0000;
    internal const int ChildSignal = 17;

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "syscall")]
    internal static partial long clone3(long number, CloneArguments* arguments, nuint size);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "read")]
    internal static partial nint raw_read(int descriptor, void* buffer, nuint count);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "close")]
    internal static partial int raw_close(int descriptor);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "execve")]
    internal static partial int raw_execve(byte* path, byte** arguments, byte** environment);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "_exit")]
    internal static partial void raw_exit(int code);

    /// <summary><c>struct clone_args</c>, first version: 64 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct CloneArguments
    {
        internal ulong Flags;
        internal ulong PidFd;
        internal ulong ChildThread;
        internal ulong ParentThread;
        internal ulong ExitSignal;
        internal ulong Stack;
        internal ulong StackSize;
        internal ulong Tls;
    }
}
