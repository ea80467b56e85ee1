using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Creates the inodes of changed entries. Owners and extended attributes that the base has keep their indices.</summary>
internal sealed class ChangedInodes
{
    private readonly ILayeredTree _tree;
    private readonly BaseImage _image;
    private readonly InodePlanner _planner;
    private readonly CommitContentPlanner _content;
    private readonly SortedSet<string> _refusedXattrs = new(StringComparer.Ordinal);

    public ChangedInodes(ILayeredTree tree, BaseImage image, BaseXattrs xattrs)
    {
        (_tree, _image) = (tree, image);
        Owners = new OwnerTable(image.Owners);
        Xattrs = new XattrCollector((uint)xattrs.Sets.Length);
        _planner = new InodePlanner(tree, Owners, changeTimes: true);
        _content = new CommitContentPlanner(tree, image.Inodes, image.Image.Superblock.BlockSize);
    }

    public OwnerTable Owners { get; }

    public XattrCollector Xattrs { get; }

    /// <summary>What cannot be stored, one sentence each.</summary>
    public IReadOnlyList<string> Warnings =>
        [.. _refusedXattrs.Select(name => $"Extended attributes named {name} were left out: SquashFS stores user, trusted and security ones only.")];

    public PlannedInode Plan(NodeId node, uint number, PlannedInode? parent, byte[] name)
    {
        var inode = _planner.Plan(_tree.GetAttributes(node), parent, name);
        inode.Number = number;
        inode.Xattrs = XattrsOf(node, number);
        return inode;
    }

    /// <summary>Plans a file's content, like <see cref="CommitContentPlanner.Plan"/>.</summary>
    public bool PlanContent(PlannedInode file, out bool isSame) => _content.Plan(file, out isSame);

    private uint XattrsOf(NodeId node, uint number)
    {
        var set = XattrCollector.Encode(_tree, node, name => _refusedXattrs.Add(name));
        if (set is null)
        {
            return SquashFsFormat.NoXattrs;
        }

        if (_image.Inodes.TryFind(number, out var record) && _image.Inodes.XattrsAt(record) is var known and not SquashFsFormat.NoXattrs
            && _tree.Base.TryFindInode(number, out var before)
            && XattrCollector.Encode(_tree.Base, before, _ => { })?.Encoded.AsSpan().SequenceEqual(set.Encoded) == true)
        {
            return known;
        }

        return Xattrs.IndexOf(set);
    }
}
