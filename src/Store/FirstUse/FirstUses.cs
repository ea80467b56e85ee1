using System.Text;
using CondaFuse.Images.SquashFs;
using CondaFuse.Packing.FirstUse;
using CondaFuse.Tree;

namespace CondaFuse.Store.FirstUse;

/// <summary>Chooses the list of first uses for an archive that is written as a whole.</summary>
internal static class FirstUses
{
    /// <summary>What was recorded on this machine; else the list in the archive; else the one by rule.</summary>
    /// <param name="layout">The paths of files and folders.</param>
    /// <param name="identity">The identity of the archive that the content comes from.</param>
    /// <param name="source">The archive's tree.</param>
    /// <param name="tree">The content to write.</param>
    /// <param name="image">The path of the archive to write.</param>
    /// <exception cref="TreeException">The tree cannot be read.</exception>
    public static IReadOnlyList<UsedRange> Of(Layout layout, Guid identity, IReadableTree source, IReadableTree tree, string image) =>
        Recorded(layout, identity, tree) is { Count: > 0 } recorded ? recorded
        : (source as SquashFsTree)?.ReadFirstUses() is { } stored && In(tree, stored) is { Count: > 0 } known ? known
        : FirstUseRule.Of(tree, PrefixLocator.Locate(tree, Path.GetFileNameWithoutExtension(image)));

    /// <summary>What was recorded on this machine, without files that do not exist.</summary>
    /// <exception cref="TreeException">The tree cannot be read.</exception>
    public static IReadOnlyList<UsedRange> Recorded(Layout layout, Guid identity, IReadableTree tree) =>
        In(tree, new FirstUseFile(layout.FirstUseFile(identity)).Read());

    private static List<UsedRange> In(IReadableTree tree, IReadOnlyList<UsedRange> used)
    {
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        var found = new List<UsedRange>();
        foreach (var range in used)
        {
            var path = Encoding.Latin1.GetString(range.Path.Span);
            if (!known.TryGetValue(path, out var isFile))
            {
                known[path] = isFile = IsFile(tree, range.Path.Span);
            }

            if (isFile)
            {
                found.Add(range);
            }
        }

        return found;
    }

    private static bool IsFile(IReadableTree tree, ReadOnlySpan<byte> path)
    {
        var (directory, kind) = (NodeId.Root, EntryKind.Directory);
        foreach (var name in path.Split((byte)'/'))
        {
            if (kind != EntryKind.Directory || !tree.TryLookup(directory, path[name], out var entry))
            {
                return false;
            }

            (directory, kind) = (entry.Node, entry.Kind);
        }

        return kind == EntryKind.File;
    }
}
