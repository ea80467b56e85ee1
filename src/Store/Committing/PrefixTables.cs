using System.Text;
using CondaFuse.Changes.Comparing;
using CondaFuse.Images;
using CondaFuse.Packing;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>Makes the prefix tables of images that are written from trees.</summary>
internal static class PrefixTables
{
    /// <summary>Files, directories and symlinks that a commit searches at most: 290 000 take 4 s and 0.5 GB of memory.</summary>
    private const int MaxSearched = 50_000;

    /// <summary>The table of the environment that a mount of the image will show.</summary>
    /// <param name="tree">The content of the image.</param>
    /// <param name="image">The path of the image.</param>
    /// <param name="likely">A prefix to try first; null if there is none.</param>
    public static PrefixTableMaker Of(IReadableTree tree, string image, string? likely = null) =>
        PrefixDiscovery.TableOf(tree, Top(tree, image), likely: likely);

    /// <summary>
    /// The same for a generation that follows another one: its table stays if nothing changed that it depends on. Then no content is read.
    /// Otherwise a large environment gets no table, so that no commit takes long; it is searched when it is mounted elsewhere.
    /// </summary>
    /// <param name="tree">The content of the new generation.</param>
    /// <param name="image">The path of the image.</param>
    /// <param name="changes">What changed since the generation before.</param>
    public static PrefixTableMaker OfCommit(ILayeredTree tree, string image, IReadOnlyList<TreeDifference> changes)
    {
        var search = Of(tree, image);
        return (numberOf, cancellation) =>
            StoredPrefixes.Read(tree.Base, Top(tree, image)) is { } table && IsUnaffected(table, tree, Top(tree, image), changes)
                ? PrefixTableFormat.Format(table)
                : tree.Totals.Entries <= MaxSearched ? search(numberOf, cancellation) : null;
    }

    /// <summary>The path of byte code without what follows the name of its module: <c>.cpython-311.pyc</c>.</summary>
    private static string WithoutTags(string path) =>
        Path.Combine(Path.GetDirectoryName(path) ?? "", Path.GetFileName(path).Split('.')[0]);

    private static string Top(IReadableTree tree, string image) => PrefixLocator.Locate(tree, Path.GetFileNameWithoutExtension(image));

    private static bool IsUnaffected(PrefixTable table, ILayeredTree tree, string top, IReadOnlyList<TreeDifference> changes)
    {
        var changed = tree.ChangedInodes.ToHashSet();
        var sources = table.Entries.Where(entry => entry.Path.EndsWith(".py", StringComparison.Ordinal))
            .Select(entry => Path.Combine(Path.GetDirectoryName(entry.Path) ?? "", "__pycache__", Path.GetFileNameWithoutExtension(entry.Path)))
            .ToHashSet(StringComparer.Ordinal);
        return StoredPrefixes.IsOf(tree, top, table)
            && table.Entries.Select(entry => entry.Inode).Concat(table.Digests.Select(record => record.Inode))
                .All(inode => !changed.Contains(inode) && tree.TryFindInode(inode, out _))
            && changes.All(change => !Matters(change.Path, change) && (change.OldPath is not { } old || !Matters(old, change)));

        bool Matters(ReadOnlyMemory<byte> bytes, TreeDifference change)
        {
            var path = Encoding.UTF8.GetString(bytes.Span);
            if (top.Length > 0 && !path.StartsWith($"{top}/", StringComparison.Ordinal))
            {
                return path == top;
            }

            var below = top.Length == 0 ? path : path[(top.Length + 1)..];
            return change.EntryKind == EntryKind.Symlink
                || (change.EntryKind == EntryKind.Directory && change.Kind == DifferenceKind.Renamed)
                || PrefixDiscovery.MayDependOn(below)
                || (below.EndsWith(".pyc", StringComparison.Ordinal) && sources.Contains(WithoutTags(below)));
        }
    }
}
