using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>An open file on this machine.</summary>
internal sealed unsafe class DiskFile(SafeFileHandle handle, string path) : IStorageFile
{
    /// <summary>After this many bytes, the storage starts writing while the rest is copied.</summary>
    private const long CopyBytes = 8 << 20;

    private readonly SafeFileHandle _handle = handle;

    public long Length
    {
        get
        {
            using var lease = new HandleLease(_handle);
            return FileStatus.Of(lease, []).Size;
        }
    }

    public EntryRights? Rights
    {
        get
        {
            using var lease = new HandleLease(_handle);
            return EntryRights.Of(FileStatus.Of(lease, []));
        }
    }

    public SafeFileHandle? Handle => _handle;

    public int ReadAt(long offset, Span<byte> destination) => FileContent.Read(_handle, offset, destination);

    public void WriteAt(long offset, ReadOnlySpan<byte> content)
    {
        using var lease = new HandleLease(_handle);
        fixed (byte* from = content)
        {
            // After a short write, the next call reports the reason.
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

    public void CopyFrom(IStorageFile source, long sourceOffset, long offset, long length)
    {
        for (var end = offset + length; offset < end;)
        {
            var part = Math.Min(CopyBytes, end - offset);
            var copied = source is DiskFile file ? CopyInKernel(file, sourceOffset, offset, part) : 0;
            if (copied == 0)
            {
                StorageCopy.ThroughMemory(source, sourceOffset, this, offset, part);
                copied = part;
            }

            StartWriting(offset, copied);
            sourceOffset += copied;
            offset += copied;
        }
    }

    public void StartWriting(long offset, long length) => FileContent.StartWriting(_handle, offset, length);

    /// <summary>Lets the kernel copy, or the file system share, as much as it can.</summary>
    /// <returns>Bytes copied; 0 if that is not possible here.</returns>
    private long CopyInKernel(DiskFile source, long sourceOffset, long offset, long length)
    {
        using var from = new HandleLease(source._handle);
        using var to = new HandleLease(_handle);
        while (true)
        {
            var copied = Libc.copy_file_range(from.Descriptor, &sourceOffset, to.Descriptor, &offset, (nuint)length, 0);
            switch (copied < 0 ? Libc.LastErrno : Errno.None)
            {
                case Errno.None:
                    return copied;
                case Errno.EINTR:
                    continue;
                case Errno.EXDEV or Errno.ENOSYS or Errno.EOPNOTSUPP or Errno.EINVAL:
                    return 0;
                default:
                    throw new PlatformException(Libc.LastErrno, "copy", path);
            }
        }
    }

    public bool TryReserve(long offset, long length) => Allocate(Libc.KeepSize, offset, length) switch
    {
        Errno.None => true,
        var errno and (Errno.ENOSPC or Errno.EDQUOT or Errno.EFBIG) => throw new PlatformException(errno, "fallocate", path),
        _ => false,
    };

    public bool TryPunchHole(long offset, long length) => Allocate(Libc.PunchHole | Libc.KeepSize, offset, length) == Errno.None;

    private Errno Allocate(int mode, long offset, long length)
    {
        using var lease = new HandleLease(_handle);
        Errno errno;
        while ((errno = Libc.fallocate(lease.Descriptor, mode, offset, length) < 0 ? Libc.LastErrno : Errno.None) == Errno.EINTR)
        {
        }

        return errno;
    }

    public void Truncate(long length)
    {
        using var lease = new HandleLease(_handle);
        while (Libc.ftruncate(lease.Descriptor, length) < 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new PlatformException(Libc.LastErrno, "truncate", path);
            }
        }
    }

    public void GiveRights(EntryRights rights)
    {
        using var lease = new HandleLease(_handle);
        rights.GiveTo(lease);
    }

    public void Sync()
    {
        using var lease = new HandleLease(_handle);
        while (Libc.fdatasync(lease.Descriptor) < 0)
        {
            if (Libc.LastErrno != Errno.EINTR)
            {
                throw new PlatformException(Libc.LastErrno, "fdatasync", path);
            }
        }
    }

    public void Dispose() => _handle.Dispose();
}
