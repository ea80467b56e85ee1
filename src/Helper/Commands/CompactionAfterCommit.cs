using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Retention;
using CondaFuse.Tree;

namespace CondaFuse.Helper.Commands;

/// <summary>After a commit: announces which old generations the next commit removes, and removes those that were announced before.</summary>
internal static class CompactionAfterCommit
{
    private const string Variable = "CONDA_FUSE_COMPACT";

    /// <summary>From this size on, data of earlier generations is mentioned, and again each time that it has grown by this size.</summary>
    private const long LargeHistory = 1L << 30;

    /// <summary>Begins a compaction in the background if one is due and possible.</summary>
    /// <param name="session">The variables and paths.</param>
    /// <param name="archive">Path of the archive, which is not mounted.</param>
    /// <param name="mountPoint">Its mount point: later failures go to that log.</param>
    /// <returns>A note for the user; null if there is none.</returns>
    public static string? Begin(Session session, string archive, string mountPoint)
    {
        if (session.Variable(Variable) is { } setting and not "auto")
        {
            return setting == "off" ? null : $"no old generation is removed: {Settings.Mistake(session, Variable)}";
        }

        if (Retention.Policy(session) is not { } policy)
        {
            return $"no old generation is removed: {Settings.Mistake(session, Retention.Variable)}";
        }

        try
        {
            var image = CanonicalPath.Resolve(archive);
            var name = Path.GetFileNameWithoutExtension(image);
            var plan = HistoryPlan.Read(image, policy, session.Clock.GetUtcNow().ToUnixTimeSeconds());
            return plan switch
            {
                { Removed.Count: > 0 } => Remove(session, image, name, plan, mountPoint),
                { Announced.Count: > 0 } =>
                    $"the next commit of '{name}' removes {Generations(plan.Announced)}, which frees up to {Sizes.Human(plan.Bytes)}; "
                        + $"{Retention.Variable}=all keeps everything",
                _ => LargeHistoryNote(image, name),
            };
        }
        catch (Exception failure) when (failure is TreeException or StoreException or PlatformException or IOException or UnauthorizedAccessException)
        {
            return $"cannot check {archive} for old generations: {failure.Message}";
        }
    }

    /// <summary>Formats numbers as <c>generations 1, 2 and 5</c>, with ranges shortened: <c>generations 1 to 5</c>.</summary>
    internal static string Generations(IReadOnlyList<long> numbers)
    {
        var ranges = new List<string>();
        for (var first = 0; first < numbers.Count;)
        {
            var last = first;
            while (last + 1 < numbers.Count && numbers[last + 1] == numbers[last] + 1)
            {
                last++;
            }

            var isRange = last - first >= 2;
            ranges.AddRange(
                isRange ? [$"{numbers[first]} to {numbers[last]}"] : numbers.Skip(first).Take(last - first + 1).Select(number => $"{number}"));
            first = last + 1;
        }

        var listed = ranges.Count > 1 ? $"{string.Join(", ", ranges.SkipLast(1))} and {ranges[^1]}" : ranges[0];
        return $"generation{(numbers.Count == 1 ? string.Empty : "s")} {listed}";
    }

    private static string? Remove(Session session, string image, string name, HistoryPlan plan, string mountPoint)
    {
        if (!BackgroundCompaction.IsPossible(image) || (Identity.IsRoot && !Identity.IsInitialNamespace))
        {
            return $"{Generations(plan.Removed)} of '{name}' can be removed, which frees up to {Sizes.Human(plan.Bytes)}: condafuse "
                + $"compact {ShellArgument.Of(name)} --expired";
        }

        return new CompactionLauncher(Session.Program, session.EnvironmentBlock, session.Layout).Start(image, mountPoint)
            ? $"compacting '{name}' in the background: frees up to {Sizes.Human(plan.Bytes)}; removes {Generations(plan.Removed)}"
                + (plan.Announced.Count > 0 ? $"; the next commit may remove {Generations(plan.Announced)}" : string.Empty)
            : null;
    }

    /// <summary>A note that the history is large, once for each further GiB.</summary>
    private static string? LargeHistoryNote(string image, string name)
    {
        if (!ImageTree.HasGenerations(image) || ImageHistory.Read(image) is not [var newest, var before, ..])
        {
            return null;
        }

        return newest.DeadBytes / LargeHistory > before.DeadBytes / LargeHistory
            ? $"earlier generations of '{name}' use {Sizes.Human(newest.DeadBytes)} of {Sizes.Human(newest.EndBytes)}; to keep the newest "
                + $"three: condafuse compact {ShellArgument.Of(name)} --keep 3"
            : null;
    }
}
