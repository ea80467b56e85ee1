using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Crash;

/// <summary>A storage that fails at each call of a workload in turn.</summary>
public sealed class JournalFaultTests
{
    private const int Workloads = 12;
    private const int Steps = 20;

    [Theory]
    [InlineData(Errno.ENOSPC, 1, TreeFailure.NoSpace)]
    [InlineData(Errno.ENOSPC, 3, TreeFailure.NoSpace)]
    [InlineData(Errno.EDQUOT, 1, TreeFailure.QuotaExceeded)]
    [InlineData(Errno.EDQUOT, 3, TreeFailure.QuotaExceeded)]
    [InlineData(Errno.EIO, 1, TreeFailure.Storage)]
    [InlineData(Errno.EIO, 3, TreeFailure.Storage)]
    public void A_failed_operation_changes_nothing_and_later_ones_succeed(Errno errno, int times, TreeFailure expected)
    {
        var failures = 0;
        for (var seed = 1; seed <= Workloads; seed++)
        {
            for (var call = 0; RunWithFault(seed, call, times, errno, expected, ref failures); call++)
            {
            }
        }

        Assert.True(failures > 100, $"{failures} failures");
    }

    /// <returns>False if the workload ended before the fault.</returns>
    private static bool RunWithFault(int seed, int call, int times, Errno errno, TreeFailure expected, ref int failures)
    {
        var workload = new JournalWorkload(StoredImage.NewStorage(), JournalWorkload.FirstImage, seed);
        var calls = 0;
        var failed = new List<StorageEventKind>();
        workload.Storage.Fails = made =>
        {
            if (made.File == StoredImage.File || calls++ is var number && (number < call || number >= call + times))
            {
                return Errno.None;
            }

            failed.Add(made.Kind);
            return errno;
        };
        if (times == 1)
        {
            // Completely written: it does not count only because it is removed again.
            workload.Storage.WrittenBeforeFailing = length => length;
        }

        for (var step = 0; step < Steps; step++)
        {
            var before = failed.Count;
            try
            {
                workload.Step();
            }
            catch (TreeException e)
            {
                var where = $"workload {seed}, step {step}, call {call}: {e.Message}";
                failures++;
                Assert.True(e.Failure == expected || (failed.Count == before && e.Failure == TreeFailure.ReadOnly), where);
                Assert.Equal(workload.Digest, JournalWorkload.Recover(workload.Storage, workload.Images).Digest);
                if (failed.Count == before)
                {
                    // No call failed now: the log does not trust its storage after a failed sync, or after failing to put a segment in force.
                    Assert.True(failed.Exists(kind => kind is StorageEventKind.SyncFile or StorageEventKind.SyncFolder), where);
                    failed.Clear();
                    workload.Remount();
                }
            }
        }

        Assert.Equal(workload.Digest, JournalWorkload.Recover(workload.Storage, workload.Images).Digest);
        return calls > call;
    }
}
