using System.Runtime.InteropServices;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Images.SquashFs.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>The times table of a generation: blocks without changed inodes stay in place, others are rewritten.</summary>
internal sealed class GenerationTimes(BaseImage image)
{
    private const int PerBlock = PrivateFormat.TimesPerBlock;

    private readonly long[] _seconds = new long[2 * PerBlock];
    private readonly uint[] _nanoseconds = new uint[2 * PerBlock];

    /// <summary>Appends changed blocks and the list of all blocks.</summary>
    /// <returns>The start of the list; 0 if no inode needs a table.</returns>
    public ulong Append(ImageOutput output, MetadataWriter table, GenerationPlan plan)
    {
        var before = image.Record is { Raw.TimesTable: > 0 } record
            ? new TimesTable(image.Image.File, image.Image.Superblock, image.Image.Metadata, record.Raw)
            : null;
        var positions = new long[(plan.Highest + PerBlock - 1) / PerBlock];
        for (var block = 0; block < positions.Length; block++)
        {
            positions[block] = before?.PositionOf(block) ?? 0;
        }

        var start = output.Position;
        foreach (var inodes in plan.Changed.Values.GroupBy(inode => (inode.Number - 1) / PerBlock).OrderBy(group => group.Key))
        {
            var block = inodes.Key;
            if (positions[block] != 0 || inodes.Any(IsExact))
            {
                Load(before, block);
                foreach (var inode in inodes)
                {
                    Set((int)((inode.Number - 1) % PerBlock), inode.Modified, inode.Changed);
                }

                positions[block] = start + table.Block;
                table.Write(MemoryMarshal.AsBytes<long>(_seconds));
                table.Write(MemoryMarshal.AsBytes<uint>(_nanoseconds));
                table.Flush();
            }
        }

        if (Array.TrueForAll(positions, position => position == 0))
        {
            return 0;
        }

        output.Append(table.Stored);
        var list = output.Position;
        output.Append(MemoryMarshal.AsBytes<long>(positions));
        return (ulong)list;
    }

    private static bool IsExact(PlannedInode inode) =>
        inode.Modified.Nanoseconds != 0 || inode.Changed != inode.Modified || inode.Modified.Seconds is < 0 or > uint.MaxValue;

    /// <summary>Loads the former block, or else the times in the inodes themselves.</summary>
    private void Load(TimesTable? before, uint block)
    {
        Span<byte> content = stackalloc byte[PerBlock * PrivateFormat.TimesEntry];
        if (before?.TryCopyBlock(block, content) == true)
        {
            content[..(_seconds.Length * sizeof(long))].CopyTo(MemoryMarshal.AsBytes(_seconds.AsSpan()));
            content[(_seconds.Length * sizeof(long))..].CopyTo(MemoryMarshal.AsBytes(_nanoseconds.AsSpan()));
            return;
        }

        for (var i = 0; i < PerBlock; i++)
        {
            var time = image.Inodes.TryFind((block * PerBlock) + (uint)i + 1, out var record)
                ? new Timestamp(image.Inodes.HeaderAt(record).ModificationTime)
                : default;
            Set(i, time, time);
        }
    }

    private void Set(int index, Timestamp modified, Timestamp changed)
    {
        (_seconds[index], _nanoseconds[index]) = (modified.Seconds, modified.Nanoseconds);
        (_seconds[PerBlock + index], _nanoseconds[PerBlock + index]) = (changed.Seconds, changed.Nanoseconds);
    }
}
