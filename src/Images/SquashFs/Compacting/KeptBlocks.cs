using CondaFuse.Images.SquashFs.Committing;
using CondaFuse.Images.SquashFs.Reading;
using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Compacting;

/// <summary>The data and fragment blocks that some generations of an image need, without duplicates.</summary>
internal sealed class KeptBlocks(int blockSize)
{
    private readonly SortedDictionary<long, BlockSize> _sizes = [];

    /// <summary>Their total stored size in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Their starts and sizes, in the order of the file.</summary>
    public IEnumerable<KeyValuePair<long, BlockSize>> InOrder => _sizes;

    /// <summary>Adds the blocks that a generation needs.</summary>
    /// <exception cref="ImageException">The generation's blocks are inconsistent.</exception>
    public void Add(BaseImage image)
    {
        var end = image.Image.Superblock.BytesUsed;
        for (var number = 1u; number <= image.Inodes.Highest; number++)
        {
            if (!image.Inodes.TryFind(number, out var record) || image.Inodes.KindAt(record) != EntryKind.File)
            {
                continue;
            }

            var file = image.Inodes.FileAt(record);
            var position = file.Start;
            for (var block = 0; block < file.BlockCount; block++)
            {
                var size = new BlockSize(file.SizeOf(block));
                Add(position, size, end);
                position += size.Stored;
            }

            if (file.HasFragment)
            {
                var fragment = image.FragmentOf(file);
                Add((long)Math.Min(fragment.Start, long.MaxValue), new BlockSize(fragment.Size), end);
            }
        }
    }

    private void Add(long start, BlockSize size, long end)
    {
        if (size.Stored == 0)
        {
            return;
        }

        if (!size.IsPossible(blockSize) || start < 0 || start > end - size.Stored)
        {
            throw new ImageException(ImageFault.BlockLength, $"A block at {start} claims the size 0x{size.Value:x8}.");
        }

        if (_sizes.TryAdd(start, size))
        {
            Bytes += size.Stored;
        }
        else if (_sizes[start] != size)
        {
            throw new ImageException(
                ImageFault.BlockLength, $"Two files claim other sizes of the block at {start}: 0x{size.Value:x8} and 0x{_sizes[start].Value:x8}.");
        }
    }
}
