using CondaFuse.Packing.Content;
using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>A directory as it is packed where symlinks are not.</summary>
public static class PackedDirectory
{
    /// <summary>A view of a directory with copies of what its symlinks lead to in their place.</summary>
    /// <param name="source">The directory; it must not change until it is packed.</param>
    /// <param name="path">Its absolute path.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="PackingException"><see cref="PackingFault.LinksWithoutCopies"/>.</exception>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static IReadableTree WithoutLinks(IReadableTree source, string path, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var files = SourceFiles.OfDirectory(source, cancellation);
        var tree = new TreeBuilder(files, [path]);
        foreach (var file in new LinkCopies(files, [path], takesFilters: false).Replace([.. files.ByPath.Values]))
        {
            tree.Add(file, content: null);
        }

        return new PackedTree(source, tree.Root);
    }
}
