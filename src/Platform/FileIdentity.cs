using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>Which file something is, whatever its name.</summary>
/// <param name="FileSystem">Device of the file system.</param>
/// <param name="Inode">Inode number.</param>
public readonly unsafe record struct FileIdentity(ulong FileSystem, ulong Inode)
{
    private const int CurrentDirectory = -100;

    /// <summary>The file behind a handle.</summary>
    public static FileIdentity Of(SafeFileHandle file)
    {
        byte end = 0;
        Libc.StatX status;
        Libc.Check(Libc.statx((int)file.DangerousGetHandle(), &end, Libc.StatEmptyPath, Libc.BasicStats, &status), "statx");
        return From(status);
    }

    /// <summary>The file that has a name now, through symlinks; null if none has.</summary>
    public static FileIdentity? TryOf(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        var room = stackalloc byte[bytes.Length + 1];
        Libc.StatX status;
        return Libc.statx(CurrentDirectory, CName.Terminate(bytes, room), 0, Libc.BasicStats, &status) == 0 ? From(status) : null;
    }

    private static FileIdentity From(in Libc.StatX status) => new(((ulong)status.FileSystemMajor << 32) | status.FileSystemMinor, status.Inode);
}
