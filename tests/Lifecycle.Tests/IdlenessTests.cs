namespace CondaFuse.Lifecycle.Tests;

public class IdlenessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);
    private static readonly IdleState Start = new(Limit, TimeSpan.Zero, Requests: 10);

    [Fact]
    public void A_mount_without_requests_is_looked_at_after_the_limit_and_unmounted_if_nobody_uses_it()
    {
        var state = Start;
        var now = TimeSpan.Zero;
        while (true)
        {
            (state, var action, var wait) = Idleness.Step(state, IdleEvent.Tick, now, requests: 10);
            if (action != IdleAction.Wait)
            {
                Assert.Equal(IdleAction.Look, action);
                break;
            }

            Assert.InRange(wait, TimeSpan.FromMilliseconds(1), Limit / 4);
            now += wait;
        }

        Assert.Equal(Limit, now);
        Assert.Equal(IdleAction.Unmount, Idleness.Step(state, IdleEvent.Unused, now, requests: 10).Action);
    }

    [Fact]
    public void Requests_start_the_time_again()
    {
        var (state, action, _) = Idleness.Step(Start, IdleEvent.Tick, Limit, requests: 11);
        Assert.Equal((IdleAction.Wait, Limit), (action, state.LastUse));
        Assert.Equal(IdleAction.Wait, Idleness.Step(state, IdleEvent.Tick, Limit * 1.5, requests: 11).Action);
        Assert.Equal(IdleAction.Look, Idleness.Step(state, IdleEvent.Tick, Limit * 2, requests: 11).Action);
    }

    [Theory]
    [InlineData(IdleEvent.Used)]
    [InlineData(IdleEvent.NotUnmounted)]
    public void Users_and_a_failed_unmount_start_the_time_again(IdleEvent happened)
    {
        var (state, action, wait) = Idleness.Step(Start, happened, Limit, requests: 10);
        Assert.Equal((IdleAction.Wait, Limit / 4, Limit), (action, wait, state.LastUse));
    }

    [Fact]
    public void A_request_during_the_look_keeps_the_mount() =>
        Assert.Equal(IdleAction.Wait, Idleness.Step(Start, IdleEvent.Unused, Limit, requests: 12).Action);

    [Fact]
    public void Every_wait_is_positive_and_every_idle_mount_is_looked_at_in_time()
    {
        foreach (var seconds in new[] { 1, 7, 60, 86_400 })
        {
            var limit = TimeSpan.FromSeconds(seconds);
            var (state, now, used) = (new IdleState(limit, TimeSpan.Zero, 0), TimeSpan.Zero, limit / 3);
            var action = IdleAction.Wait;
            while (action == IdleAction.Wait)
            {
                (state, action, var wait) = Idleness.Step(state, IdleEvent.Tick, now, requests: now >= used ? 1 : 0);
                now += wait;
                Assert.True(action != IdleAction.Wait || wait > TimeSpan.Zero);
            }

            Assert.InRange(now, used + limit, used + (limit * 1.5));
        }
    }
}
