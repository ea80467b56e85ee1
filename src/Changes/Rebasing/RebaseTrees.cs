using System.Text;
using CondaFuse.Changes.Comparing;
using CondaFuse.Changes.Union;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Rebasing;

/// <summary>The three trees of a rebase, and how their entries differ.</summary>
internal sealed class RebaseTrees
{
    private readonly UnionState _state;
    private readonly HashSet<ulong> _theirs;
    private readonly EntryComparison _oldAndNow;
    private readonly EntryComparison _oldAndMine;
    private readonly EntryComparison _mineAndNow;

    /// <param name="mine">The layer over the generation that it builds on.</param>
    /// <param name="now">The generation that it will build on.</param>
    /// <param name="theirs">Numbers of all entries that may differ between the two generations, except for exact times.</param>
    public RebaseTrees(ChangedTree mine, INumberedTree now, IReadOnlyCollection<ulong> theirs)
    {
        (_state, _theirs) = (mine.State, [.. theirs]);
        (Old, Mine, Now) = (new ComparedTree(mine.Base), new ComparedTree(mine), new ComparedTree(now));
        _oldAndNow = new EntryComparison(mine.Base, now);
        _oldAndMine = new EntryComparison(mine.Base, mine);
        _mineAndNow = new EntryComparison(mine, now);
    }

    public ComparedTree Old { get; }

    public ComparedTree Mine { get; }

    public ComparedTree Now { get; }

    public static string KeyOf(ReadOnlySpan<byte> name) => Encoding.Latin1.GetString(name);

    public static byte[] NameOf(string key) => Encoding.Latin1.GetBytes(key);

    /// <summary>The number of the entry with a name in a directory; 0 if there is no such name or directory.</summary>
    public static ulong Lookup(ComparedTree tree, ulong directory, ReadOnlySpan<byte> name) =>
        tree.Find(directory) is { Kind: EntryKind.Directory } found && tree.List(found).TryGetValue(KeyOf(name), out var entry) ? entry.Inode : 0;

    /// <summary>The location of a directory: the number of its parent, and its name there.</summary>
    public static (ulong Parent, string Key) PlaceOf(ComparedTree tree, in Attributes directory)
    {
        var (number, parent) = (directory.Inode, tree.Tree.GetParentInode(directory.Node));
        return (parent, tree.List(tree.Find(parent)!.Value).First(pair => pair.Value.Inode == number).Key);
    }

    /// <summary>Whether the layer created it.</summary>
    public bool IsNew(ulong inode) => _state.Find(inode) is { IsNew: true };

    /// <summary>Whether the layer still has it.</summary>
    public bool IsAlive(ulong inode) => !_state.Gone.Contains(inode) && Mine.Find(inode) is not null;

    /// <summary>How the image changed an entry that both generations have; null if it did not.</summary>
    public SideChange? ChangeThere(ulong inode) =>
        !_theirs.Contains(inode) || Old.Find(inode) is not { } old || Now.Find(inode) is not { } now ? null
        : _oldAndNow.ContentDiffers(old, now) ? SideChange.Changed
        : _oldAndNow.AttributesDiffer(old, now) ? SideChange.Attributes : null;

    /// <summary>How the layer changed an entry; null if it did not.</summary>
    public SideChange? ChangeHere(ulong inode) =>
        Old.Find(inode) is not { } old || Mine.Find(inode) is not { } mine ? null
        : _oldAndMine.ContentDiffers(old, mine) ? SideChange.Changed
        : _oldAndMine.AttributesDiffer(old, mine) ? SideChange.Attributes : null;

    /// <summary>Whether an entry of the layer and one of the image have the same content.</summary>
    public bool HaveEqualContent(ulong mine, ulong now) => !_mineAndNow.ContentDiffers(Mine.Find(mine)!.Value, Now.Find(now)!.Value);

    /// <summary>Whether they are equal except for owners and times: a file belongs to the user who creates it.</summary>
    public bool AreEqual(ulong mine, ulong now)
    {
        var (left, right) = (Mine.Find(mine)!.Value, Now.Find(now)!.Value);
        return left.Kind != EntryKind.Directory && right.Kind != EntryKind.Directory && left.Permissions == right.Permissions
            && !_mineAndNow.ContentDiffers(left, right) && _mineAndNow.HaveEqualXattrs(left, right);
    }

    /// <summary>Whether an entry of the layer has its extended attributes unchanged.</summary>
    public bool HasOldXattrs(in Attributes mine) => _oldAndMine.HaveEqualXattrs(Old.Find(mine.Inode)!.Value, mine);

    /// <summary>Whether an entry of the image has its extended attributes unchanged.</summary>
    public bool HaveOldXattrs(in Attributes old, in Attributes now) => _oldAndNow.HaveEqualXattrs(old, now);

    /// <summary>Whether an entry of the layer and one of the image have the same extended attributes.</summary>
    public bool HaveEqualXattrs(in Attributes mine, in Attributes now) => _mineAndNow.HaveEqualXattrs(mine, now);

    /// <summary>The path of a name in a directory of the layer, from whichever tree has it.</summary>
    public byte[] PathOf(ulong directory, ReadOnlySpan<byte> name)
    {
        foreach (var tree in (ComparedTree[])[Mine, Now, Old])
        {
            if (tree.Find(directory) is { Kind: EntryKind.Directory } found && tree.List(found).TryGetValue(KeyOf(name), out var entry))
            {
                return entry.Path;
            }
        }

        return name.ToArray();
    }

    /// <summary>One path of an entry in a tree that has it.</summary>
    public static byte[] PathOf(ComparedTree tree, ulong inode) => tree.FindPaths([inode]).GetValueOrDefault(inode) ?? [];
}
