using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Writes inodes, with the basic type whenever it is sufficient.</summary>
internal sealed class InodeTableWriter(MetadataWriter table, IReadOnlyList<StoredBlock> blocks, int blockSize)
{
    /// <summary>Writes an inode other than a directory's.</summary>
    public void Write(PlannedInode inode)
    {
        inode.Reference = new InodeReference(table.Block, table.Offset);
        var type = InodeTypes.Of(inode.Kind);
        var hasXattrs = inode.Xattrs != SquashFsFormat.NoXattrs;
        switch (inode.Kind)
        {
            case EntryKind.File:
                WriteFile(inode);
                return;
            case EntryKind.Symlink:
                WriteHeader(inode, type, hasXattrs);
                table.Write(new RawSymlink { LinkCount = inode.Links, TargetLength = (uint)inode.Target.Length });
                table.Write(inode.Target);
                break;
            case EntryKind.BlockDevice or EntryKind.CharacterDevice:
                WriteHeader(inode, type, hasXattrs);
                table.Write(new RawDevice { LinkCount = inode.Links, Device = inode.Device });
                break;
            default:
                WriteHeader(inode, type, hasXattrs);
                table.Write(new RawIpc { LinkCount = inode.Links });
                break;
        }

        if (hasXattrs)
        {
            table.Write(inode.Xattrs);
        }
    }

    /// <summary>Writes a directory's inode.</summary>
    /// <param name="inode">The directory.</param>
    /// <param name="listing">The location of its listing.</param>
    /// <param name="parent">Inode number of the parent; for the root, the highest number plus one.</param>
    public void WriteDirectory(PlannedInode inode, WrittenListing listing, uint parent) =>
        inode.Reference = WriteDirectory(HeaderOf(inode), inode.Links, inode.Xattrs, listing, parent);

    /// <summary>Writes a directory's inode.</summary>
    /// <param name="header">Its owner, permissions, time and number; the type is set by this method.</param>
    /// <param name="links">2 plus the number of subdirectories.</param>
    /// <param name="xattrs">Index of its extended attributes, or <see cref="SquashFsFormat.NoXattrs"/>.</param>
    /// <param name="listing">The location of its listing.</param>
    /// <param name="parent">Inode number of the parent; for the root, a number that no inode has.</param>
    /// <returns>Its reference.</returns>
    public InodeReference WriteDirectory(RawInodeHeader header, uint links, uint xattrs, WrittenListing listing, uint parent)
    {
        var reference = new InodeReference(table.Block, table.Offset);
        var size = listing.Length + SquashFsFormat.DirectorySizeExtra;
        var extended = size > ushort.MaxValue || listing.Index.Count > 0 || xattrs != SquashFsFormat.NoXattrs;
        header.Type = (ushort)(extended ? InodeTypes.Extended(InodeType.Directory) : InodeType.Directory);
        table.Write(header);
        if (!extended)
        {
            table.Write(new RawDirectory
            {
                ListingBlock = listing.Block,
                LinkCount = links,
                Size = (ushort)size,
                ListingOffset = listing.Offset,
                Parent = parent,
            });
            return reference;
        }

        table.Write(new RawExtendedDirectory
        {
            LinkCount = links,
            Size = size,
            ListingBlock = listing.Block,
            Parent = parent,
            IndexCount = (ushort)listing.Index.Count,
            ListingOffset = listing.Offset,
            Xattrs = xattrs,
        });
        foreach (var (position, block, name) in listing.Index)
        {
            table.Write(new RawDirectoryIndex { ListingPosition = position, Block = block, NameLengthMinusOne = (uint)name.Length - 1 });
            table.Write(name);
        }

        return reference;
    }

    /// <summary>Copies an inode other than a directory's in stored form.</summary>
    /// <returns>Its reference.</returns>
    public InodeReference WriteAsIs(ReadOnlySpan<byte> stored)
    {
        var reference = new InodeReference(table.Block, table.Offset);
        table.Write(stored);
        return reference;
    }

    private void WriteFile(PlannedInode inode)
    {
        var content = inode.Content!;
        var fragmented = content.Fragment != SquashFsFormat.NoFragment;
        var count = fragmented ? inode.Size / blockSize : (inode.Size + blockSize - 1) / blockSize;
        var start = content.StartIn(blocks);
        var sparse = SparseBytes(inode, count);
        var extended = inode.Links > 1
            || inode.Size > uint.MaxValue
            || start > uint.MaxValue
            || sparse > 0
            || inode.Xattrs != SquashFsFormat.NoXattrs;
        WriteHeader(inode, InodeType.File, extended);
        if (extended)
        {
            table.Write(new RawExtendedFile
            {
                FirstBlock = (ulong)start,
                Size = (ulong)inode.Size,
                Sparse = (ulong)sparse,
                LinkCount = inode.Links,
                Fragment = content.Fragment,
                FragmentOffset = content.FragmentOffset,
                Xattrs = inode.Xattrs,
            });
        }
        else
        {
            table.Write(new RawFile
            {
                FirstBlock = (uint)start,
                Fragment = content.Fragment,
                FragmentOffset = content.FragmentOffset,
                Size = (uint)inode.Size,
            });
        }

        if (content.KeptSizes is { } kept)
        {
            table.Write(MemoryMarshal.AsBytes<uint>(kept));
            return;
        }

        var next = content.FirstBlock;
        for (var block = 0L; block < count; block++)
        {
            table.Write(content.IsZeros(block) ? 0u : blocks[next++].Size);
        }
    }

    private long SparseBytes(PlannedInode inode, long count)
    {
        var sparse = 0L;
        var content = inode.Content!;
        for (var block = 0L; (content.Zeros is not null || content.KeptSizes is not null) && block < count; block++)
        {
            sparse += content.IsZeros(block) ? Math.Min(blockSize, inode.Size - (block * blockSize)) : 0;
        }

        return sparse;
    }

    /// <summary>The header of an inode, without its type.</summary>
    public static RawInodeHeader HeaderOf(PlannedInode inode) => new()
    {
        Permissions = inode.Permissions,
        UserIndex = inode.UserIndex,
        GroupIndex = inode.GroupIndex,
        ModificationTime = (uint)Math.Clamp(inode.Modified.Seconds, 0, uint.MaxValue),
        Number = inode.Number,
    };

    private void WriteHeader(PlannedInode inode, InodeType basic, bool extended)
    {
        var header = HeaderOf(inode);
        header.Type = (ushort)(extended ? InodeTypes.Extended(basic) : basic);
        table.Write(header);
    }
}
