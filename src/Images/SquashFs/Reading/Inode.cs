using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>An inode, checked as far as possible without reading other structures.</summary>
internal struct Inode
{
    public EntryKind Kind;
    public RawInodeHeader Header;
    public uint LinkCount;
    public uint Xattrs;

    /// <summary>Length of a file or of a symlink's target in bytes; a directory's stored size.</summary>
    public long Size;

    /// <summary>Device number.</summary>
    public uint Device;

    /// <summary>For a directory: inode number of its parent.</summary>
    public uint Parent;

    /// <summary>For a directory: position of the listing's first block in the image. For a file: position of its first data block.</summary>
    public long Start;

    /// <summary>For a directory: offset of the listing in its first block.</summary>
    public int ListingOffset;

    /// <summary>For a directory: number of entries in its index.</summary>
    public int IndexCount;

    /// <summary>For a file: index in the fragment table.</summary>
    public uint Fragment;

    public uint FragmentOffset;

    /// <summary>For a file: number of blocks, not counting the fragment.</summary>
    public long BlockCount;

    /// <summary>The start of a file's list of blocks, a symlink's target or a directory's index.</summary>
    public long TailBlock;

    public int TailOffset;

    /// <summary>Length of a directory's listing in bytes.</summary>
    public readonly long ListingLength => Math.Max(0, Size - SquashFsFormat.DirectorySizeExtra);
}

/// <summary>Converts between node ids and inode references. Node ids are references plus 2; the root's is 1, wherever its inode is.</summary>
internal static class SquashFsNode
{
    private const ulong First = 2;

    public static NodeId Of(InodeReference reference, Superblock superblock) =>
        reference.Value == superblock.Raw.RootInode ? NodeId.Root : new NodeId(reference.Value + First);

    public static InodeReference ReferenceOf(NodeId node, Superblock superblock) =>
        node == NodeId.Root ? new InodeReference(superblock.Raw.RootInode) : new InodeReference(node.Value - First);
}
