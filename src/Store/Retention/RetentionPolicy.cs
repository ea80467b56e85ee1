using System.Globalization;
using CondaFuse.Images;

namespace CondaFuse.Store.Retention;

/// <summary>Which generations of an archive may not be removed without the user's request.</summary>
/// <param name="Newest">The number of newest generations to keep: at least 2, so that the last commit can be undone.</param>
/// <param name="Hours">Keep all generations of this many hours.</param>
/// <param name="Days">Keep the last generation of each of this many days (UTC).</param>
public sealed record RetentionPolicy(int Newest, int Hours, int Days)
{
    private const int FewestNewest = 2;
    private const long SecondsPerHour = 3600;
    private const long SecondsPerDay = 24 * SecondsPerHour;
    private const string Everything = "all";

    /// <summary>The default policy.</summary>
    public static RetentionPolicy Default { get; } = new(Newest: 10, Hours: 48, Days: 30);

    /// <summary>Keeps everything.</summary>
    public static RetentionPolicy KeepAll { get; } = new(int.MaxValue, 0, 0);

    /// <summary>
    /// Parses a policy: <c>all</c>, or a number of generations, of hours and of days, as in <c>10,48h,30d</c>. Missing parts have the default value.
    /// </summary>
    /// <returns>Null if it is invalid.</returns>
    public static RetentionPolicy? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text == Everything)
        {
            return KeepAll;
        }

        var (newest, hours, days) = ((int?)null, (int?)null, (int?)null);
        foreach (var part in text.Split(','))
        {
            ref var value = ref newest;
            var digits = part.AsSpan().Trim();
            if (digits.EndsWith("h"))
            {
                value = ref hours;
                digits = digits[..^1];
            }
            else if (digits.EndsWith("d"))
            {
                value = ref days;
                digits = digits[..^1];
            }

            if (value is not null || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            value = number;
        }

        return newest < FewestNewest ? null : new RetentionPolicy(newest ?? Default.Newest, hours ?? Default.Hours, days ?? Default.Days);
    }

    /// <summary>
    /// The numbers of the generations to keep. Emptied generations are kept by the same rules, but are not counted among the newest or as the last
    /// of a day. Always kept are the newest generation, the newest one that is not emptied, and the one that a kept rollback undid.
    /// </summary>
    /// <param name="history">All generations, the newest first.</param>
    /// <param name="now">The current time in seconds since 1970. A generation with a later time counts as current.</param>
    public IReadOnlySet<long> Keep(IReadOnlyList<RetainedGeneration> history, long now)
    {
        ArgumentNullException.ThrowIfNull(history);
        var kept = new HashSet<long>();
        var filled = 0;
        var days = new HashSet<(long, bool)>();
        for (var index = 0; index < history.Count; index++)
        {
            var generation = history[index];
            var time = Math.Min(generation.Seconds, now);
            var age = now - time;
            var day = FloorDivide(time, SecondsPerDay);
            var isLastOfDay = days.Add((day, generation.IsEmptied)) && FloorDivide(now, SecondsPerDay) - day < Days;
            var wasUndone = index > 0 && history[index - 1] is { IsRollback: true } rollback && kept.Contains(rollback.Number);
            if (index == 0 || filled < Newest || age < Hours * SecondsPerHour || isLastOfDay || wasUndone)
            {
                kept.Add(generation.Number);
            }

            filled += generation.IsEmptied ? 0 : 1;
        }

        return kept;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        this == KeepAll ? Everything : string.Create(CultureInfo.InvariantCulture, $"{Newest},{Hours}h,{Days}d");

    private static long FloorDivide(long value, long by) => (value / by) - (value % by < 0 ? 1 : 0);
}

/// <summary>The properties of a generation that matter to the retention policy.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Seconds">Time of the commit in seconds since 1970.</param>
/// <param name="IsRollback">Whether it restores an earlier one.</param>
/// <param name="IsEmptied">Whether it holds no environment although an earlier generation does.</param>
public readonly record struct RetainedGeneration(long Number, long Seconds, bool IsRollback = false, bool IsEmptied = false)
{
    /// <summary>Reads them from an image's history.</summary>
    /// <param name="entry">The generation.</param>
    /// <param name="emptied">The numbers of the emptied generations.</param>
    public static RetainedGeneration Of(GenerationEntry entry, IReadOnlySet<long> emptied)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(emptied);
        return new RetainedGeneration(entry.Number, entry.Time.Seconds, entry.Restored is not null, emptied.Contains(entry.Number));
    }
}
