using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Tests;

/// <summary>Reads trees by path.</summary>
internal static class TreeReading
{
    public static Attributes? Find(this IReadableTree tree, string path)
    {
        var at = tree.GetAttributes(NodeId.Root);
        foreach (var part in path.Split('/'))
        {
            if (!tree.TryLookup(at.Node, Encoding.UTF8.GetBytes(part), out at))
            {
                return null;
            }
        }

        return at;
    }

    public static string Text(this IReadableTree tree, string path)
    {
        var file = tree.Find(path)!.Value;
        var content = new byte[file.Size + 1];
        Assert.Equal(file.Size, tree.Read(file.Node, 0, content));
        return Encoding.UTF8.GetString(content, 0, (int)file.Size);
    }

    public static string Target(this IReadableTree tree, string path)
    {
        var target = new byte[4096];
        return Encoding.UTF8.GetString(target, 0, tree.ReadLink(tree.Find(path)!.Value.Node, target));
    }

    /// <summary>All paths except non-empty directories.</summary>
    public static IReadOnlyList<string> Paths(this IReadableTree tree)
    {
        var found = new List<string>();
        var pending = new Stack<(string Path, NodeId Node)>([("", NodeId.Root)]);
        while (pending.TryPop(out var directory))
        {
            var list = new EntryCollector();
            tree.ReadDirectory(directory.Node, 0, list);
            if (list.Entries.Count == 0)
            {
                found.Add($"{directory.Path}/");
            }

            foreach (var (name, node) in list.Entries)
            {
                var path = $"{directory.Path}/{Encoding.UTF8.GetString(name)}".TrimStart('/');
                if (tree.GetAttributes(node).Kind == EntryKind.Directory)
                {
                    pending.Push((path, node));
                }
                else
                {
                    found.Add(path);
                }
            }
        }

        return [.. found.Order(StringComparer.Ordinal)];
    }
}
