using CondaFuse.Tests.Shared;
using Xunit.Abstractions;

namespace CondaFuse.Changes.Tests.Crash;

public sealed class TreeCrashTests(ITestOutputHelper output)
{
    /// <summary>Number of workloads in CI.</summary>
    private const int Share = 15;

    [Fact]
    public void After_a_crash_at_any_point_the_tree_has_a_state_at_or_after_the_last_sync()
    {
        var mounts = 0;
        for (var seed = 1; seed <= CrashRounds.Count(Share); seed++)
        {
            mounts += CrashEverywhere(new TreeWorkload(StoredImage.NewStorage(), TreeWorkload.FirstImage, seed), seed, depth: 2);
        }

        output.WriteLine($"{CrashRounds.Count(Share)} workloads, {mounts} crashes");
    }

    private static int CrashEverywhere(TreeWorkload workload, int seed, int depth)
    {
        var random = new Random(seed);
        var disk = new CrashDisk(workload.Storage);
        workload.Run(depth == 2 ? 30 : 12);
        var mounts = 0;
        for (var events = 0; events <= workload.Storage.Events.Count; events++)
        {
            if (events > 0)
            {
                disk.Follow(workload.Storage.Events[events - 1]);
            }

            foreach (var crash in Enum.GetValues<CrashKind>())
            {
                mounts++;
                var where = $"workload {seed}, {crash} behind event {events} of {workload.Storage.Events.Count}";
                var after = disk.After(crash, random);
                Assert.True(workload.Timeline.Allows(Digest(after, workload, where), events, crash, out var expected), $"{where}: {expected}");
                if (depth > 1 && random.Next(60) == 0)
                {
                    mounts += CrashEverywhere(new TreeWorkload(after, workload.Images, random.Next()), random.Next(), depth - 1);
                }
            }
        }

        return mounts;
    }

    private static ulong Digest(RecordedStorage storage, TreeWorkload workload, string where)
    {
        try
        {
            using var tree = TreeWorkload.Mount(storage, workload.Images, 0, new TestClock());
            return new TreeDigest(tree).Value;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(where, e);
        }
    }
}
