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
        PrefixDiscovery.TableOf(tree, PrefixLocator.Locate(tree, Path.GetFileNameWithoutExtension(image)), likely: likely);
}
