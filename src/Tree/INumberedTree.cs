namespace CondaFuse.Tree;

/// <summary>A readable tree whose entries can be found by their stable inode numbers: what changes can be kept beside.</summary>
public interface INumberedTree : IReadableTree
{
    /// <summary>Highest inode number that any generation of this tree ever gave: new entries get numbers above.</summary>
    ulong HighestInode { get; }

    /// <summary>Finds an entry by its inode number.</summary>
    /// <returns>False if no entry has that number.</returns>
    bool TryFindInode(ulong number, out NodeId node);
}
