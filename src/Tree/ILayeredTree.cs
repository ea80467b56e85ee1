namespace CondaFuse.Tree;

/// <summary>A tree that is another one with changes: it tells what is as it was, so that a commit can leave that alone.</summary>
public interface ILayeredTree : INumberedTree
{
    /// <summary>The tree below.</summary>
    INumberedTree Base { get; }

    /// <summary>Whether an entry, with its attributes, extended attributes, content and (of a directory) names, is as it is in the tree below.</summary>
    bool IsUnchanged(NodeId node);

    /// <summary>
    /// The inode numbers of all entries of which that may not be so: changed ones and new ones. It may name entries that are as they were after all, or gone;
    /// its length follows the changes, not the tree.
    /// </summary>
    IReadOnlyCollection<ulong> ChangedInodes { get; }

    /// <summary>Where the content of a file comes from, run by run.</summary>
    IReadOnlyList<ContentPiece> GetContent(NodeId file);
}
