using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Node ids are references to inodes plus 2; the root's is 1, wherever its inode is.</summary>
internal static class SquashFsNode
{
    private const ulong First = 2;

    public static NodeId Of(InodeReference reference, Superblock superblock) =>
        reference.Value == superblock.Raw.RootInode ? NodeId.Root : new NodeId(reference.Value + First);

    public static InodeReference ReferenceOf(NodeId node, Superblock superblock) =>
        node == NodeId.Root ? new InodeReference(superblock.Raw.RootInode) : new InodeReference(node.Value - First);
}
