using System.Buffers;
using System.Globalization;
using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Store;

/// <summary>Finds where in an archive the environment lies.</summary>
public static class PrefixLocator
{
    private const int MaxTopDirectories = 64;

    private static readonly SearchValues<char> ActsInPrompts = SearchValues.Create("$`\\!%\"'");

    /// <summary>
    /// The top directory that holds the environment: the one with its name, as we pack; or none (an empty string), where the archive holds it at
    /// its root, as conda-pack does; or the only top directory that holds one (a renamed archive). A directory with the archive's name counts also
    /// while no environment is in it yet, but not in an environment, which may well have a <c>lib</c>. A directory whose name must not become part
    /// of a prefix is never it.
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
    /// Whether a name from inside an archive may end a prefix: it becomes a line of environments.txt, and conda puts it into the prompt, which shells
    /// expand.
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
