using CondaFuse.Images.Blocks;

namespace CondaFuse.Images.Tests;

public sealed class ContentHashTests
{
    [Fact]
    public void Any_change_of_a_byte_changes_the_digest()
    {
        var hash = ContentHash.Secret();
        var random = new Random(5);
        foreach (var length in new[] { 1, 15, 16, 17, 1023, 1024, 1025, 4096, 131072, 1 << 20 })
        {
            var content = new byte[length];
            random.NextBytes(content);
            var digest = hash.Of(content);
            Assert.Equal(digest, hash.Of(content.ToArray()));
            for (var round = 0; round < 50; round++)
            {
                var at = random.Next(length);
                content[at] ^= 1;
                Assert.NotEqual(digest, hash.Of(content));
                content[at] ^= 1;
            }
        }
    }

    [Fact]
    public void Zeros_of_different_lengths_are_different()
    {
        var hash = ContentHash.Secret();
        Assert.Equal(3000, Enumerable.Range(0, 3000).Select(length => hash.Of(new byte[length])).Distinct().Count());
    }

    [Fact]
    public void Swapped_parts_are_different()
    {
        var hash = ContentHash.Secret();
        var content = new byte[8192];
        new Random(6).NextBytes(content);
        foreach (var part in new[] { 8, 16, 1024, 2048 })
        {
            var swapped = content.ToArray();
            content.AsSpan(0, part).CopyTo(swapped.AsSpan(part));
            content.AsSpan(part, part).CopyTo(swapped);
            Assert.NotEqual(hash.Of(content), hash.Of(swapped));
        }
    }

    [Fact]
    public void A_key_that_is_secret_is_another_one_every_time() =>
        Assert.NotEqual(ContentHash.Secret().Of("content"u8), ContentHash.Secret().Of("content"u8));

    [Fact]
    public void A_known_key_gives_the_digest_that_images_rely_on()
    {
        var digest = new ContentHash(seed: 0).Of("The identity of archives is built on this."u8);
        Assert.Equal(new ContentDigest(42, 4993526037438328811, 9838076791114497827, 10777772653652383763, 16873522043006938064), digest);
    }
}
