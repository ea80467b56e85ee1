namespace CondaFuse.Tree;

/// <summary>
/// A tree that shows another one with a few differences: files with different content, symlinks with different targets. Handles and inode numbers
/// are those of the other tree. When the view is first changed, its differences are recorded as changes too, so that all changes can be kept beside
/// the other tree.
/// </summary>
public interface IViewTree : INumberedTree
{
    /// <summary>The other tree, owned by this one. Its highest inode number is lower than this one's by the number of new entries.</summary>
    INumberedTree Below { get; }

    /// <summary>The differences, and the entries to create when the differences are recorded as changes.</summary>
    IReadOnlyList<ViewedDifference> Differences { get; }
}

/// <summary>One difference of a view.</summary>
/// <param name="Inode">The entry's number; 0 for a file that the view does not show, and that is created when the differences are recorded.</param>
/// <param name="Kind">A file or a symlink.</param>
public readonly record struct ViewedDifference(ulong Inode, EntryKind Kind)
{
    /// <summary>For a symlink or a new file: the number of its directory.</summary>
    public ulong Directory { get; init; }

    /// <summary>For a symlink or a new file: its name.</summary>
    public ReadOnlyMemory<byte> Name { get; init; }

    /// <summary>For a new file: its content.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>Whether recording it uses a new inode number.</summary>
    public bool IsNewEntry => Inode == 0 || Kind == EntryKind.Symlink;
}
