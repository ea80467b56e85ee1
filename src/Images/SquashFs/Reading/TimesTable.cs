using System.Buffers.Binary;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>
/// The exact times of inodes, by inode number: 256 inodes per metadata block, column by column (modified seconds, changed seconds, modified
/// nanoseconds, changed nanoseconds).
/// </summary>
internal sealed class TimesTable(ImageFile file, Superblock superblock, MetadataStore metadata, in RawRecord record)
{
    private const int PerBlock = PrivateFormat.TimesPerBlock;

    private readonly uint _count = record.TimesCount;
    private readonly TableRange _range = new("times", 0, (long)record.TimesTable);
    private readonly BlockList _blocks = new(
        file, "times", (long)record.TimesTable, superblock.InodeTable.Start, (record.TimesCount + (long)PerBlock - 1) / PerBlock);

    /// <summary>The start of a block; 0 if it does not exist, because none of its inodes needs it.</summary>
    public long PositionOf(long block) => block < (_count + (long)PerBlock - 1) / PerBlock ? _blocks[block] : 0;

    /// <summary>Copies a block's columns; false if it does not exist.</summary>
    public bool TryCopyBlock(long block, Span<byte> destination)
    {
        var position = PositionOf(block);
        if (position == 0)
        {
            return false;
        }

        using var lease = metadata.Get(_range, position);
        if (lease.Content.Length != destination.Length)
        {
            throw new ImageException(ImageFault.Record, $"{file.Path}: block {block} of the times table holds {lease.Content.Length} bytes.");
        }

        lease.Content.CopyTo(destination);
        return true;
    }

    /// <summary>The times of an inode; false if they are not in the table.</summary>
    public bool TryGet(uint inode, out Timestamp modified, out Timestamp changed)
    {
        (modified, changed) = (default, default);
        if (inode == 0 || inode > _count)
        {
            return false;
        }

        var (block, index) = Math.DivRem(inode - 1, PerBlock);
        var position = PositionOf(block);
        if (position == 0)
        {
            return false;
        }

        using var lease = metadata.Get(_range, position);
        var content = lease.Content;
        if (content.Length != PerBlock * PrivateFormat.TimesEntry)
        {
            throw new ImageException(ImageFault.Record, $"{file.Path}: block {block} of the times table holds {content.Length} bytes.");
        }

        var seconds = content[((int)index * sizeof(long))..];
        var nanoseconds = content[((2 * PerBlock * sizeof(long)) + ((int)index * sizeof(uint)))..];
        modified = new Timestamp(BinaryPrimitives.ReadInt64LittleEndian(seconds), BinaryPrimitives.ReadUInt32LittleEndian(nanoseconds));
        changed = new Timestamp(
            BinaryPrimitives.ReadInt64LittleEndian(seconds[(PerBlock * sizeof(long))..]),
            BinaryPrimitives.ReadUInt32LittleEndian(nanoseconds[(PerBlock * sizeof(uint))..]));
        return modified.Nanoseconds < 1_000_000_000 && changed.Nanoseconds < 1_000_000_000
            ? true
            : throw new ImageException(ImageFault.Record, $"{file.Path}: the times of inode {inode} have more than 999999999 nanoseconds.");
    }
}
