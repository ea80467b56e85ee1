namespace CondaFuse.Tree;

/// <summary>
/// A tree that shows another one with a few differences: files with other content, symlinks with other targets. Handles and inode numbers are the
/// other tree's. What is changed on top of such a tree begins with its differences, so that it can be kept beside the other tree.
/// </summary>
public interface IViewTree : INumberedTree
{
    /// <summary>The other tree; it belongs to this one. Its highest inode number is lower than this one's by the number of new entries.</summary>
    INumberedTree Below { get; }

    /// <summary>What differs, and what is to be made when the differences are written down.</summary>
    IReadOnlyList<ViewedDifference> Differences { get; }
}

/// <summary>One difference of a view.</summary>
/// <param name="Inode">The entry's number; 0 for a file that the view does not show, and that is made when the differences are written down.</param>
/// <param name="Kind">A file or a symlink.</param>
public readonly record struct ViewedDifference(ulong Inode, EntryKind Kind)
{
    /// <summary>Of a symlink or a file to be made: the number of its directory.</summary>
    public ulong Directory { get; init; }

    /// <summary>Of a symlink or a file to be made: its name.</summary>
    public ReadOnlyMemory<byte> Name { get; init; }

    /// <summary>Of a file to be made: its content.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Whether writing it down takes a new inode number.</summary>
    public bool IsNewEntry => Inode == 0 || Kind == EntryKind.Symlink;
}
