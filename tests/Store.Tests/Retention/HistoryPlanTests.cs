using CondaFuse.Images;
using CondaFuse.Store.Retention;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Retention;

public class HistoryPlanTests
{
    private const long Mega = 1 << 20;
    private const long Hour = 3600;
    private static readonly RetentionPolicy Policy = new(Newest: 2, Hours: 24, Days: 0);

    [Fact]
    public void Generations_announced_at_one_commit_are_removed_at_the_next()
    {
        // Every hour, one commit of 10 MB that replaces the previous content.
        var history = new List<GenerationEntry>();
        var announced = new HashSet<long>();
        var removals = 0;
        for (var number = 1; number <= 200; number++)
        {
            var end = history.Sum(entry => 10 * Mega) + (10 * Mega);
            history.Insert(0, Entry(number, number * Hour, end, end - (10 * Mega)));
            var plan = HistoryPlan.Of(history, Policy, number * Hour, () => new HashSet<long>());
            Assert.Subset(announced, plan.Removed.ToHashSet());
            Assert.All(plan.Removed, removed => Assert.True(number - removed > 24));
            Assert.Equal(history.Count, plan.Kept.Count + plan.Removed.Count);
            announced.UnionWith(plan.Announced);
            if (plan.Removed.Count > 0)
            {
                removals++;
                history.RemoveAll(entry => plan.Removed.Contains(entry.Number));
                for (var index = history.Count - 1; index >= 0; index--)
                {
                    var place = (history.Count - index) * 10 * Mega;
                    history[index] = history[index] with { EndBytes = place, DeadBytes = place - (10 * Mega) };
                }
            }
        }

        Assert.InRange(removals, 5, 30);
        Assert.InRange(history.Count, 24, 40);
    }

    [Fact]
    public void An_archive_with_too_little_to_free_is_not_read()
    {
        List<GenerationEntry> history = [
            Entry(3, 1000 * Hour, 103 * Mega, 4 * Mega),
            Entry(2, 2 * Hour, 102 * Mega, 2 * Mega),
            Entry(1, Hour, 100 * Mega, 0),
        ];
        var plan = HistoryPlan.Of(history, Policy, 1000 * Hour, () => throw new InvalidOperationException());
        Assert.Empty(plan.Removed);
        Assert.Empty(plan.Announced);
    }

    [Fact]
    public void The_content_that_the_newest_generation_shares_is_not_counted()
    {
        // The first generation has all the content, and is the only one that may be removed: only its tables would be freed.
        var history = Enumerable.Range(0, 5).Select(index => Entry(5 - index, (1000 - index) * Hour, (104 - index) * Mega, 4 * Mega)).ToList();
        Assert.Empty(HistoryPlan.Of(history, new RetentionPolicy(2, 0, 0), 1000 * Hour, () => new HashSet<long>()).Announced);
    }

    [Fact]
    public void Emptied_generations_make_no_other_due()
    {
        var history = Enumerable.Range(0, 8)
            .Select(index => Entry(8 - index, (1000 - (30 * index)) * Hour, (80 - (10 * index)) * Mega, (70 - (10 * index)) * Mega))
            .ToList();
        Assert.Equal([1, 2, 3, 4, 5], HistoryPlan.Of(history, Policy, 1000 * Hour, () => new HashSet<long>()).Removed);
        var plan = HistoryPlan.Of(history, Policy, 1000 * Hour, () => new HashSet<long> { 8, 7, 6, 5, 4, 3 });
        Assert.Empty(plan.Removed);
        Assert.Empty(plan.Announced);
    }

    [Fact]
    public void An_image_of_another_tool_keeps_its_history_while_its_first_generation_must_stay()
    {
        // Three generations a day; the first one is alone on its day.
        static List<GenerationEntry> History(long first) =>
            [.. Enumerable.Range(0, 10)
                .Select(index => Entry(first + 9 - index, (1000 - (8 * index)) * Hour, (100 - (10 * index)) * Mega, (90 - (10 * index)) * Mega))];
        var daily = new RetentionPolicy(2, 0, 60);
        Assert.Equal([2, 3, 5, 6], HistoryPlan.Of(History(first: 1), daily, 1000 * Hour, () => new HashSet<long>()).Removed);
        Assert.Empty(HistoryPlan.Of(History(first: 0), daily, 1000 * Hour, () => new HashSet<long>()).Removed);
    }

    private static GenerationEntry Entry(long number, long seconds, long end, long dead) =>
        new() { Number = number, Time = new Timestamp(seconds), EndBytes = end, DeadBytes = dead };
}
