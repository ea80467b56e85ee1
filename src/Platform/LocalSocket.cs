using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>A Unix-domain socket (unix(7)); every descriptor is close-on-exec. Paths may be longer than the 107 bytes of an address.</summary>
public static unsafe class LocalSocket
{
    private const int Backlog = 16;

    /// <summary>Listens at an unused path.</summary>
    /// <exception cref="PlatformException">A call failed; EADDRINUSE if the path exists.</exception>
    public static SafeFileHandle Listen(string path)
    {
        var socket = Create();
        try
        {
            WithAddress(path, (address, length) => Libc.Check(Libc.bind(Number(socket), (Libc.UnixAddress*)address, length), "bind", path));
            Libc.Check(Libc.listen(Number(socket), Backlog), "listen", path);
            return socket;
        }
        catch (PlatformException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Connects to the socket at a path.</summary>
    /// <exception cref="PlatformException">ENOENT or ECONNREFUSED if no process is listening.</exception>
    public static SafeFileHandle Connect(string path, TimeSpan timeout)
    {
        var socket = Create();
        try
        {
            LimitWaiting(socket, timeout);
            WithAddress(path, (address, length) => Libc.Check(Libc.connect(Number(socket), (Libc.UnixAddress*)address, length), "connect", path));
            return socket;
        }
        catch (PlatformException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends one datagram to the socket at an address.</summary>
    /// <param name="address">A path, or <c>@NAME</c> for an abstract socket.</param>
    /// <param name="message">The datagram.</param>
    /// <exception cref="PlatformException">ENOENT or ECONNREFUSED if no process is receiving.</exception>
    public static void Send(string address, ReadOnlySpan<byte> message)
    {
        using var socket = Create(Libc.DatagramSocket);
        if (address.StartsWith('@'))
        {
            var name = Encoding.UTF8.GetBytes(address);
            name[0] = 0;
            if (name.Length > Libc.UnixAddress.MaxPath)
            {
                throw new PlatformException(Errno.ENAMETOOLONG, "socket", address);
            }

            var unnamed = new Libc.UnixAddress { Family = Libc.UnixDomain };
            name.CopyTo(new Span<byte>(unnamed.Path, Libc.UnixAddress.MaxPath));
            Libc.Check(Libc.connect(Number(socket), &unnamed, (uint)(sizeof(ushort) + name.Length)), "connect", address);
        }
        else
        {
            WithAddress(address, (to, length) => Libc.Check(Libc.connect(Number(socket), (Libc.UnixAddress*)to, length), "connect", address));
        }

        fixed (byte* bytes = message)
        {
            Libc.Check((int)Libc.write(Number(socket), bytes, (nuint)message.Length), "write", address);
        }
    }

    /// <summary>Waits for something to read, or for the end of the connection; false if nothing came in time.</summary>
    public static bool WaitForInput(SafeFileHandle connection, TimeSpan time)
    {
        var descriptor = new Libc.PollDescriptor { Descriptor = Number(connection), Events = Libc.PollIn };
        var ready = Libc.poll(&descriptor, 1, (int)time.TotalMilliseconds);
        return ready > 0 || (ready < 0 && Libc.LastErrno != Errno.EINTR);
    }

    /// <summary>Waits for the next connection; null after <see cref="StopListening"/>.</summary>
    public static SafeFileHandle? Accept(SafeFileHandle listener)
    {
        while (true)
        {
            var descriptor = Libc.accept4(Number(listener), null, null, Libc.CloseOnExecSocket);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            switch (Libc.LastErrno)
            {
                case Errno.EINTR or Errno.ECONNABORTED:
                    continue;
                case Errno.EINVAL:
                    return null;
                default:
                    throw new PlatformException(Libc.LastErrno, "accept4");
            }
        }
    }

    /// <summary>Makes <see cref="Accept"/> return.</summary>
    public static void StopListening(SafeFileHandle listener) => Libc.Check(Libc.shutdown(Number(listener), Libc.ShutBoth), "shutdown");

    /// <summary>The id of the connected user.</summary>
    public static uint PeerUser(SafeFileHandle connection)
    {
        Libc.Credentials credentials;
        var length = (uint)sizeof(Libc.Credentials);
        Libc.Check(Libc.getsockopt(Number(connection), Libc.SocketLevel, Libc.PeerCredentials, &credentials, &length), "getsockopt");
        return credentials.UserId;
    }

    /// <summary>Makes reads and writes fail with EAGAIN if the other side takes longer than this.</summary>
    public static void LimitWaiting(SafeFileHandle connection, TimeSpan timeout)
    {
        var time = new Libc.TimeSpec { Seconds = (long)timeout.TotalSeconds, Nanoseconds = 0 };
        Libc.Check(Libc.setsockopt(Number(connection), Libc.SocketLevel, Libc.ReceiveTimeout, &time, (uint)sizeof(Libc.TimeSpec)), "setsockopt");
        Libc.Check(Libc.setsockopt(Number(connection), Libc.SocketLevel, Libc.SendTimeout, &time, (uint)sizeof(Libc.TimeSpec)), "setsockopt");
    }

    private static SafeFileHandle Create(int kind = Libc.StreamSocket) =>
        new(Libc.Check(Libc.socket(Libc.UnixDomain, kind | Libc.CloseOnExecSocket, 0), "socket"), ownsHandle: true);

    /// <summary>Uses the directory's descriptor to address a path that is too long.</summary>
    private static void WithAddress(string path, Action<nint, uint> use)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        if (bytes.Length <= Libc.UnixAddress.MaxPath)
        {
            Use(bytes, use);
            return;
        }

        const int pathOnly = 0x200000;
        using var directory = new SafeFileHandle(
            Libc.Check(Libc.open(Path.GetDirectoryName(path)!, pathOnly | Libc.CloseOnExec, 0), "open", path), ownsHandle: true);
        bytes = Encoding.UTF8.GetBytes($"/proc/self/fd/{Number(directory)}/{Path.GetFileName(path)}");
        if (bytes.Length > Libc.UnixAddress.MaxPath)
        {
            throw new PlatformException(Errno.ENAMETOOLONG, "socket", path);
        }

        Use(bytes, use);
    }

    private static void Use(ReadOnlySpan<byte> bytes, Action<nint, uint> use)
    {
        var address = new Libc.UnixAddress { Family = Libc.UnixDomain };
        bytes.CopyTo(new Span<byte>(address.Path, Libc.UnixAddress.MaxPath));
        use((nint)(&address), (uint)(sizeof(ushort) + bytes.Length + 1));
    }

    private static int Number(SafeFileHandle handle) => (int)handle.DangerousGetHandle();
}
