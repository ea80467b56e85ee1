using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>An open file of this machine.</summary>
internal sealed unsafe class DiskFile(SafeFileHandle handle, string path) : IStorageFile
{
    public long Length
    {
        get
        {
            using var lease = new HandleLease(handle);
            return FileStatus.Of(lease, []).Size;
        }
    }

    public int ReadAt(long offset, Span<byte> destination) => FileContent.Read(handle, offset, destination);

    public void WriteAt(long offset, ReadOnlySpan<byte> content)
    {
        using var lease = new HandleLease(handle);
        fixed (byte* from = content)
        {
            // After a short write the next call tells why it was short.
            for (var done = 0; done < content.Length;)
            {
                var written = Libc.pwrite(lease.Descriptor, from + done, (nuint)(content.Length - done), offset + done);
                if (written > 0)
                {
                    done += (int)written;
                }
                else if (written == 0 || Libc.LastErrno != Errno.EINTR)
                {
                    throw new PlatformException(written == 0 ? Errno.EIO : Libc.LastErrno, "write", path);
                }
            }
        }
    }

    public void Truncate(long length)
    {
        using var lease = new HandleLease(handle);
        while (Libc.ftruncate(lease.Descriptor, length) < 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new PlatformException(Libc.LastErrno, "truncate", path);
            }
        }
    }

    public void Sync()
    {
        using var lease = new HandleLease(handle);
        while (Libc.fdatasync(lease.Descriptor) < 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new PlatformException(Libc.LastErrno, "fdatasync", path);
            }
        }
    }

    public void Dispose() => handle.Dispose();
}
