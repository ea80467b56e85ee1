using System.Diagnostics;
using System.Text;
using CondaFuse.Changes.Union;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;
using Xunit.Abstractions;

namespace CondaFuse.Changes.Tests.Journal;

/// <summary>Prints how long many operations take; only the results are asserted, not the times.</summary>
public sealed class SpeedTests(ITestOutputHelper output) : IDisposable
{
    private const int Count = 100_000;
    private readonly string _root = Directory.CreateTempSubdirectory("condafuse-speed-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_hundred_thousand_changes_are_appended_and_replayed()
    {
        var folder = new TestFolder(new DiskStorage(), Path.Combine(_root, "env.changes"));
        using (var store = folder.Open())
        using (var tree = ChangedTree.Open(new EmptyNumberedTree(), store, TimeProvider.System))
        {
            Measure("appended and applied", () => Fill(tree));
            Measure("synced", tree.Sync);
        }

        var counter = new Counter();
        using (var store = folder.Open())
        {
            Measure("replayed", () => store.Replay(counter));
            output.WriteLine($"{store.Summary}");
        }

        Assert.Equal(Count, counter.Count);
        Measure("opened and replayed into a tree", () =>
        {
            using var tree = ChangedTree.Open(new EmptyNumberedTree(), folder.Open(), TimeProvider.System);
            Assert.True(tree.HasChanges);
        });
    }

    /// <summary>Like an installer: creates a file, its content, its time, its permissions.</summary>
    private static void Fill(ChangedTree tree)
    {
        var content = new byte[500];
        var directory = NodeId.Root;
        for (var change = 0; change < Count;)
        {
            if (change % 4000 == 0)
            {
                directory = tree.Create(
                    NodeId.Root, Encoding.ASCII.GetBytes($"package{change}"), new NewEntry(EntryKind.Directory, 0x1ED, 1000, 1000)).Node;
                change++;
                tree.SetAttributes(directory, new AttributeChanges { Permissions = 0x1ED });
                change++;
                tree.SetAttributes(directory, new AttributeChanges { Permissions = 0x1FD });
                change++;
                tree.SetAttributes(directory, new AttributeChanges { Permissions = 0x1ED });
                change++;
                continue;
            }

            var file = tree.Create(
                directory, Encoding.ASCII.GetBytes($"module_{change}.cpython-311.pyc"), new NewEntry(EntryKind.File, 0x1A4, 1000, 1000)).Node;
            tree.Write(file, 0, content, clearSetId: false);
            tree.SetAttributes(file, new AttributeChanges { Modified = new Timestamp(1_700_000_000, (uint)change) });
            tree.SetAttributes(file, new AttributeChanges { Permissions = 0x1A4 });
            change += 4;
        }
    }

    private void Measure(string what, Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        output.WriteLine($"{Count} changes {what}: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");
    }

    private sealed class Counter : IChangeSink
    {
        public int Count { get; private set; }

        public void Apply(in Change change) => Count++;
    }
}
