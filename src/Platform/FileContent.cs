using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Reads and syncs open files.</summary>
public static unsafe class FileContent
{
    /// <summary>Reads at an offset until the destination is full or the file ends.</summary>
    /// <returns>Bytes read.</returns>
    /// <exception cref="PlatformException">pread(2) failed.</exception>
    public static int Read(SafeFileHandle file, long offset, Span<byte> destination)
    {
        var taken = false;
        file.DangerousAddRef(ref taken);
        try
        {
            var done = 0;
            fixed (byte* to = destination)
            {
                while (done < destination.Length)
                {
                    var read = Libc.pread((int)file.DangerousGetHandle(), to + done, (nuint)(destination.Length - done), offset + done);
                    if (read == 0)
                    {
                        break;
                    }

                    if (read > 0)
                    {
                        done += (int)read;
                    }
                    else if (Libc.LastErrno != Errno.EINTR)
                    {
                        Libc.Check(-1, "read");
                    }
                }
            }

            return done;
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    /// <summary>Asks the kernel to start writing a part of a file to its storage, without waiting. This is a hint and cannot fail.</summary>
    public static void StartWriting(SafeFileHandle file, long offset, long length) =>
        _ = Libc.sync_file_range((int)file.DangerousGetHandle(), offset, length, Libc.StartWriting);

    /// <summary>Waits until a file or directory is on its storage.</summary>
    /// <exception cref="PlatformException">fsync(2) failed.</exception>
    public static void Sync(SafeFileHandle file) => Libc.Check(Libc.fsync((int)file.DangerousGetHandle()), "fsync");
}
