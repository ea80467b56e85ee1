using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CondaFuse.Images.Disk;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>A tree as text, one line per entry: everything that equal trees must have in common.</summary>
internal static class TreeText
{
    /// <summary>The text of a tree. Inexact times are whole seconds from 1970 to 2106, as SquashFS stores them.</summary>
    public static string Of(IReadableTree tree, bool exactTimes = true, bool xattrs = true, bool links = true, bool changes = false)
    {
        var lines = new StringBuilder();
        var numbers = new Dictionary<ulong, int>();
        var pending = new Stack<(string Path, NodeId Node)>([("", NodeId.Root)]);
        while (pending.TryPop(out var directory))
        {
            var list = new EntryCollector();
            tree.ReadDirectory(directory.Node, 0, list);
            foreach (var (name, node) in list.Entries.OrderBy(entry => Encoding.Latin1.GetString(entry.Name), StringComparer.Ordinal))
            {
                var attributes = tree.GetAttributes(node);
                var path = directory.Path + "/" + Encoding.Latin1.GetString(name);
                Assert.True(tree.TryLookup(directory.Node, name, out var found), path);
                Assert.Equal(attributes, found);
                numbers.TryAdd(attributes.Inode, numbers.Count);
                lines.AppendLine(
                    Line(
                        tree,
                        path,
                        attributes,
                        attributes.Kind == EntryKind.Directory || !links ? -1 : numbers[attributes.Inode],
                        exactTimes,
                        xattrs,
                        changes));
                if (attributes.Kind == EntryKind.Directory)
                {
                    pending.Push((path, node));
                }
            }
        }

        return lines.ToString();
    }

    /// <summary>The text of a directory on disk.</summary>
    public static string OfDisk(string directory, bool exactTimes = true, bool xattrs = true, bool links = true)
    {
        using var tree = DiskTree.Open(directory);
        return Of(tree, exactTimes, xattrs, links);
    }

    private static string Line(IReadableTree tree, string path, in Attributes attributes, int number, bool exactTimes, bool xattrs, bool changes)
    {
        var time = exactTimes
            ? $"{attributes.Modified.Seconds}.{attributes.Modified.Nanoseconds:D9}"
            : Math.Clamp(attributes.Modified.Seconds, 0, uint.MaxValue).ToString(CultureInfo.InvariantCulture);
        time += changes ? $"/{attributes.Changed.Seconds}.{attributes.Changed.Nanoseconds:D9} #{attributes.Inode} {attributes.LinkCount}" : "";
        var content = attributes.Kind switch
        {
            EntryKind.File => $"{attributes.Size} {Hash(tree, attributes)}",
            EntryKind.Symlink => "-> " + Encoding.Latin1.GetString(Target(tree, attributes.Node)),
            EntryKind.BlockDevice or EntryKind.CharacterDevice => $"{attributes.DeviceMajor}:{attributes.DeviceMinor}",
            _ => "",
        };
        var values = xattrs ? Xattrs(tree, attributes.Node) : "";
        return $"{path} {attributes.Kind} {Convert.ToString(attributes.Permissions, 8)} {attributes.UserId}:{attributes.GroupId} #{number} {time} "
            + $"{content} {values}";
    }

    private static byte[] Target(IReadableTree tree, NodeId node)
    {
        var room = new byte[4096];
        return room[..tree.ReadLink(node, room)];
    }

    private static string Hash(IReadableTree tree, in Attributes attributes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // Not a new array for each of thousands of files: of this size, it would be a large object.
        var room = ArrayPool<byte>.Shared.Rent(100_000);
        try
        {
            for (long offset = 0; ;)
            {
                var read = tree.Read(attributes.Node, offset, room);
                if (read == 0)
                {
                    Assert.Equal(attributes.Size, offset);
                    return Convert.ToHexString(hash.GetHashAndReset());
                }

                hash.AppendData(room, 0, read);
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    private static string Xattrs(IReadableTree tree, NodeId node)
    {
        var names = new byte[tree.ListXattrs(node, [])];
        Assert.Equal(names.Length, names.Length == 0 ? 0 : tree.ListXattrs(node, names));
        var split = Encoding.Latin1.GetString(names).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', split.Order(StringComparer.Ordinal).Select(name =>
        {
            Assert.True(tree.TryGetXattr(node, Encoding.Latin1.GetBytes(name), [], out var length));
            var value = new byte[length];
            Assert.True(tree.TryGetXattr(node, Encoding.Latin1.GetBytes(name), value, out _) || length == 0);
            return $"{name}={Convert.ToHexString(value)}";
        }));
    }
}
