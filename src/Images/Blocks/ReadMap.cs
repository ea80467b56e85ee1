using CondaFuse.Tree;

namespace CondaFuse.Images.Blocks;

/// <summary>Records which chunks of a file were read: one bit each, so 4 KiB for a file of 1 GB. Thread-safe.</summary>
/// <param name="length">Length of the file in bytes.</param>
internal sealed class ReadMap(long length)
{
    /// <summary>Size of a chunk in bytes.</summary>
    public const int ChunkBytes = 32 * 1024;

    private readonly ulong[] _bits = new ulong[(length / ChunkBytes / 64) + 1];

    /// <summary>Records a read.</summary>
    /// <param name="position">Its start, within the file.</param>
    /// <param name="count">Its length in bytes, within the file.</param>
    public void Add(long position, int count)
    {
        for (var chunk = position / ChunkBytes; chunk * ChunkBytes < position + count; chunk++)
        {
            ref var word = ref _bits[chunk / 64];
            var bit = 1ul << (int)(chunk % 64);
            if ((Volatile.Read(ref word) & bit) == 0)
            {
                Interlocked.Or(ref word, bit);
            }
        }
    }

    /// <summary>The parts of the file that were read, in order; adjacent chunks form one range.</summary>
    public IReadOnlyList<StoredRange> Ranges()
    {
        var ranges = new List<StoredRange>();
        for (var chunk = 0L; chunk * ChunkBytes < length; chunk++)
        {
            if ((Volatile.Read(ref _bits[chunk / 64]) & (1ul << (int)(chunk % 64))) == 0)
            {
                continue;
            }

            var (start, end) = (chunk * ChunkBytes, Math.Min((chunk + 1) * ChunkBytes, length));
            if (ranges.Count > 0 && ranges[^1].Offset + ranges[^1].Length == start)
            {
                ranges[^1] = ranges[^1] with { Length = end - ranges[^1].Offset };
            }
            else
            {
                ranges.Add(new StoredRange(start, end - start));
            }
        }

        return ranges;
    }
}
