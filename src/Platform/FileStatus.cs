using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Platform;

/// <summary>The result of <c>statx</c> for an entry.</summary>
public readonly record struct FileStatus
{
    private const int CurrentDirectory = -100;

    /// <summary>The type of entry.</summary>
    public required EntryType Type { get; init; }

    /// <summary>0 to 0o7777.</summary>
    public required ushort Permissions { get; init; }

    /// <summary>Owner.</summary>
    public required uint UserId { get; init; }

    /// <summary>Group.</summary>
    public required uint GroupId { get; init; }

    /// <summary>Number of hard links.</summary>
    public required uint Links { get; init; }

    /// <summary>Inode number.</summary>
    public required ulong Inode { get; init; }

    /// <summary>Device number of the file system: major in the upper half.</summary>
    public required ulong FileSystem { get; init; }

    /// <summary>Length in bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Time of the last content change: seconds since 1970 and nanoseconds.</summary>
    public required (long Seconds, uint Nanoseconds) Modified { get; init; }

    /// <summary>Time of the last attribute change.</summary>
    public required (long Seconds, uint Nanoseconds) Changed { get; init; }

    /// <summary>Major and minor number of a device.</summary>
    public required (uint Major, uint Minor) Device { get; init; }

    /// <summary>The type of the entry at a path, following symlinks; null if there is none, or this user may not query it.</summary>
    public static unsafe EntryType? TypeAt(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        var room = stackalloc byte[bytes.Length + 1];
        Libc.StatX status;
        return Libc.statx(CurrentDirectory, CName.Terminate(bytes, room), 0, Libc.BasicStats, &status) == 0 ? (EntryType)(status.Mode >> 12) : null;
    }

    /// <summary>
    /// The device of the file system at a path, not following a symlink at its end; null if this user may not query it. A network or FUSE file system
    /// is not asked.
    /// </summary>
    public static unsafe (uint Major, uint Minor)? FileSystemAt(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        var room = stackalloc byte[bytes.Length + 1];
        Libc.StatX status;
        const int flags = Libc.StatNotThroughLinks | Libc.StatWithoutSync;
        return Libc.statx(CurrentDirectory, CName.Terminate(bytes, room), flags, 0, &status) == 0
            ? (status.FileSystemMajor, status.FileSystemMinor)
            : null;
    }

    /// <summary>Queries an entry of a directory without following a symlink; an empty name queries the directory itself.</summary>
    /// <exception cref="PlatformException">statx(2) failed.</exception>
    public static unsafe FileStatus Of(HandleLease directory, ReadOnlySpan<byte> name)
    {
        var room = stackalloc byte[name.Length + 1];
        Libc.StatX status;
        var flags = name.IsEmpty ? Libc.StatEmptyPath : Libc.StatNotThroughLinks;
        Libc.Check(Libc.statx(directory.Descriptor, CName.Terminate(name, room), flags, Libc.BasicStats, &status), "statx");
        return new FileStatus
        {
            Type = (EntryType)(status.Mode >> 12),
            Permissions = (ushort)(status.Mode & 0xFFF),
            UserId = status.UserId,
            GroupId = status.GroupId,
            Links = status.Links,
            Inode = status.Inode,
            FileSystem = ((ulong)status.FileSystemMajor << 32) | status.FileSystemMinor,
            Size = (long)status.Size,
            Modified = (status.Modified.Seconds, status.Modified.Nanoseconds),
            Changed = (status.Changed.Seconds, status.Changed.Nanoseconds),
            Device = (status.DeviceMajor, status.DeviceMinor),
        };
    }
}

/// <summary>Identifies a file independently of its names.</summary>
/// <param name="FileSystem">Device number of the file system.</param>
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

    /// <summary>The file that has a name now, following symlinks; null if there is none.</summary>
    public static FileIdentity? TryOf(string path)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        var room = stackalloc byte[bytes.Length + 1];
        Libc.StatX status;
        return Libc.statx(CurrentDirectory, CName.Terminate(bytes, room), 0, Libc.BasicStats, &status) == 0 ? From(status) : null;
    }

    private static FileIdentity From(in Libc.StatX status) => new(((ulong)status.FileSystemMajor << 32) | status.FileSystemMinor, status.Inode);
}

/// <summary>Counts the names of a file.</summary>
public static class FileNames
{
    /// <summary>The number of a file's names (hard links), following symlinks.</summary>
    /// <exception cref="IOException">The file does not exist, or cannot be opened.</exception>
    public static long Count(string path)
    {
        using SafeFileHandle file = PlainFile.OpenToRead(path);
        using var lease = new HandleLease(file);
        return FileStatus.Of(lease, []).Links;
    }
}
