using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Finds where in an archive the environment lies.</summary>
public static class PrefixLocator
{
    /// <summary>
    /// The top directory that holds the environment: the one with its name, as we pack; or none (an empty string),
    /// where the archive holds it at its root, as conda-pack does; or the only top directory that holds one (a renamed archive).
    /// </summary>
    public static string Locate(IReadableTree tree, string name)
    {
        if (Holds(tree, NodeId.Root, Encoding.UTF8.GetBytes(name), EntryKind.Directory) is not null)
        {
            return name;
        }

        if (IsEnvironment(tree, NodeId.Root))
        {
            return string.Empty;
        }

        var top = new TopDirectories();
        tree.ReadDirectory(NodeId.Root, 0, top);
        var environments = top.Found.Where(directory => IsEnvironment(tree, directory.Node)).ToList();
        return environments.Count == 1 ? environments[0].Name : string.Empty;
    }

    private static bool IsEnvironment(IReadableTree tree, NodeId directory) =>
        Holds(tree, directory, "conda-meta"u8, EntryKind.Directory) is not null;

    private static NodeId? Holds(IReadableTree tree, NodeId directory, ReadOnlySpan<byte> name, EntryKind kind) =>
        tree.TryLookup(directory, name, out var found) && found.Kind == kind ? found.Node : null;

    private sealed class TopDirectories : IDirectorySink
    {
        private const int Enough = 64;

        public List<(string Name, NodeId Node)> Found { get; } = [];

        public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
        {
            if (entry.Kind == EntryKind.Directory)
            {
                Found.Add((Encoding.UTF8.GetString(name), entry.Node));
            }

            return Found.Count < Enough;
        }
    }
}
