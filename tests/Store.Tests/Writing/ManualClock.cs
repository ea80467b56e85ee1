namespace CondaFuse.Store.Tests.Writing;

/// <summary>A clock that stands until it is moved; its timers ring when it is.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<Timer> timers = [];
    private DateTimeOffset now = DateTimeOffset.UtcNow;

    public override DateTimeOffset GetUtcNow() => now;

    public override long GetTimestamp() => now.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        timers.Add(timer);
        return timer;
    }

    public void Advance(TimeSpan time)
    {
        now += time;
        foreach (var timer in timers.ToList())
        {
            timer.Ring(now);
        }
    }

    private sealed class Timer(ManualClock clock, Action ring) : ITimer
    {
        private DateTimeOffset? due;
        private TimeSpan every;

        public void Ring(DateTimeOffset now)
        {
            while (due <= now)
            {
                due = every > TimeSpan.Zero ? due + every : null;
                ring();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            due = dueTime == Timeout.InfiniteTimeSpan ? null : clock.GetUtcNow() + dueTime;
            every = period;
            return true;
        }

        public void Dispose() => clock.timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
