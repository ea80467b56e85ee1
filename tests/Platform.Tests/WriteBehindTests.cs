namespace CondaFuse.Platform.Tests;

public sealed class WriteBehindTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void Every_eight_mebibytes_are_due_once()
    {
        var behind = default(WriteBehind);
        Assert.False(behind.IsDue((8 * MiB) - 1, out _));
        Assert.True(behind.IsDue(9 * MiB, out var from));
        Assert.Equal(0, from);
        Assert.False(behind.IsDue(9 * MiB, out _));
        Assert.True(behind.IsDue(17 * MiB, out from));
        Assert.Equal(9 * MiB, from);
    }

    [Fact]
    public void Ranges_that_the_storage_already_writes_are_not_due()
    {
        var behind = default(WriteBehind);
        behind.HasBegun(20 * MiB);
        Assert.False(behind.IsDue(27 * MiB, out _));
        Assert.True(behind.IsDue(28 * MiB, out var from));
        Assert.Equal(20 * MiB, from);
    }
}
