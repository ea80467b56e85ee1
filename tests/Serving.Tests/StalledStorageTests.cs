using CondaFuse.Tests.Shared;

namespace CondaFuse.Serving.Tests;

/// <summary>Changes that wait for the storage do not delay reads, lookups and listings.</summary>
public sealed class StalledStorageTests
{
    private const int Files = 100;
    private static readonly TimeSpan Patient = TimeSpan.FromSeconds(20);

    [MountFact]
    public Task Other_requests_are_answered_while_one_creation_waits() => AssertAnswered(creators: 1);

    [MountFact]
    public Task Other_requests_are_answered_while_more_creations_wait_than_initial_workers() => AssertAnswered(creators: 10);

    private static async Task AssertAnswered(int creators)
    {
        var tree = new MemoryTree();
        tree.AddDirectory("files");
        for (var number = 0; number < Files; number++)
        {
            tree.AddFile($"files/{number}", new byte[20_000]);
        }

        for (var number = 0; number < creators; number++)
        {
            tree.AddDirectory($"d{number}");
        }

        using var release = new ManualResetEventSlim();
        using var waiting = new SemaphoreSlim(0);
        using var mount = new ChangedMount(new NumberedMemoryTree(tree));
        mount.Store.Fails = () =>
        {
            waiting.Release();
            release.Wait();
            return null;
        };
        var creating = Enumerable.Range(0, creators).Select(number => Begin(() => File.WriteAllText(mount.At($"d{number}/new"), "x"))).ToList();
        try
        {
            Assert.True(await waiting.WaitAsync(Patient));
            await Begin(() => ReadAll(mount)).WaitAsync(Patient);
            Assert.DoesNotContain(creating, creation => creation.IsCompleted);
        }
        finally
        {
            release.Set();
        }

        await Task.WhenAll(creating).WaitAsync(Patient);
        Assert.Empty(mount.Mounted.Logged);
    }

    private static void ReadAll(ChangedMount mount)
    {
        Assert.Equal(Files, Directory.GetFiles(mount.At("files")).Length);
        for (var number = 0; number < Files; number++)
        {
            Assert.Equal(20_000, File.ReadAllBytes(mount.At($"files/{number}")).Length);
            Assert.False(File.Exists(mount.At($"files/missing-{number}")));
        }
    }

    private static Task Begin(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
