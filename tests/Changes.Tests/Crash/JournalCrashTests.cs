using CondaFuse.Tests.Shared;
using Xunit.Abstractions;

namespace CondaFuse.Changes.Tests.Crash;

public sealed class JournalCrashTests(ITestOutputHelper output)
{
    /// <summary>Number of workloads in CI.</summary>
    private const int Share = 40;

    [Fact]
    public void After_a_crash_at_any_point_all_synced_changes_exist_and_nothing_else()
    {
        var replays = 0;
        for (var seed = 1; seed <= CrashRounds.Count(Share); seed++)
        {
            var workload = new JournalWorkload(StoredImage.NewStorage(), JournalWorkload.FirstImage, seed);
            replays += CrashEverywhere(workload, seed, depth: 2);
        }

        output.WriteLine($"{CrashRounds.Count(Share)} workloads, {replays} crashes");
    }

    /// <summary>Runs a workload and crashes after every event in its record; continues after some of the crashes, and crashes again.</summary>
    private static int CrashEverywhere(JournalWorkload workload, int seed, int depth)
    {
        var random = new Random(seed);
        var disk = new CrashDisk(workload.Storage);
        workload.Run(depth == 2 ? 30 : 12);
        var replays = 0;
        for (var events = 0; events <= workload.Storage.Events.Count; events++)
        {
            if (events > 0)
            {
                disk.Follow(workload.Storage.Events[events - 1]);
            }

            foreach (var crash in Enum.GetValues<CrashKind>())
            {
                replays++;
                var after = disk.After(crash, random);
                var found = Recover(after, workload, $"workload {seed}, {crash} behind event {events} of {workload.Storage.Events.Count}");
                Assert.True(
                    workload.Timeline.Allows(found.Digest, events, crash, out var expected),
                    $"workload {seed}, {crash} behind event {events} of {workload.Storage.Events.Count}: {expected}");
                if (depth > 1 && random.Next(40) == 0)
                {
                    replays += CrashEverywhere(new JournalWorkload(after, workload.Images, random.Next()), random.Next(), depth - 1);
                }
            }
        }

        return replays;
    }

    private static KeyedState Recover(RecordedStorage storage, JournalWorkload workload, string where)
    {
        try
        {
            return JournalWorkload.Recover(storage, workload.Images);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(where, e);
        }
    }
}
