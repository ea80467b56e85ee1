namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Stored blocks by size and checksum. Blocks that are neighbours in the list and in the image make runs.</summary>
internal sealed class KnownBlocks(IReadOnlyList<StoredBlock> blocks)
{
    private readonly Lazy<(Dictionary<ulong, int> First, int[] Next)> _index = new(() => Index(blocks));

    public StoredBlock this[int index] => blocks[index];

    /// <summary>The blocks of this size and checksum: indices, the first of which is the first in the list.</summary>
    public IEnumerable<int> Find(uint size, uint checksum)
    {
        var (first, next) = _index.Value;
        for (var at = first.GetValueOrDefault(Key(size, checksum), -1); at >= 0; at = next[at])
        {
            yield return at;
        }
    }

    /// <summary>Whether the block behind one of the list follows it in the image too, with this size and checksum.</summary>
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
