using CondaFuse.Images;

namespace CondaFuse.Helper.Output;

/// <summary>
/// How far something is: one line that rewrites itself on a terminal, nothing elsewhere. Silent for the first second.
/// </summary>
/// <param name="clock">Tells how long it takes.</param>
/// <param name="doing">What is going on: <c>packing</c>.</param>
internal sealed class ProgressLine(TimeProvider clock, string doing) : IProgress<PackProgress>, IProgress<long>
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly bool _terminal = Terminal.ShowsMessages;
    private readonly long _start = clock.GetTimestamp();
    private readonly Lock _gate = new();
    private TimeSpan _shown = Quiet - Interval;
    private bool _drawn;

    /// <summary>Takes what the packing of an image reports.</summary>
    public void Report(PackProgress value) => Draw(elapsed => Describe(value, elapsed));

    /// <summary>Takes bytes of content that are done.</summary>
    public void Report(long value) => Draw(_ => Sizes.Human(value));

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            if (_drawn)
            {
                Terminal.Error.Redraw(string.Empty);
                _drawn = false;
            }
        }
    }

    private void Draw(Func<TimeSpan, string> describe)
    {
        lock (_gate)
        {
            var elapsed = clock.GetElapsedTime(_start);
            if (!_terminal || elapsed < _shown + Interval)
            {
                return;
            }

            _shown = elapsed;
            _drawn = true;
            Terminal.Error.Redraw($"  {doing}: {describe(elapsed)}");
        }
    }

    private static string Describe(PackProgress value, TimeSpan elapsed)
    {
        const double percent = 100;
        var text = $"{value.Files} of {value.TotalFiles}{(value.IsTotalKnown ? string.Empty : "+")} files, {Sizes.Human(value.Bytes)}";
        if (value.Bytes > 0)
        {
            text += $", stored as {percent * value.StoredBytes / value.Bytes:0} %";
        }

        if (value is { IsTotalKnown: true, Bytes: > 0 })
        {
            var left = elapsed * ((double)(value.TotalBytes - value.Bytes) / value.Bytes);
            text += $", {left.TotalSeconds:0} s left";
        }

        return text;
    }
}
