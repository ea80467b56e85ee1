using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>
/// A file that nobody else on this host has open (fcntl(2), <c>F_SETLEASE</c>: loop devices and other containers are seen too, other hosts are not). Whoever opens it
/// before this is disposed waits until then, so that must be soon.
/// </summary>
public sealed class LoneFile : IDisposable
{
    /// <summary>SIGURG: what tells that somebody waits is ignored.</summary>
    private const int HarmlessSignal = 23;

    private readonly SafeFileHandle _file;

    private LoneFile(SafeFileHandle file) => _file = file;

    /// <summary>Takes it.</summary>
    /// <returns>Null if somebody has the file open, this process included, or nobody can tell: it is somebody else's file, or the file system knows no leases.</returns>
    /// <exception cref="PlatformException">It cannot be opened.</exception>
    public static LoneFile? TryTake(string path)
    {
        var file = PlainFile.OpenToRead(path);
        var descriptor = (int)file.DangerousGetHandle();
        if (Libc.fcntl(descriptor, Libc.SetSignal, HarmlessSignal) == 0 && Libc.fcntl(descriptor, Libc.SetLease, Libc.LeaseWrite) == 0)
        {
            return new LoneFile(file);
        }

        file.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_file.IsClosed)
        {
            _ = Libc.fcntl((int)_file.DangerousGetHandle(), Libc.SetLease, Libc.LeaseNone);
            _file.Dispose();
        }
    }
}
