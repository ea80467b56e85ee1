using CondaFuse.Tree;

namespace CondaFuse.Store.Committing;

/// <summary>The clock's time, as images have it.</summary>
internal static class ImageTime
{
    public static Timestamp Of(TimeProvider clock)
    {
        var ticks = (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks;
        var (seconds, rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return new Timestamp(seconds, (uint)(rest * TimeSpan.NanosecondsPerTick));
    }
}
