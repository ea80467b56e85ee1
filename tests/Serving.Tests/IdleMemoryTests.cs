namespace CondaFuse.Serving.Tests;

public sealed class IdleMemoryTests
{
    [Fact]
    public void Memory_is_given_back_once_when_a_busy_server_rests()
    {
        var (allocated, givenBack) = (0L, 0);
        using var idle = new IdleMemory(new StillClock(), () => allocated, () => givenBack++);

        idle.Look();
        Assert.Equal(0, givenBack); // nothing was allocated
        allocated += 10 * IdleMemory.WorthBytes;
        idle.Look();
        Assert.Equal(0, givenBack); // busy
        allocated += IdleMemory.RestBytes - 1;
        idle.Look();
        Assert.Equal(1, givenBack);
        idle.Look();
        Assert.Equal(1, givenBack);
        allocated += IdleMemory.WorthBytes;
        idle.Look();
        idle.Look();
        Assert.Equal(2, givenBack);
    }

    /// <summary>Whose timers never come.</summary>
    private sealed class StillClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
