using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Pipes and socket pairs; every descriptor is close-on-exec.</summary>
public static unsafe class Pipes
{
    /// <summary>A pipe.</summary>
    public static (SafeFileHandle Reader, SafeFileHandle Writer) Create()
    {
        var pair = stackalloc int[2];
        Libc.Check(Libc.pipe2(pair, Libc.CloseOnExec), "pipe2");
        return (Own(pair[0]), Own(pair[1]));
    }

    /// <summary>Waits until the write end of a pipe is closed in all processes.</summary>
    public static void WaitForEnd(SafeFileHandle reader)
    {
        byte ignored;
        nint read;
        while ((read = Libc.read((int)reader.DangerousGetHandle(), &ignored, 1)) != 0)
        {
            if (read < 0 && Libc.LastErrno != Errno.EINTR)
            {
                throw new PlatformException(Libc.LastErrno, "read");
            }
        }
    }

    /// <summary>Reads until the write end of a pipe is closed in all processes.</summary>
    public static byte[] ReadToEnd(SafeFileHandle reader)
    {
        const int usually = 256;
        var bytes = new byte[usually];
        var length = 0;
        while (true)
        {
            nint read;
            fixed (byte* start = bytes)
            {
                read = Libc.read((int)reader.DangerousGetHandle(), start + length, (nuint)(bytes.Length - length));
            }

            if (read == 0)
            {
                return bytes[..length];
            }

            if (read < 0 && Libc.LastErrno != Errno.EINTR)
            {
                throw new PlatformException(Libc.LastErrno, "read");
            }

            length += (int)Math.Max(read, 0);
            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, 2 * length);
            }
        }
    }

    /// <summary>Two connected stream sockets.</summary>
    public static (SafeFileHandle First, SafeFileHandle Second) CreateSockets()
    {
        var pair = stackalloc int[2];
        Libc.Check(Libc.socketpair(Libc.UnixDomain, Libc.StreamSocket | Libc.CloseOnExecSocket, 0, pair), "socketpair");
        return (Own(pair[0]), Own(pair[1]));
    }

    /// <summary>Receives a descriptor from the other side (SCM_RIGHTS); null if it closes without sending one.</summary>
    public static SafeFileHandle? ReceiveDescriptor(SafeFileHandle socket)
    {
        byte payload;
        var vector = new Libc.IoVector { Base = &payload, Length = 1 };
        var control = default(Libc.DescriptorMessage);
        var message = new Libc.MessageHeader
        {
            Vectors = &vector,
            VectorCount = 1,
            Control = &control,
            ControlLength = (nuint)sizeof(Libc.DescriptorMessage),
        };
        nint received;
        while ((received = Libc.recvmsg((int)socket.DangerousGetHandle(), &message, Libc.ReceiveCloseOnExec)) < 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new PlatformException(Libc.LastErrno, "recvmsg");
            }
        }

        var carries = received > 0 && message.ControlLength > 0
            && control.Level == Libc.SocketLevel && control.Type == Libc.DescriptorRights;
        return carries ? Own(control.Descriptor) : null;
    }

    private static SafeFileHandle Own(int descriptor) => new(descriptor, ownsHandle: true);
}
