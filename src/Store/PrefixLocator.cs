using System.Buffers;
using System.Globalization;
using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Finds the environment's directory in an archive.</summary>
public static class PrefixLocator
{
    private const int MaxTopDirectories = 64;

    private static readonly SearchValues<char> ActsInPrompts = SearchValues.Create("$`\\!%\"'");

    /// <summary>
    /// The top-level directory that holds the environment. It is the one with the archive's name, as we pack it; or none (an empty string) if the
    /// environment is at the root, as conda-pack packs it; or the only one that holds an environment (a renamed archive). A directory with the
    /// archive's name also counts while it holds no environment yet, but not inside an environment, which can have a <c>lib</c>. A directory
    /// whose name must not become part of a prefix never counts.
    /// </summary>
    public static string Locate(IReadableTree tree, string name)
    {
        var own = Holds(tree, NodeId.Root, Encoding.UTF8.GetBytes(name), EntryKind.Directory);
        if (own is { } named && IsEnvironment(tree, named))
        {
            return name;
        }

        if (IsEnvironment(tree, NodeId.Root))
        {
            return string.Empty;
        }

        if (own is not null)
        {
            return name;
        }

        var top = new EntryCollector { Kind = EntryKind.Directory, Max = MaxTopDirectories };
        tree.ReadDirectory(NodeId.Root, 0, top);
        var environments = top.Entries.Select(directory => (Name: Encoding.UTF8.GetString(directory.Name), directory.Node))
            .Where(directory => MayBePrefix(directory.Name) && IsEnvironment(tree, directory.Node))
            .ToList();
        return environments.Count == 1 ? environments[0].Name : string.Empty;
    }

    /// <summary>
    /// Whether a name from inside an archive may end a prefix: it becomes a line of environments.txt, and conda puts it into the prompt, which
    /// shells expand.
    /// </summary>
    internal static bool MayBePrefix(string name) =>
        EnvironmentName.IsValid(name)
        && !name.AsSpan().ContainsAny(ActsInPrompts)
        && !name.EnumerateRunes().Any(letter => Rune.GetUnicodeCategory(letter) is
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>Whether there is an environment where <see cref="Locate"/> finds one.</summary>
    public static bool HoldsEnvironment(IReadableTree tree, string name)
    {
        var top = Locate(tree, name);
        return top.Length == 0
            ? IsEnvironment(tree, NodeId.Root)
            : Holds(tree, NodeId.Root, Encoding.UTF8.GetBytes(top), EntryKind.Directory) is { } node && IsEnvironment(tree, node);
    }

    private static bool IsEnvironment(IReadableTree tree, NodeId directory) =>
        Holds(tree, directory, "conda-meta"u8, EntryKind.Directory) is not null;

    private static NodeId? Holds(IReadableTree tree, NodeId directory, ReadOnlySpan<byte> name, EntryKind kind) =>
        tree.TryLookup(directory, name, out var found) && found.Kind == kind ? found.Node : null;
}
