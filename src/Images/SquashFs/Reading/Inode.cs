using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>An inode that was checked as far as it can be without looking elsewhere.</summary>
internal struct Inode
{
    public EntryKind Kind;
    public RawInodeHeader Header;
    public uint LinkCount;
    public uint Xattrs;

    /// <summary>Bytes of a file, length of a symlink's target, a directory's size as stored.</summary>
    public long Size;

    /// <summary>Of a device.</summary>
    public uint Device;

    /// <summary>Of a directory: the parent's inode number.</summary>
    public uint Parent;

    /// <summary>Of a directory: position of the listing's first block in the image. Of a file: position of its first data block.</summary>
    public long Start;

    /// <summary>Of a directory: offset of the listing in its first block.</summary>
    public int ListingOffset;

    /// <summary>Of a directory: entries of its index.</summary>
    public int IndexCount;

    /// <summary>Of a file: index in the fragment table.</summary>
    public uint Fragment;

    public uint FragmentOffset;

    /// <summary>Of a file: blocks that are not in a fragment.</summary>
    public long BlockCount;

    /// <summary>Where the list of a file's blocks, a symlink's target or a directory's index starts.</summary>
    public long TailBlock;

    public int TailOffset;

    /// <summary>Length of a directory's listing in bytes.</summary>
    public readonly long ListingLength => Math.Max(0, Size - SquashFsFormat.DirectorySizeExtra);
}

/// <summary>Node ids are references to inodes plus 2; the root's is 1, wherever its inode is.</summary>
internal static class SquashFsNode
{
    private const ulong First = 2;

    public static NodeId Of(InodeReference reference, Superblock superblock) =>
        reference.Value == superblock.Raw.RootInode ? NodeId.Root : new NodeId(reference.Value + First);

    public static InodeReference ReferenceOf(NodeId node, Superblock superblock) =>
        node == NodeId.Root ? new InodeReference(superblock.Raw.RootInode) : new InodeReference(node.Value - First);
}
