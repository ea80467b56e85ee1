using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>
/// A descriptor that passes one whole message per call and never blocks: <c>/dev/fuse</c>, or a sequenced-packet socket in its place. Thread-safe.
/// </summary>
public sealed unsafe class MessageDevice
{
    private readonly SafeFileHandle _handle;

    /// <summary>Wraps a descriptor, owned by the caller, and makes it non-blocking.</summary>
    public MessageDevice(SafeFileHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        _handle = handle;
        var descriptor = (int)handle.DangerousGetHandle();
        var flags = Libc.Check(Libc.fcntl(descriptor, Libc.GetStatusFlags, 0), "fcntl");
        Libc.Check(Libc.fcntl(descriptor, Libc.SetStatusFlags, flags | Libc.NonBlocking), "fcntl");
    }

    /// <summary>Reads the next message, if there is one.</summary>
    /// <param name="buffer">The buffer for the message; native or pinned memory costs nothing to pass.</param>
    /// <param name="length">The message's length; 0 if the other side has closed.</param>
    /// <returns><see cref="Errno.None"/>, <see cref="Errno.EAGAIN"/> if there is no message now, or the kernel's error.</returns>
    public Errno TryRead(Span<byte> buffer, out int length)
    {
        fixed (byte* start = buffer)
        {
            nint read;
            Errno errno;
            do
            {
                read = Libc.read((int)_handle.DangerousGetHandle(), start, (nuint)buffer.Length);
                errno = read < 0 ? Libc.LastErrno : Errno.None;
            }
            while (errno == Errno.EINTR);
            length = (int)read;
            return errno;
        }
    }

    /// <summary>Sends one message.</summary>
    /// <returns><see cref="Errno.None"/> or the kernel's error.</returns>
    public Errno TryWrite(ReadOnlySpan<byte> message)
    {
        fixed (byte* start = message)
        {
            Errno errno;
            do
            {
                errno = Libc.write((int)_handle.DangerousGetHandle(), start, (nuint)message.Length) < 0 ? Libc.LastErrno : Errno.None;
            }
            while (errno == Errno.EINTR);
            return errno;
        }
    }

    /// <summary>Sleeps until there is a message, the other side has closed, or the event was raised.</summary>
    /// <param name="interruption">The event.</param>
    /// <param name="longest">Maximum time; null for no limit.</param>
    /// <returns>False if the time ran out.</returns>
    public bool Wait(EventCounter interruption, TimeSpan? longest = null)
    {
        ArgumentNullException.ThrowIfNull(interruption);
        var descriptors = stackalloc Libc.PollDescriptor[2];
        descriptors[0] = new() { Descriptor = (int)_handle.DangerousGetHandle(), Events = Libc.PollIn };
        descriptors[1] = new() { Descriptor = interruption.Descriptor, Events = Libc.PollIn };
        int ready;
        while ((ready = Libc.poll(descriptors, 2, longest is { } time ? (int)time.TotalMilliseconds : -1)) < 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new PlatformException(Libc.LastErrno, "poll");
            }
        }

        return ready > 0;
    }
}
