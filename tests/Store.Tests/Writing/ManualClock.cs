namespace CondaFuse.Store.Tests.Writing;

/// <summary>A clock that stands still until it is advanced; then its timers fire.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _now = DateTimeOffset.UtcNow;
    private TimeSpan _jumped;

    public override DateTimeOffset GetUtcNow() => _now + _jumped;

    public override long GetTimestamp() => _now.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Changes the time of day, without effect on timers and timestamps.</summary>
    public void Jump(TimeSpan time) => _jumped += time;

    public void Advance(TimeSpan time)
    {
        _now += time;
        foreach (var timer in _timers.ToList())
        {
            timer.Ring(_now);
        }
    }

    private sealed class Timer(ManualClock clock, Action ring) : ITimer
    {
        private DateTimeOffset? _due;
        private TimeSpan _every;

        public void Ring(DateTimeOffset now)
        {
            while (_due <= now)
            {
                _due = _every > TimeSpan.Zero ? _due + _every : null;
                ring();
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
            _every = period;
            return true;
        }

        public void Dispose() => clock._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
