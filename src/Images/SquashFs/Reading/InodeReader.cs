using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Reads inodes by reference.</summary>
internal sealed class InodeReader(ImageFile file, Superblock superblock, MetadataStore metadata)
{
    /// <summary>Reads and checks an inode.</summary>
    public void Read(InodeReference reference, out Inode inode)
    {
        var cursor = new MetadataCursor(metadata, superblock.InodeTable, superblock.InodeTable.Start + reference.Block, reference.Offset);
        try
        {
            inode = default;
            inode.Header = cursor.Read<RawInodeHeader>();
            inode.Xattrs = SquashFsFormat.NoXattrs;
            var type = (InodeType)inode.Header.Type;
            if (!InodeTypes.TryGetKind(type, out inode.Kind))
            {
                throw Fault(ImageFault.InodeType, reference, $"type {inode.Header.Type}");
            }

            if (inode.Header.Number == 0)
            {
                throw Fault(ImageFault.InodeNumber, reference, "number 0");
            }

            var extended = type > InodeType.Socket;
            switch (inode.Kind)
            {
                case EntryKind.Directory:
                    ReadDirectory(ref cursor, ref inode, extended);
                    break;
                case EntryKind.File:
                    ReadFile(ref cursor, ref inode, extended, reference);
                    break;
                case EntryKind.Symlink:
                    ReadSymlink(ref cursor, ref inode, extended, reference);
                    break;
                case EntryKind.BlockDevice or EntryKind.CharacterDevice:
                    var device = cursor.Read<RawDevice>();
                    (inode.LinkCount, inode.Device) = (device.LinkCount, device.Device);
                    inode.Xattrs = extended ? cursor.Read<uint>() : SquashFsFormat.NoXattrs;
                    KeepTail(cursor, ref inode);
                    break;
                default:
                    inode.LinkCount = cursor.Read<RawIpc>().LinkCount;
                    inode.Xattrs = extended ? cursor.Read<uint>() : SquashFsFormat.NoXattrs;
                    KeepTail(cursor, ref inode);
                    break;
            }
        }
        finally
        {
            cursor.Dispose();
        }
    }

    private static void KeepTail(in MetadataCursor cursor, ref Inode inode) => (inode.TailBlock, inode.TailOffset) = (cursor.Block, cursor.Offset);

    private void ReadDirectory(ref MetadataCursor cursor, ref Inode inode, bool extended)
    {
        if (extended)
        {
            var raw = cursor.Read<RawExtendedDirectory>();
            (inode.LinkCount, inode.Size, inode.Parent, inode.Xattrs) = (raw.LinkCount, raw.Size, raw.Parent, raw.Xattrs);
            (inode.Start, inode.ListingOffset, inode.IndexCount) = (raw.ListingBlock, raw.ListingOffset, raw.IndexCount);
        }
        else
        {
            var raw = cursor.Read<RawDirectory>();
            (inode.LinkCount, inode.Size, inode.Parent) = (raw.LinkCount, raw.Size, raw.Parent);
            (inode.Start, inode.ListingOffset) = (raw.ListingBlock, raw.ListingOffset);
        }

        inode.Start += superblock.DirectoryTable.Start;
        KeepTail(cursor, ref inode);
    }

    private void ReadFile(ref MetadataCursor cursor, ref Inode inode, bool extended, InodeReference reference)
    {
        ulong size;
        ulong start;
        if (extended)
        {
            var raw = cursor.Read<RawExtendedFile>();
            (size, start, inode.LinkCount, inode.Xattrs) = (raw.Size, raw.FirstBlock, raw.LinkCount, raw.Xattrs);
            (inode.Fragment, inode.FragmentOffset) = (raw.Fragment, raw.FragmentOffset);
        }
        else
        {
            var raw = cursor.Read<RawFile>();
            (size, start, inode.LinkCount) = (raw.Size, raw.FirstBlock, 1);
            (inode.Fragment, inode.FragmentOffset) = (raw.Fragment, raw.FragmentOffset);
        }

        KeepTail(cursor, ref inode);
        var fragmented = inode.Fragment != SquashFsFormat.NoFragment;
        var blocks = fragmented ? size >> superblock.BlockLog : (size + (uint)superblock.BlockSize - 1) >> superblock.BlockLog;
        if (size > long.MaxValue - SquashFsFormat.MaxBlockSize || blocks > MaxBlocks(inode.TailBlock) || start > (ulong)superblock.BytesUsed)
        {
            throw Fault(ImageFault.FileSize, reference, $"a file of {size} bytes from {start} on, more than the image holds");
        }

        if (fragmented && inode.Fragment >= superblock.Raw.FragmentCount)
        {
            throw Fault(ImageFault.FragmentIndex, reference, $"fragment {inode.Fragment} of {superblock.Raw.FragmentCount}");
        }

        (inode.Size, inode.Start, inode.BlockCount) = ((long)size, (long)start, (long)blocks);
    }

    private void ReadSymlink(ref MetadataCursor cursor, ref Inode inode, bool extended, InodeReference reference)
    {
        var raw = cursor.Read<RawSymlink>();
        inode.LinkCount = raw.LinkCount;
        inode.Size = raw.TargetLength;
        if (raw.TargetLength is 0 or > SquashFsFormat.MaxSymlink)
        {
            throw Fault(ImageFault.SymlinkLength, reference, $"a target of {raw.TargetLength} bytes");
        }

        KeepTail(cursor, ref inode);
        if (extended)
        {
            cursor.Skip(raw.TargetLength);
            inode.Xattrs = cursor.Read<uint>();
        }
    }

    /// <summary>Upper limit of blocks: more than the rest of the inode table can list, even if every 3 stored bytes were a block of 8192.</summary>
    private ulong MaxBlocks(long from) =>
        (ulong)(((superblock.InodeTable.End - from) / 3) + 1) * SquashFsFormat.MetadataSize / sizeof(uint);

    private ImageException Fault(ImageFault fault, InodeReference reference, string message) =>
        new(fault, $"{file.Path}: inode at {reference.Block}:{reference.Offset}: {message}.");
}
