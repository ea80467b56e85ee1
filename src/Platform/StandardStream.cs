namespace CondaFuse.Platform;

/// <summary>
/// Standard output or standard error as a stream: every write is one <c>write(2)</c>. The position is the kernel's, so that two descriptors of one
/// file, and files opened for appending, are written in order. If the reader has gone (EPIPE), the output ends without an error.
/// </summary>
/// <param name="descriptor">1 or 2; it stays open.</param>
public sealed unsafe class StandardStream(int descriptor) : Stream
{
    /// <summary>Descriptor of standard output.</summary>
    public const int Output = 1;

    /// <summary>Descriptor of standard error.</summary>
    public const int Error = 2;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes all bytes, even if the descriptor is non-blocking.</summary>
    /// <exception cref="PlatformException">For example, the disk is full.</exception>
    public static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            nint written;
            fixed (byte* start = bytes)
            {
                written = Libc.write(descriptor, start, (nuint)bytes.Length);
            }

            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }

            switch (Libc.LastErrno)
            {
                case Errno.EINTR:
                    break;
                case Errno.EPIPE:
                    return;
                case Errno.EAGAIN:
                    var ready = new Libc.PollDescriptor { Descriptor = descriptor, Events = Libc.PollOut };
                    _ = Libc.poll(&ready, 1, -1);
                    break;
                case var errno:
                    throw new PlatformException(errno, "write", descriptor == Output ? "standard output" : "standard error");
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer) => Write(descriptor, buffer);

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
