using CondaFuse.Images.Blocks;

namespace CondaFuse.Images.Tests;

public sealed class DigestTableTests
{
    /// <summary>More than a chunk of the list and several sizes of the table.</summary>
    private const int Many = 5000;

    [Fact]
    public void Every_digest_is_found_where_it_was_added_first()
    {
        var table = new DigestTable();
        for (var number = 0; number < Many; number++)
        {
            Assert.Equal(-1, table.Find(Digest(number)));
            Assert.Equal(2 * number, table.Add(Digest(number)));
            Assert.Equal((2 * number) + 1, table.AddUnfound(Digest(number)));
        }

        Assert.Equal(2 * Many, table.Count);
        for (var number = 0; number < Many; number++)
        {
            Assert.Equal(2 * number, table.Find(Digest(number)));
            Assert.Equal(Digest(number), table[(2 * number) + 1]);
        }
    }

    [Fact]
    public void Digests_with_the_same_hash_are_different_ones()
    {
        var table = new DigestTable();
        var digests = Enumerable.Range(0, 300).Select(number => new ContentDigest(7, 1, (ulong)number, 2, 3)).ToList();
        Assert.Single(digests.Select(digest => digest.GetHashCode()).Distinct());
        digests.ForEach(digest => table.Add(digest));
        Assert.Equal(Enumerable.Range(0, 300), digests.Select(digest => table.Find(digest)));
    }

    [Fact]
    public void The_length_belongs_to_the_digest()
    {
        var table = new DigestTable();
        table.Add(new ContentDigest(7, 1, 2, 3, 4));
        Assert.Equal(-1, table.Find(new ContentDigest(8, 1, 2, 3, 4)));
    }

    private static ContentDigest Digest(int number) => new ContentHash(seed: 1).Of(BitConverter.GetBytes(number));
}
