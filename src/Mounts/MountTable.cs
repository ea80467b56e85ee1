using System.Globalization;
using System.Text;
using CondaFuse.Platform;

namespace CondaFuse.Mounts;

/// <summary>The mounts that a process sees, in the order in which they were made: if two are at one place, the later one is on top.</summary>
public sealed class MountTable
{
    private MountTable(IReadOnlyList<MountEntry> entries) => Entries = entries;

    /// <summary>All mounts.</summary>
    public IReadOnlyList<MountEntry> Entries { get; }

    /// <summary>Reads this process's mounts.</summary>
    public static MountTable Read() => Parse(KernelFile.Read("/proc/self/mountinfo"));

    /// <summary>Whether a path shows the file system with a device. The table is read only if the path cannot be queried.</summary>
    /// <param name="path">The mount point, without symlinks.</param>
    /// <param name="device">The device, as <see cref="MountEntry.Device"/>.</param>
    public static bool IsShown(string path, string device) =>
        (FileStatus.FileSystemAt(path) is var (major, minor)
            ? string.Create(CultureInfo.InvariantCulture, $"{major}:{minor}")
            : Read().At(path)?.Device) == device;

    /// <summary>Parses the text of a <c>mountinfo</c> file; malformed lines are skipped.</summary>
    public static MountTable Parse(ReadOnlySpan<byte> text)
    {
        var entries = new List<MountEntry>();
        foreach (var line in text.Split((byte)'\n'))
        {
            if (ParseLine(Encoding.UTF8.GetString(text[line])) is { } entry)
            {
                entries.Add(entry);
            }
        }

        return new MountTable(entries);
    }

    /// <summary>The mount at a path, given without symlinks or trailing slash; the topmost if there are several.</summary>
    public MountEntry? At(string path) => Entries.LastOrDefault(entry => entry.MountPoint == path);

    /// <summary>The mount that contains a path, given without symlinks.</summary>
    public MountEntry? Holding(string path)
    {
        MountEntry? found = null;
        foreach (var entry in Entries)
        {
            var isAbove = entry.MountPoint == "/" || path == entry.MountPoint || path.StartsWith($"{entry.MountPoint}/", StringComparison.Ordinal);
            found = isAbove && entry.MountPoint.Length >= (found?.MountPoint.Length ?? 0) ? entry : found;
        }

        return found;
    }

    private static MountEntry? ParseLine(string line)
    {
        // 36 35 98:0 /root /mnt/point rw,noatime shared:1 - ext4 /dev/root rw,errors=continue
        const int fixedFields = 6;
        var fields = line.Split(' ');
        var separator = Array.IndexOf(fields, "-", Math.Min(fixedFields, fields.Length));
        if (separator < 0 || fields.Length < separator + 4 || !int.TryParse(fields[0], out var id))
        {
            return null;
        }

        return new MountEntry(
            id, fields[2], Unescape(fields[4]), Unescape(fields[separator + 1]), Unescape(fields[separator + 2]),
            fields[5].Split(','), fields[separator + 3].Split(','));
    }

    /// <summary>The kernel writes space, tab, newline, backslash and <c>#</c> as a backslash and three octal digits.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
        {
            return field;
        }

        var bytes = Encoding.UTF8.GetBytes(field);
        var length = 0;
        for (var index = 0; index < bytes.Length; index++)
        {
            var escaped = bytes[index] == '\\'
                && index + 3 < bytes.Length
                && bytes.AsSpan(index + 1, 3).IndexOfAnyExceptInRange((byte)'0', (byte)'7') < 0;
            bytes[length++] = escaped
                ? (byte)(((bytes[index + 1] - '0') << 6) | ((bytes[index + 2] - '0') << 3) | (bytes[index + 3] - '0'))
                : bytes[index];
            index += escaped ? 3 : 0;
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}

/// <summary>A line of <c>/proc/PID/mountinfo</c> (proc_pid_mountinfo(5)).</summary>
/// <param name="Id">Mount id.</param>
/// <param name="Device">Device of the mounted file system, as <c>major:minor</c>.</param>
/// <param name="MountPoint">The mount point.</param>
/// <param name="Type">File-system type with subtype, such as <c>fuse.condafuse</c>.</param>
/// <param name="Source">The source of the mount.</param>
/// <param name="MountOptions">Options of the mount.</param>
/// <param name="SuperOptions">Options of the file system.</param>
public sealed record MountEntry(
    int Id, string Device, string MountPoint, string Type, string Source, IReadOnlyList<string> MountOptions, IReadOnlyList<string> SuperOptions)
{
    /// <summary>The option of FUSE mounts for all users.</summary>
    internal const string AllowOther = "allow_other";

    /// <summary>For a FUSE mount, whether all users may use it.</summary>
    public bool IsForAll => SuperOptions.Contains(AllowOther);

    /// <summary>Whether it is read-only.</summary>
    public bool IsReadOnly => MountOptions.Contains("ro") || SuperOptions.Contains("ro");

    /// <summary>The user who mounted it, as FUSE records it; null for other file systems.</summary>
    public uint? FuseUser
    {
        get
        {
            const string key = "user_id=";
            var option = SuperOptions.FirstOrDefault(option => option.StartsWith(key, StringComparison.Ordinal));
            return option is not null && uint.TryParse(option.AsSpan(key.Length), out var user) ? user : null;
        }
    }
}
