using CondaFuse.Images;
using CondaFuse.Registry.Transfer;

namespace CondaFuse.Helper.Output;

/// <summary>
/// Shows progress: one line that is redrawn on a terminal, and nothing otherwise. Silent for the first second, and never wider than the terminal.
/// </summary>
/// <param name="clock">Measures the time.</param>
/// <param name="doing">The activity: <c>packing</c>.</param>
internal sealed class ProgressLine(TimeProvider clock, string doing) : IProgress<PackProgress>, IProgress<long>, IProgress<TransferProgress>
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Redrawing = TimeSpan.FromSeconds(1);
    private readonly bool _terminal = Terminal.ShowsMessages;
    private readonly long _start = clock.GetTimestamp();
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private IReadOnlyList<string> _parts = [];
    private TimeSpan _shown = Quiet - Interval;
    private bool _drawn;
    private bool _isOver;

    /// <summary>A line that also appears while no progress is reported: the time so far.</summary>
    public static ProgressLine Start(TimeProvider clock, string doing)
    {
        var line = new ProgressLine(clock, doing);
        if (line._terminal)
        {
            line._timer = clock.CreateTimer(_ => line.Draw(describe: null), state: null, Quiet, Redrawing);
        }

        return line;
    }

    /// <summary>Receives the progress of packing an image.</summary>
    public void Report(PackProgress value) => Draw(elapsed => Describe(value, elapsed));

    /// <summary>Receives the number of bytes of content done.</summary>
    public void Report(long value) => Draw(elapsed => [Sizes.Human(value), .. Rate(value, elapsed)]);

    /// <summary>Receives the progress of a transfer.</summary>
    public void Report(TransferProgress value) => Draw(elapsed => Describe(value, elapsed));

    /// <summary>Removes the line.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _timer?.Dispose();
            _isOver = true;
            if (_drawn)
            {
                Terminal.Error.Redraw(string.Empty);
                _drawn = false;
            }
        }
    }

    /// <summary>The line: the activity, and as many parts as fit, the most important first.</summary>
    /// <param name="doing">The activity.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="width">Columns of the terminal; the last one stays free.</param>
    internal static string Line(string doing, IReadOnlyList<string> parts, int width)
    {
        var line = $"{doing}:";
        for (var i = 0; i < parts.Count; i++)
        {
            var longer = $"{line}{(i == 0 ? " " : ", ")}{parts[i]}";
            if (longer.Length >= width)
            {
                break;
            }

            line = longer;
        }

        return line.Length < width ? line : line[..Math.Max(0, width - 1)];
    }

    /// <summary>The parts for a packing: share and time left, bytes, rate, files.</summary>
    internal static IReadOnlyList<string> Describe(PackProgress value, TimeSpan elapsed)
    {
        var files = $"{value.Files} of {value.TotalFiles}{(value.IsTotalKnown ? string.Empty : "+")} files";
        if (value is not { IsTotalKnown: true, TotalBytes: > 0 })
        {
            return [Sizes.Human(value.Bytes), .. Rate(value.Bytes, elapsed), files];
        }

        return [.. Share(value.Bytes, value.TotalBytes, elapsed), files];
    }

    /// <summary>The parts for a transfer: share and time left, bytes, rate.</summary>
    internal static IReadOnlyList<string> Describe(TransferProgress value, TimeSpan elapsed) =>
        value.TotalBytes > 0 ? [.. Share(value.Bytes, value.TotalBytes, elapsed)] : [];

    private static IEnumerable<string> Share(long bytes, long total, TimeSpan elapsed)
    {
        const double percent = 100;
        var share = Math.Min(1, (double)bytes / total);
        string[] left = share > 0 ? [$"{Duration(elapsed * ((1 - share) / share))} left"] : [];
        string[] done = percent * share >= 1 ? [$"{percent * share:0} %"] : [];
        return [.. done, .. left, $"{Sizes.Human(bytes)} of {Sizes.Human(total)}", .. Rate(bytes, elapsed)];
    }

    private static string[] Rate(long bytes, TimeSpan elapsed) =>
        bytes > 0 && elapsed > TimeSpan.Zero ? [$"{Sizes.Human((long)(bytes / elapsed.TotalSeconds))}/s"] : [];

    private static string Duration(TimeSpan time) =>
        time.TotalSeconds < 100 ? $"{Math.Ceiling(time.TotalSeconds):0} s" : $"{Math.Ceiling(time.TotalMinutes):0} min";

    /// <param name="describe">The parts at a time; null for those of the last report.</param>
    private void Draw(Func<TimeSpan, IReadOnlyList<string>>? describe)
    {
        lock (_gate)
        {
            var elapsed = clock.GetElapsedTime(_start);
            if (!_terminal || _isOver || elapsed < _shown + Interval)
            {
                return;
            }

            _parts = describe?.Invoke(elapsed) ?? _parts;
            _shown = elapsed;
            _drawn = true;
            string[] time = describe is null ? [Duration(elapsed)] : [];
            Terminal.Error.Redraw(Line(doing, [.. _parts, .. time], Terminal.MessageWidth));
        }
    }
}
