using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Store.Creating;

/// <summary>Finds symlinks that lead out of an environment: its archive does not hold what they lead to.</summary>
public static class ExternalLinks
{
    private const int NamedLinks = 3;
    private const int LongestTarget = 4096;

    /// <summary>One sentence if there are any.</summary>
    /// <param name="tree">The environment.</param>
    /// <param name="place">Absolute path at which the tree's root lies.</param>
    public static IEnumerable<string> Warn(IReadableTree tree, string place)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var links = Find(tree, Encoding.UTF8.GetBytes(place));
        if (links.Count > 0)
        {
            var named = links.Order(StringComparer.Ordinal).Take(NamedLinks).Select(link => $"\n  {link}");
            var more = links.Count > NamedLinks ? $"\n  and {links.Count - NamedLinks} more" : string.Empty;
            var text = string.Concat(named);
            yield return $"symlinks lead out of the environment ({links.Count}), so the archive does not hold what they lead to:{text}{more}";
        }
    }

    private static List<string> Find(IReadableTree tree, byte[] place)
    {
        var found = new List<string>();
        var pending = new Stack<(string Path, int Depth, NodeId Node)>([(string.Empty, 0, NodeId.Root)]);
        var target = new byte[LongestTarget];
        while (pending.TryPop(out var directory))
        {
            foreach (var entry in EntryCollector.Of(tree, directory.Node))
            {
                var path = $"{directory.Path}{Encoding.UTF8.GetString(entry.Name)}";
                if (entry.Kind == EntryKind.Directory)
                {
                    pending.Push(($"{path}/", directory.Depth + 1, entry.Node));
                }
                else if (entry.Kind == EntryKind.Symlink
                    && target.AsSpan(0, tree.ReadLink(entry.Node, target)) is var link && Leaves(link, directory.Depth, place))
                {
                    found.Add($"{path} -> {Encoding.UTF8.GetString(link)}");
                }
            }
        }

        return found;
    }

    private static bool Leaves(ReadOnlySpan<byte> target, int depth, ReadOnlySpan<byte> place)
    {
        if (target.StartsWith("/"u8))
        {
            return !target.StartsWith(place) || (target.Length > place.Length && target[place.Length] != (byte)'/');
        }

        foreach (var part in target.Split((byte)'/'))
        {
            var name = target[part];
            depth += name.SequenceEqual(".."u8) ? -1 : name.IsEmpty || name.SequenceEqual("."u8) ? 0 : 1;
            if (depth < 0)
            {
                return true;
            }
        }

        return false;
    }
}
