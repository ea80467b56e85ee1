namespace CondaFuse.Serving.Tests;

public sealed class IdleMemoryTests
{
    [Fact]
    public void An_idle_server_collects_if_worthwhile_and_always_frees_unused_memory()
    {
        var (allocated, collected, released) = (0L, 0, 0);
        var idle = new IdleMemory(() => allocated, () => collected++, () => released++);

        idle.Rest();
        Assert.Equal((0, 1), (collected, released));
        allocated += IdleMemory.WorthBytes;
        idle.Rest();
        Assert.Equal((1, 2), (collected, released));
        allocated += IdleMemory.WorthBytes - 1;
        idle.Rest();
        Assert.Equal((1, 3), (collected, released));
    }
}
