using CondaFuse.Changes.Union;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Crash;

/// <summary>A storage that fails at each call of a workload on a tree in turn.</summary>
public sealed class TreeFaultTests
{
    private const int Workloads = 3;
    private const int Steps = 25;

    [Theory]
    [InlineData(Errno.ENOSPC, 1, TreeFailure.NoSpace)]
    [InlineData(Errno.EDQUOT, 2, TreeFailure.QuotaExceeded)]
    [InlineData(Errno.EIO, 3, TreeFailure.Storage)]
    [InlineData(Errno.EROFS, 1, TreeFailure.ReadOnly)]
    public void A_failed_operation_changes_nothing_and_later_ones_succeed(Errno errno, int times, TreeFailure expected)
    {
        var failures = 0;
        for (var seed = 1; seed <= Workloads; seed++)
        {
            for (var call = 0; RunWithFault(seed, call, times, errno, expected, ref failures); call++)
            {
            }
        }

        Assert.True(failures > 30, $"{failures} failures");
    }

    /// <returns>False if the workload ended before the fault.</returns>
    private static bool RunWithFault(int seed, int call, int times, Errno errno, TreeFailure expected, ref int failures)
    {
        var workload = new TreeWorkload(StoredImage.NewStorage(), TreeWorkload.FirstImage, seed);
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
                var isTold = e.Failure == expected
                    || e.Failure == TreeFailure.Storage
                    || (failed.Count == before && e.Failure == TreeFailure.ReadOnly);
                Assert.True(isTold, $"{where}: {e.Failure}");
                workload.AssertUnseen();
                Assert.Equal(workload.Digest, Shown(workload));
                if (failed.Count == before)
                {
                    Assert.True(failed.Exists(kind => kind is StorageEventKind.SyncFile or StorageEventKind.SyncFolder), where);
                    failed.Clear();
                    workload.Remount();
                }
            }
        }

        Assert.Equal(workload.Digest, Shown(workload));
        return calls > call;
    }

    private static ulong Shown(TreeWorkload workload)
    {
        using ChangedTree tree = TreeWorkload.Mount(workload.Storage, workload.Images, 0, new TestClock());
        return new TreeDigest(tree).Value;
    }
}
