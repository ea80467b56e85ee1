using System.Text;
using CondaFuse.Changes.Comparing;
using CondaFuse.Images;
using CondaFuse.Packing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>Makes the prefix tables of images that are written from trees.</summary>
internal static class PrefixTables
{
    /// <summary>The table of the environment that a mount of the image will show.</summary>
    /// <param name="tree">The content of the image.</param>
    /// <param name="image">The path of the image.</param>
    /// <param name="likely">A prefix to try first; null if there is none.</param>
    public static PrefixTableMaker Of(IReadableTree tree, string image, string? likely = null) =>
        PrefixDiscovery.TableOf(tree, Top(tree, image), likely: likely);

    /// <summary>The same for a generation that follows another one: of that one's table, what the changes did not affect stays.</summary>
    /// <param name="tree">The content of the new generation.</param>
    /// <param name="image">The path of the image.</param>
    /// <param name="changes">What changed since the generation before.</param>
    public static PrefixTableMaker OfCommit(ILayeredTree tree, string image, IReadOnlyList<TreeDifference> changes) =>
        StoredPrefixes.Read(tree.Base, Top(tree, image)) is { } table
            ? PrefixDiscovery.UpdatedTable(tree, Top(tree, image), table, ChangedInPlace(changes))
            : Of(tree, image);

    /// <summary>A file with a new path is in a changed directory.</summary>
    internal static IReadOnlyList<string> ChangedInPlace(IReadOnlyList<TreeDifference> changes) =>
    [
        .. changes.Where(change => change.Kind is DifferenceKind.Changed or DifferenceKind.Attributes)
            .Select(change => Encoding.UTF8.GetString(change.Path.Span)),
    ];

    private static string Top(IReadableTree tree, string image) => PrefixLocator.Locate(tree, Path.GetFileNameWithoutExtension(image));
}
