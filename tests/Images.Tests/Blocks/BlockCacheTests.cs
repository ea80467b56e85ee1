using CondaFuse.Images.Blocks;

namespace CondaFuse.Images.Tests.Blocks;

public sealed class BlockCacheTests
{
    private int _loads;

    [Fact]
    public void A_block_is_loaded_once_by_however_many_threads()
    {
        using var cache = new BlockCache(blockSize: 8, slots: 4);
        Parallel.For(0, 32, _ =>
        {
            using var lease = Get(cache, 7);
            Assert.Equal(7, lease.Content[0]);
            Assert.Equal(70, lease.Next);
        });
        Assert.Equal(1, _loads);
        Assert.True(cache.TryGetLoaded(7, out var kept));
        kept.Dispose();
        Assert.False(cache.TryGetLoaded(8, out _));
    }

    [Fact]
    public void Blocks_used_since_the_hand_passed_stay_longer()
    {
        using var cache = new BlockCache(blockSize: 8, slots: 2);
        foreach (var key in (long[])[1, 2, 3])
        {
            Get(cache, key).Dispose(); // 3 replaces 1, and clears the mark of 2
        }

        Get(cache, 3).Dispose();
        Get(cache, 4).Dispose();
        Assert.True(cache.TryGetLoaded(3, out var kept));
        kept.Dispose();
        Assert.False(cache.TryGetLoaded(2, out _));
    }

    [Fact]
    public void Blocks_in_use_are_never_replaced_and_nobody_waits_for_them()
    {
        using var cache = new BlockCache(blockSize: 8, slots: 2);
        using var first = Get(cache, 1);
        using var second = Get(cache, 2);
        using (var spare = Get(cache, 3))
        {
            Assert.Equal((1, 2, 3), (first.Content[0], second.Content[0], spare.Content[0]));
        }

        Assert.False(cache.TryGetLoaded(3, out _));
        Assert.True(cache.TryGetLoaded(1, out var again));
        again.Dispose();
    }

    [Fact]
    public void A_load_that_fails_is_tried_again()
    {
        using var cache = new BlockCache(blockSize: 8, slots: 2);
        Assert.Throws<IOException>(() => cache.Get(5, 0, (int _, Span<byte> _, out long _) => throw new IOException("by design")));
        using var lease = Get(cache, 5);
        Assert.Equal(5, lease.Content[0]);
        Assert.Equal(1, _loads);
    }

    [Fact]
    public void Trimming_drops_only_unused_blocks()
    {
        using var cache = new BlockCache(blockSize: 16, slots: 4);
        Get(cache, 1).Dispose();
        using var pinned = Get(cache, 2);
        cache.Trim();
        Assert.False(cache.TryGetLoaded(1, out _));
        Assert.True(cache.TryGetLoaded(2, out var same));
        using (same)
        {
            Assert.Equal(2, pinned.Content[0]);
        }

        using var again = Get(cache, 1);
        Assert.Equal(1, again.Content[0]);
        Assert.Equal(3, _loads);
    }

    private BlockLease Get(BlockCache cache, long key) => cache.Get(key, (this, key), Load);

    private static int Load((BlockCacheTests Tests, long Key) context, Span<byte> memory, out long next)
    {
        Interlocked.Increment(ref context.Tests._loads);
        memory[0] = (byte)context.Key;
        next = context.Key * 10;
        return 1;
    }
}
