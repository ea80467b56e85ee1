using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Store.Retention;

/// <summary>The file that identifies an environment: <c>conda-meta/history</c>, which conda writes first and removes last.</summary>
public static class EnvironmentMark
{
    private const int MaxDirectories = 64;

    /// <summary>Whether a tree holds an environment, at its root or in a top-level directory.</summary>
    public static bool IsIn(IReadableTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        if (IsAt(tree, NodeId.Root))
        {
            return true;
        }

        var top = new EntryCollector { Kind = EntryKind.Directory, Max = MaxDirectories };
        tree.ReadDirectory(NodeId.Root, 0, top);
        return top.Entries.Any(directory => IsAt(tree, directory.Node));
    }

    /// <summary>Which generations of an image hold no environment although an earlier one does.</summary>
    /// <param name="image">The image.</param>
    /// <param name="generations">Their numbers, the newest first.</param>
    public static IReadOnlySet<long> FindEmptied(string image, IReadOnlyList<long> generations)
    {
        ArgumentNullException.ThrowIfNull(generations);
        var emptied = new HashSet<long>();
        var wasOne = false;
        foreach (var number in generations.Reverse())
        {
            var isOne = IsIn(image, number);
            wasOne |= isOne;
            if (wasOne && !isOne)
            {
                emptied.Add(number);
            }
        }

        return emptied;
    }

    /// <summary>The newest generation that holds an environment; null if none does, or if it is the newest of all.</summary>
    /// <param name="image">The image.</param>
    public static long? FindLastBeforeEmptied(string image)
    {
        if (!ImageTree.HasGenerations(image))
        {
            return null;
        }

        using (var tree = SquashFsTree.Open(image))
        {
            if (IsIn(tree))
            {
                return null;
            }
        }

        var earlier = ImageHistory.Read(image).Skip(1).Select(entry => entry.Number);
        return earlier.Select(number => (long?)number).FirstOrDefault(number => IsIn(image, number!.Value));
    }

    private static bool IsIn(string image, long generation)
    {
        using var tree = SquashFsTree.Open(image, generation);
        return IsIn(tree);
    }

    private static bool IsAt(IReadableTree tree, NodeId directory) =>
        tree.TryLookup(directory, "conda-meta"u8, out var records) && records.Kind == EntryKind.Directory
        && tree.TryLookup(records.Node, "history"u8, out var history) && history.Kind == EntryKind.File;
}
