using CondaFuse.Images;

namespace CondaFuse.Store.Retention;

/// <summary>
/// The generations that an archive's background compaction removes: those that the policy no longer keeps, and that the commit before the last one
/// announced.
/// </summary>
/// <param name="Kept">The numbers of the generations to keep.</param>
/// <param name="Removed">The numbers of the generations to remove now, in ascending order; empty if that would free too little.</param>
/// <param name="Announced">The numbers of the generations that the next commit will remove, and that were not announced before.</param>
/// <param name="Bytes">The maximum number of bytes that the removal frees; if nothing is removed now, those that the announced removal will
/// free.</param>
public sealed record HistoryPlan(IReadOnlySet<long> Kept, IReadOnlyList<long> Removed, IReadOnlyList<long> Announced, long Bytes)
{
    /// <summary>More than one of this many equal parts of the file must be freed.</summary>
    private const int Share = 3;

    /// <summary>Fewer bytes are not worth it.</summary>
    private const long MinimumBytes = 8 << 20;

    /// <summary>Creates the plan, mostly from the records of the generations; this runs at each unmount.</summary>
    /// <param name="image">Canonical path of the archive.</param>
    /// <param name="policy">Which generations to keep.</param>
    /// <param name="now">The current time in seconds since 1970.</param>
    /// <exception cref="ImageException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static HistoryPlan Read(string image, RetentionPolicy policy, long now)
    {
        var history = ImageTree.HasGenerations(image) ? ImageHistory.Read(image) : [];
        return Of(history, policy, now, () => EnvironmentMark.FindEmptied(image, [.. history.Select(entry => entry.Number)]));
    }

    /// <summary>Whether freeing this many bytes of a file is worth rewriting it.</summary>
    public static bool IsWorth(long bytes, long length) => bytes >= MinimumBytes && bytes > length / Share;

    /// <param name="history">The generations, the newest first.</param>
    /// <param name="policy">Which generations to keep.</param>
    /// <param name="now">The current time in seconds since 1970.</param>
    /// <param name="findEmptied">Finds the generations that no longer hold an environment. Called only if something could be removed, because it
    /// reads all of them.</param>
    internal static HistoryPlan Of(IReadOnlyList<GenerationEntry> history, RetentionPolicy policy, long now, Func<IReadOnlySet<long>> findEmptied)
    {
        var nothing = new HistoryPlan(history.Select(entry => entry.Number).ToHashSet(), [], [], 0);
        if (!IsDue(history, policy, now, new HashSet<long>()))
        {
            return nothing;
        }

        var emptied = findEmptied();
        var dueNow = Due(history, policy, now, emptied);
        var earlier = history.Skip(1).ToList();
        var before = earlier.Count > 0 ? earlier[0].Time.Seconds : now;
        var dueBefore = IsDue(earlier, policy, before, emptied) ? Due(earlier, policy, before, emptied) : [];
        var removed = dueBefore.Where(dueNow.Contains).ToList();
        if (FreedBytes(history, removed) is var freed && !IsWorth(freed, history[0].EndBytes))
        {
            removed = [];
        }

        var announced = IsDue(history, policy, now, emptied) ? dueNow.Except(dueBefore).Except(removed).Order().ToList() : [];
        return removed.Count + announced.Count == 0
            ? nothing
            : new HistoryPlan(
                nothing.Kept.Except(removed).ToHashSet(), [.. removed.Order()], announced, removed.Count > 0 ? freed : FreedBytes(history, dueNow));
    }

    /// <summary>Whether a commit could remove so much that it announced the removal.</summary>
    private static bool IsDue(IReadOnlyList<GenerationEntry> history, RetentionPolicy policy, long now, IReadOnlySet<long> emptied) =>
        history.Count > 1 && IsWorth(FreedBytes(history, Due(history, policy, now, emptied)), history[0].EndBytes);

    /// <summary>
    /// The generations that the policy does not keep. Another tool's generation has no record, and must be removed together with any later one.
    /// </summary>
    private static List<long> Due(IReadOnlyList<GenerationEntry> history, RetentionPolicy policy, long now, IReadOnlySet<long> emptied)
    {
        var kept = policy.Keep([.. history.Select(entry => RetainedGeneration.Of(entry, emptied))], now);
        return kept.Contains(0) ? [] : [.. history.Select(entry => entry.Number).Where(number => !kept.Contains(number))];
    }

    /// <summary>An upper bound: the size that these generations appended, limited to what the newest one does not need.</summary>
    private static long FreedBytes(IReadOnlyList<GenerationEntry> history, IReadOnlyCollection<long> removed)
    {
        var appended = 0L;
        for (var index = 0; index < history.Count; index++)
        {
            var start = index + 1 < history.Count ? history[index + 1].EndBytes : 0;
            appended += removed.Contains(history[index].Number) ? history[index].EndBytes - start : 0;
        }

        return history.Count == 0 ? 0 : Math.Min(appended, history[0].DeadBytes);
    }
}
