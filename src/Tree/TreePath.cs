namespace CondaFuse.Tree;

/// <summary>Finds entries by path.</summary>
public static class TreePath
{
    /// <summary>Follows a path from the root, name by name, without following symlinks.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="path">Names separated by <c>/</c>; empty ones are ignored.</param>
    /// <param name="found">The entry.</param>
    /// <returns>False if a name does not exist, or a parent is not a directory.</returns>
    /// <exception cref="TreeException">A directory cannot be read.</exception>
    public static bool TryFind(this IReadableTree tree, ReadOnlySpan<byte> path, out Attributes found)
    {
        ArgumentNullException.ThrowIfNull(tree);
        found = tree.GetAttributes(NodeId.Root);
        foreach (var range in path.Split((byte)'/'))
        {
            var name = path[range];
            if (!name.IsEmpty && (found.Kind != EntryKind.Directory || !tree.TryLookup(found.Node, name, out found)))
            {
                return false;
            }
        }

        return true;
    }
}
