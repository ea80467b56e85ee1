using System.Text;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>A view of an environment in a tree for another prefix: it differs only in what contains the old prefix.</summary>
public static class RelocatedEnvironment
{
    /// <summary>Scans the environment and decides which files and symlinks get different content.</summary>
    /// <param name="tree">The tree; it must not change until it is written.</param>
    /// <param name="top">The environment's directory in the tree; empty if it is the root.</param>
    /// <param name="prefix">Its current prefix; the prefix that it was created for is found as well.</param>
    /// <param name="destination">The new prefix.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <returns>The whole tree; everything outside the environment is unmodified.</returns>
    /// <exception cref="PackingException">A program has not enough space for the prefix.</exception>
    /// <exception cref="TreeException">It cannot be read.</exception>
    public static INumberedTree Of(
        INumberedTree tree, string top, string prefix, string destination, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(top);
        var view = new RelocatedTree(tree, PrefixDiscovery.FindEverywhere(tree, top, prefix, cancellation), destination);
        return view.Unchanged.Count == 0
            ? view.IsSame ? tree : view
            : throw new PackingException(
                PackingFault.DestinationTooLong,
                $"{PrintableText.Of(view.Unchanged[0])} has no room for a prefix of {Encoding.UTF8.GetByteCount(destination)} bytes, as "
                + $"{PrintableText.Of(destination)} has: choose a shorter one");
    }
}
