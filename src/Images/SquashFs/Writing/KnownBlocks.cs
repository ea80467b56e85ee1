namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Stored blocks by size and checksum. Blocks that are adjacent in the list and in the image form runs.</summary>
internal sealed class KnownBlocks(IReadOnlyList<StoredBlock> blocks)
{
    private readonly Lazy<(Dictionary<ulong, int> First, int[] Next)> _index = new(() => Index(blocks));

    public StoredBlock this[int index] => blocks[index];

    /// <summary>The indices of the blocks with this size and checksum, in the order of the list.</summary>
    public IEnumerable<int> Find(uint size, uint checksum)
    {
        var (first, next) = _index.Value;
        for (var at = first.GetValueOrDefault(Key(size, checksum), -1); at >= 0; at = next[at])
        {
            yield return at;
        }
    }

    /// <summary>Whether the next block of the list also follows in the image, and has this size and checksum.</summary>
    public bool Continues(int index, uint size, uint checksum)
    {
        if (index + 1 >= blocks.Count)
        {
            return false;
        }

        var (here, next) = (blocks[index], blocks[index + 1]);
        return next.Size == size && next.Checksum == checksum && next.Start == here.End;
    }

    private static ulong Key(uint size, uint checksum) => ((ulong)size << 32) | checksum;

    private static (Dictionary<ulong, int> First, int[] Next) Index(IReadOnlyList<StoredBlock> blocks)
    {
        var first = new Dictionary<ulong, int>(blocks.Count);
        var next = new int[blocks.Count];
        for (var i = blocks.Count - 1; i >= 0; i--)
        {
            var key = Key(blocks[i].Size, blocks[i].Checksum);
            next[i] = first.GetValueOrDefault(key, -1);
            first[key] = i;
        }

        return (first, next);
    }
}
