using System.Text;
using CondaFuse.Relocation;
using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>An environment in a tree, as it is to be written for another prefix: a view that differs in nothing but what names the old one.</summary>
public static class RelocatedEnvironment
{
    /// <summary>Looks the environment through and decides which files and symlinks get other content.</summary>
    /// <param name="tree">The tree; it must not change until it is written.</param>
    /// <param name="top">Name of the directory that is the environment; empty where that is the root.</param>
    /// <param name="prefix">The prefix that it has; one that it was created for is found as well.</param>
    /// <param name="destination">The one that it is to have.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>The whole tree; what no environment is, as it was.</returns>
    /// <exception cref="PackingException">A program has no room for the prefix.</exception>
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
