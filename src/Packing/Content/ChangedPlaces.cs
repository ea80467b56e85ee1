using System.Text;
using CondaFuse.Tree;

namespace CondaFuse.Packing.Content;

/// <summary>Finds during a walk what was changed since the tree below: an entry, or its path.</summary>
/// <param name="tree">The tree.</param>
internal sealed class ChangedPlaces(ILayeredTree tree)
{
    private readonly HashSet<ulong> _changed = [.. tree.ChangedInodes];

    /// <summary>Directories that have another path than in the tree below, or are not in it.</summary>
    private readonly HashSet<ulong> _moved = [];

    /// <summary>Directories that must be walked: those with changes, and all above them.</summary>
    private readonly HashSet<ulong> _walked = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Whether a changed file has, or had, several names, of which only some may be in changed directories.</summary>
    public bool HasHardLinks => _changed.Any(inode => IsLinked(tree, inode) || IsLinked(tree.Base, inode));

    /// <summary>Marks all directories of which names were changed.</summary>
    public void AddDirectories()
    {
        foreach (var inode in _changed)
        {
            if (tree.TryFindInode(inode, out var node) && tree.GetAttributes(node) is { Kind: EntryKind.Directory, LinkCount: > 0 })
            {
                AddUpward(inode);
            }
        }
    }

    /// <summary>Marks the directory of a path, or the deepest one above it that exists.</summary>
    /// <param name="path">From the tree's root.</param>
    public void AddDirectoryOf(string path)
    {
        var folder = Path.GetDirectoryName(path) ?? "";
        if (!_known.Add(folder))
        {
            return;
        }

        var at = tree.GetAttributes(NodeId.Root);
        foreach (var name in folder.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!tree.TryLookup(at.Node, Encoding.UTF8.GetBytes(name), out var found) || found.Kind != EntryKind.Directory)
            {
                break;
            }

            at = found;
        }

        AddUpward(at.Inode);
    }

    /// <summary>Whether a directory has what it has in the tree below, under the same path.</summary>
    public bool IsSame(in FoundEntry directory) => !IsMoved(directory) && !_walked.Contains(directory.Entry.Inode);

    /// <summary>
    /// Whether the entry was changed, or another entry or none had its path. It must be asked for directories before what is in them.
    /// </summary>
    public bool IsChanged(in FoundEntry found) => IsMoved(found) || IsChanged(found.Entry.Inode);

    /// <summary>Whether an entry was changed, or is not in the tree below.</summary>
    public bool IsChanged(ulong inode) => _changed.Contains(inode);

    private bool IsMoved(in FoundEntry found)
    {
        var isMoved = _moved.Contains(found.Directory)
            || (_changed.Contains(found.Directory) && InodeBelow(found.Directory, found.Entry.Name) != found.Entry.Inode);
        if (isMoved && found.Entry.Kind == EntryKind.Directory)
        {
            _moved.Add(found.Entry.Inode);
        }

        return isMoved;
    }

    private void AddUpward(ulong directory)
    {
        while (_walked.Add(directory) && tree.TryFindInode(directory, out var node))
        {
            directory = tree.GetParentInode(node);
        }
    }

    private static bool IsLinked(INumberedTree tree, ulong inode) =>
        tree.TryFindInode(inode, out var node) && tree.GetAttributes(node) is { Kind: EntryKind.File, LinkCount: > 1 };

    private ulong? InodeBelow(ulong directory, byte[] name) =>
        tree.Base.TryFindInode(directory, out var node) && tree.Base.TryLookup(node, name, out var below) ? below.Inode : null;
}
