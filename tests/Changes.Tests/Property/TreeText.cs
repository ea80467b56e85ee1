using System.Globalization;
using System.Text;
using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Property;

/// <summary>A whole tree as text, for comparisons: everything that is the same on every file system.</summary>
internal static class TreeText
{
    /// <summary>Earlier times were set by a test; later ones come from the clock.</summary>
    public const long SetTimesEnd = 1_000_000;

    public static string Of(IWritableTree tree, bool allTimes = false, bool withAccess = true)
    {
        var text = new StringBuilder();
        var session = new TreeSession(tree);
        var numbers = new Dictionary<ulong, int>();
        Add(session, "", text, numbers, allTimes, withAccess);
        return text.ToString();
    }

    private static void Add(TreeSession session, string path, StringBuilder text, Dictionary<ulong, int> numbers, bool allTimes, bool withAccess)
    {
        var entry = session.Stat(path);
        numbers.TryAdd(entry.Inode, numbers.Count);
        text.Append(CultureInfo.InvariantCulture, $"/{path} #{numbers[entry.Inode]} {entry.Kind} {Convert.ToString(entry.Permissions, 8)}");
        text.Append(
            CultureInfo.InvariantCulture, $" {entry.UserId}:{entry.GroupId} links {entry.LinkCount} device {entry.DeviceMajor}:{entry.DeviceMinor}");
        text.Append(CultureInfo.InvariantCulture, $" modified {TimeText(entry.Modified, allTimes)}");
        text.Append(entry.Kind == EntryKind.Symlink || !withAccess ? "" : $" accessed {TimeText(entry.Accessed ?? entry.Modified, allTimes)}");
        text.Append(allTimes ? $" changed {entry.Changed}" : "");
        foreach (var name in session.ListXattrs(path))
        {
            text.Append(CultureInfo.InvariantCulture, $" {name}={session.GetXattr(path, name)}");
        }

        switch (entry.Kind)
        {
            case EntryKind.File:
                var content = session.ReadBytes(entry.Node);
                text.Append(CultureInfo.InvariantCulture, $" size {entry.Size} content {content.Length}:{Hash(content):x}\n");
                break;
            case EntryKind.Symlink:
                text.Append(CultureInfo.InvariantCulture, $" -> {session.ReadLink(path)}\n");
                break;
            case EntryKind.Directory:
                text.Append('\n');
                foreach (var name in session.List(path))
                {
                    Add(session, path.Length == 0 ? name : $"{path}/{name}", text, numbers, allTimes, withAccess);
                }

                break;
            default:
                text.Append('\n');
                break;
        }
    }

    private static string TimeText(Timestamp time, bool all) => all || time.Seconds < SetTimesEnd ? $"{time.Seconds}.{time.Nanoseconds}" : "-";

    private static ulong Hash(byte[] content)
    {
        var hash = 14695981039346656037UL;
        foreach (var one in content)
        {
            hash = (hash ^ one) * 1099511628211UL;
        }

        return hash;
    }
}
