using System.Text;
using CondaFuse.Packing.Content;
using CondaFuse.Packing.Metadata;
using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>An environment in a tree, as it is to be for another prefix: a view that differs in nothing but what names the old one.</summary>
public static class RelocatedEnvironment
{
    /// <summary>Longest target of a symlink in bytes.</summary>
    private const int LongestTarget = 4095;

    /// <summary>
    /// Looks the environment through and decides which files and symlinks get other content. Programs get the
    /// new prefix in place of what conda put there.
    /// </summary>
    /// <param name="tree">The tree; it must not change until it is written.</param>
    /// <param name="top">Name of the directory that is the environment; empty where that is the root.</param>
    /// <param name="prefix">The prefix that it has; one that it was created for is found as well.</param>
    /// <param name="destination">The one that it is to have.</param>
    /// <param name="threads">Threads that look through files.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The whole tree; what no environment is, as it was.</returns>
    /// <exception cref="PackingException">A program has no room for the prefix, or a record of conda's is damaged.</exception>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static IReadableTree Of(
        IReadableTree tree, string top, string prefix, string destination, int threads, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(top);
        var root = NodeId.Root;
        if (top.Length > 0)
        {
            root = tree.TryLookup(NodeId.Root, Encoding.UTF8.GetBytes(top), out var found) ? found.Node : root;
        }

        if (!tree.TryLookup(root, "conda-meta"u8, out var metadata) || metadata.Kind != EntryKind.Directory)
        {
            return tree;
        }

        var files = SourceFiles.Of(new Subtree(tree, root), cancellation);
        var records = CondaRecords.Of(files);
        var prefixes = new PrefixSearch(files, records).Find(prefix).Prefixes;
        var contents = new Dictionary<NodeId, RewrittenContent>();
        IReadOnlyList<SourceFile> selected = [.. files.ByPath.Values.Where(file => !CondaRecords.IsRecord(file.Path))];
        var planner = new PackedContentPlanner(files, records, prefixes, destination);
        foreach (var (path, plan) in PackedEnvironment.Plan(selected, planner, threads, cancellation))
        {
            if (plan.Content is { } content)
            {
                contents[files.ByPath[path].Attributes.Node] = content;
            }
        }

        foreach (var link in selected.Where(file => file.Attributes.Kind == EntryKind.Symlink))
        {
            if (Moved(files.ReadLink(link.Path), prefixes, destination) is { } target)
            {
                contents[link.Attributes.Node] = new RewrittenContent(target);
            }
        }

        return contents.Count == 0 ? tree : new RelocatedTree(tree, contents);
    }

    /// <summary>The target of a symlink that leads into the environment by its prefix; null for any other.</summary>
    private static byte[]? Moved(byte[] target, IReadOnlyList<string> prefixes, string destination)
    {
        foreach (var prefix in prefixes.Select(Encoding.UTF8.GetBytes))
        {
            if (target.AsSpan().StartsWith(prefix) && (target.Length == prefix.Length || target[prefix.Length] == (byte)'/'))
            {
                byte[] moved = [.. Encoding.UTF8.GetBytes(destination), .. target.AsSpan(prefix.Length)];
                return moved.Length <= LongestTarget ? moved : null;
            }
        }

        return null;
    }
}
