using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

internal static unsafe partial class Libc
{
    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    internal const int UnixDomain = 1;
    internal const int StreamSocket = 1;
    internal const int DatagramSocket = 2;
    internal const int CloseOnExecSocket = 0x80000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socketpair(int domain, int type, int protocol, int* pair);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(int socket, UnixAddress* address, uint length);

    /// <summary><c>struct sockaddr_un</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct UnixAddress
    {
        internal const int MaxPath = 107;
        internal ushort Family;
        internal fixed byte Path[MaxPath + 1];
    }

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int listen(int socket, int backlog);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int accept4(int socket, UnixAddress* address, uint* length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int connect(int socket, UnixAddress* address, uint length);

    internal const int ShutBoth = 2;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int shutdown(int socket, int how);

    internal const int SocketLevel = 1;
    internal const int DescriptorRights = 1;
    internal const int ReceiveCloseOnExec = 0x40000000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvmsg(int socket, MessageHeader* message, int flags);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        internal void* Base;
        internal nuint Length;
    }

    /// <summary><c>struct msghdr</c> of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        internal void* Name;
        internal uint NameLength;
        internal IoVector* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }

    /// <summary><c>struct cmsghdr</c> with room for one descriptor.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct DescriptorMessage
    {
        internal nuint Length;
        internal int Level;
        internal int Type;
        internal int Descriptor;
        internal int Padding;
    }

    internal const int PeerCredentials = 17;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockopt(int socket, int level, int option, void* value, uint* length);

    /// <summary><c>struct ucred</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Credentials
    {
        internal int ProcessId;
        internal uint UserId;
        internal uint GroupId;
    }

    internal const int ReceiveTimeout = 20;
    internal const int SendTimeout = 21;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(int socket, int level, int option, void* value, uint length);

    internal const short PollIn = 1;
    internal const short PollOut = 4;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int poll(PollDescriptor* descriptors, ulong count, int timeoutMilliseconds);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollDescriptor
    {
        internal int Descriptor;
        internal short Events;
        internal short Returned;
    }

    internal const int CloseOnExec = 0x80000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int pipe2(int* pair, int flags);

    internal const int EventSemaphore = 1;
    internal const int EventCloseOnExec = 0x80000;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    internal const int MonotonicClock = 1;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int timerfd_create(int clock, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int timerfd_settime(int timer, int flags, TimerSetting* setting, TimerSetting* former);

    /// <summary><c>struct itimerspec</c>: the interval, 0 for a timer that rings once, and the time until it rings.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TimerSetting
    {
        internal long IntervalSeconds;
        internal long IntervalNanoseconds;
        internal long Seconds;
        internal long Nanoseconds;
    }
}
