using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    // clone3 and the raw_ calls are made in the child after a fork, without a transition of the garbage collector: the child has one thread and no
    // working runtime.

    /// <summary>Number of <c>clone3</c>, the same on every architecture.</summary>
    internal const long Clone3Call = 435;

    internal const ulong NewMountNamespace = 0x0002_0000;
    internal const ulong NewUserNamespace = 0x1000_0000;
    internal const int ChildSignal = 17;
    internal const int PipeSignal = 13;

    /// <summary><c>SIG_DFL</c>.</summary>
    internal const nint DefaultHandler = 0;

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
    [LibraryImport(Library, EntryPoint = "write")]
    internal static partial nint raw_write(int descriptor, void* buffer, nuint count);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "setns")]
    internal static partial int raw_setns(int descriptor, int kind);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "chdir")]
    internal static partial int raw_chdir(byte* path);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "execve")]
    internal static partial int raw_execve(byte* path, byte** arguments, byte** environment);

    [SuppressGCTransition]
    [LibraryImport(Library, EntryPoint = "signal")]
    internal static partial nint raw_signal(int number, nint handler);

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

    [LibraryImport(Library)]
    internal static partial uint umask(uint mask);

    /// <summary><c>CLONE_FS</c>.</summary>
    internal const int SharedFolderAndMask = 0x200;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int execve(byte* path, byte** arguments, byte** environment);

    /// <summary>Size that is enough for either opaque structure of <c>posix_spawn(3)</c> in every libc.</summary>
    internal const int SpawnStructureSize = 512;
    internal const short SpawnSetSigDefault = 0x04;
    internal const short SpawnSetSigMask = 0x08;
    internal const short SpawnSetSession = 0x80;

    [LibraryImport(Library)]
    internal static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_adddup2(void* actions, int from, int to);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_addclose(void* actions, int descriptor);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_addopen(void* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigmask(void* attributes, void* set);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* set);

    [LibraryImport(Library)]
    internal static partial int sigemptyset(void* set);

    [LibraryImport(Library)]
    internal static partial int sigfillset(void* set);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitpid(int pid, int* status, int options);

    /// <summary>Size of <c>siginfo_t</c>.</summary>
    internal const int SignalInformationSize = 128;

    internal const int WaitForProcess = 1;
    internal const int WaitForExit = 4;
    internal const int WaitWithoutReaping = 0x0100_0000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitid(int kind, int id, void* information, int options);

    /// <summary>Number of <c>pidfd_open</c>, the same on every architecture; libc has no wrapper before 2.36.</summary>
    internal const long PidfdOpenCall = 434;

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    internal static partial long pidfd_open(long number, int pid, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    internal const int PriorityOfProcess = 0;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setpriority(int which, uint who, int priority);

    /// <summary><c>SIG_IGN</c>.</summary>
    internal const nint IgnoreSignal = 1;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int prlimit(int process, int kind, ResourceLimit* wanted, ResourceLimit* former);

    [LibraryImport(Library)]
    internal static partial nint signal(int number, nint handler);

    /// <summary><c>struct rlimit</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal record struct ResourceLimit(ulong Soft, ulong Hard);

    [LibraryImport(Library)]
    internal static partial int malloc_trim(nuint pad);

    /// <summary><c>M_ARENA_MAX</c>.</summary>
    internal const int MaxArenas = -8;

    [LibraryImport(Library)]
    internal static partial int mallopt(int parameter, int value);

    /// <summary><c>MADV_DONTNEED</c>.</summary>
    internal const int AdviseNotNeeded = 4;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int madvise(nuint start, nuint length, int advice);

    [LibraryImport(Library)]
    internal static partial int getpagesize();
}
