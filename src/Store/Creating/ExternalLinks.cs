using System.Text;
using CondaFuse.Changes.Comparing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Creating;

/// <summary>Finds symlinks whose target is outside the environment, and therefore not in its archive.</summary>
public static class ExternalLinks
{
    private const int NamedLinks = 3;
    private const int LongestTarget = 4096;

    /// <summary>A warning in one sentence, if there are any.</summary>
    /// <param name="tree">The environment.</param>
    /// <param name="place">Absolute path of the tree's root.</param>
    public static IEnumerable<string> Warn(IReadableTree tree, string place)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return Warn(Find(tree, Encoding.UTF8.GetBytes(place)));
    }

    /// <summary>A warning in one sentence, if any of them were added or changed.</summary>
    /// <param name="tree">The environment with the changes.</param>
    /// <param name="place">Absolute path of the tree's root.</param>
    /// <param name="changes">The changes.</param>
    public static IEnumerable<string> Warn(IReadableTree tree, string place, IEnumerable<TreeDifference> changes)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var target = new byte[LongestTarget];
        var own = Encoding.UTF8.GetBytes(place);
        var links = new List<string>();
        foreach (var change in changes.Where(change => change.EntryKind == EntryKind.Symlink && change.Kind != DifferenceKind.Removed))
        {
            if (NodeAt(tree, change.Path.Span) is { } node
                && target.AsSpan(0, tree.ReadLink(node, target)) is var link && Leaves(link, change.Path.Span.Count((byte)'/'), own))
            {
                links.Add(Shown(change.Path.Span, link));
            }
        }

        return Warn(links);
    }

    private static IEnumerable<string> Warn(List<string> links)
    {
        if (links.Count > 0)
        {
            var named = string.Join(", ", links.Order(StringComparer.Ordinal).Take(NamedLinks));
            var more = links.Count > NamedLinks ? $", and {links.Count - NamedLinks} more" : string.Empty;
            yield return links.Count == 1
                ? $"1 symlink points outside the environment; the archive does not contain its target: {named}"
                : $"{links.Count} symlinks point outside the environment; the archive does not contain their targets: {named}{more}";
        }
    }

    private static string Shown(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target) =>
        $"{Encoding.UTF8.GetString(path)} -> {Encoding.UTF8.GetString(target)}";

    private static NodeId? NodeAt(IReadableTree tree, ReadOnlySpan<byte> path)
    {
        var node = NodeId.Root;
        foreach (var part in path.Split((byte)'/'))
        {
            if (!tree.TryLookup(node, path[part], out var found))
            {
                return null;
            }

            node = found.Node;
        }

        return node;
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
