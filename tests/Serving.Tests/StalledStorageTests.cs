using System.Diagnostics;
using CondaFuse.Tests.Shared;
using Xunit.Abstractions;

namespace CondaFuse.Serving.Tests;

/// <summary>
/// Changes that wait for the storage do not delay reads, lookups and listings. The output compares their times, which are not checked because they
/// depend on the load: <c>dotnet test --logger "console;verbosity=detailed"</c>.
/// </summary>
public sealed class StalledStorageTests(ITestOutputHelper output)
{
    private const int Files = 100;
    private const string Warming = "warming", Before = "before", Meanwhile = "meanwhile";
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(2);

    [MountFact]
    public Task Other_requests_are_answered_while_one_creation_waits() => AssertAnswered(creators: 1);

    [MountFact]
    public Task Other_requests_are_answered_while_more_creations_wait_than_initial_workers() => AssertAnswered(creators: 10);

    private async Task AssertAnswered(int creators)
    {
        var tree = new MemoryTree();
        foreach (var folder in new[] { Warming, Before, Meanwhile })
        {
            tree.AddDirectory(folder);
            for (var number = 0; number < Files; number++)
            {
                tree.AddFile($"{folder}/{number}", new byte[20_000]);
            }
        }

        for (var number = 0; number < creators; number++)
        {
            tree.AddDirectory($"d{number}");
        }

        using var release = new ManualResetEventSlim();
        using var waiting = new SemaphoreSlim(0);
        using var mount = new ChangedMount(new NumberedMemoryTree(tree));
        await ReadAll(mount, Warming);
        var before = await ReadAll(mount, Before);
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
            var meanwhile = await ReadAll(mount, Meanwhile);
            output.WriteLine($"{Files} files: {before.TotalMilliseconds:F1} ms, {meanwhile.TotalMilliseconds:F1} ms while {creators} creations wait");
            Assert.DoesNotContain(creating, creation => creation.IsCompleted);
        }
        finally
        {
            release.Set();
        }

        await Task.WhenAll(creating).WaitAsync(Patient);
        Assert.Empty(mount.Mounted.Logged);
    }

    /// <returns>How long it took.</returns>
    private static async Task<TimeSpan> ReadAll(ChangedMount mount, string folder)
    {
        var start = Stopwatch.GetTimestamp();
        await Begin(() =>
        {
            Assert.Equal(Files, Directory.GetFiles(mount.At(folder)).Length);
            for (var number = 0; number < Files; number++)
            {
                Assert.Equal(20_000, File.ReadAllBytes(mount.At($"{folder}/{number}")).Length);
                Assert.False(File.Exists(mount.At($"{folder}/missing-{number}")));
            }
        }).WaitAsync(Patient);
        return Stopwatch.GetElapsedTime(start);
    }

    private static Task Begin(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
