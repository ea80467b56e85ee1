using CondaFuse.Images.Blocks;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests.Blocks;

public sealed class ReadMapTests
{
    private const long Chunk = ReadMap.ChunkBytes;

    [Fact]
    public void Adjoining_chunks_are_one_range_and_the_last_ends_with_the_file()
    {
        var map = new ReadMap((100 * Chunk) + 5);
        map.Add(Chunk - 1, 2);
        map.Add(70 * Chunk, 1);
        map.Add(100 * Chunk, 5);
        Assert.Equal([new StoredRange(0, 2 * Chunk), new StoredRange(70 * Chunk, Chunk), new StoredRange(100 * Chunk, 5)], map.Ranges());
    }

    [Fact]
    public void Reading_nothing_records_nothing()
    {
        var map = new ReadMap(Chunk);
        map.Add(Chunk, 0);
        Assert.Empty(map.Ranges());
        Assert.Empty(new ReadMap(0).Ranges());
    }
}
