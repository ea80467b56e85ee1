using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Union;

public sealed class ConcurrencyTests : IDisposable
{
    private readonly UnionFixture _union = new();

    public void Dispose() => _union.Dispose();

    [Fact]
    public async Task Readers_see_whole_states_while_others_write_commit_and_reclaim()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        Task[] tasks =
        [
            .. Enumerable.Range(0, 3).Select(_ => Task.Run(() => Read(stop.Token))),
            Task.Run(() => Write(stop.Token)),
            Task.Run(() => Maintain(stop.Token)),
        ];
        await Task.WhenAll(tasks);
        _union.Tree.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_listing_during_the_first_change_and_a_commit_keeps_its_base(bool rewrites)
    {
        var writing = Task.CompletedTask;
        var sink = new SlowSink(() =>
        {
            writing = Task.Run(() =>
            {
                var session = new TreeSession(_union.Tree);
                session.MakeFile("first");
                if (rewrites)
                {
                    _union.Tree.Rewrite();
                }

                CommitOnce(new Timestamp(1));
            });
            Assert.False(writing.Wait(TimeSpan.FromMilliseconds(500)));
            Assert.False(_union.Base.IsDisposed);
        });
        _union.Tree.ReadDirectory(new TreeSession(_union.Tree).Find("lib/deep"), 0, sink);
        Assert.Equal(300, sink.Names);
        await writing.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.True(_union.Base.IsDisposed);
        _union.Tree.Dispose();
    }

    [Fact]
    public async Task A_lookup_that_waits_for_the_base_blocks_nobody_and_sees_changes_made_meanwhile()
    {
        using var isAsked = new ManualResetEventSlim();
        using var mayAnswer = new ManualResetEventSlim();
        var calls = 0;
        var lib = new TreeSession(_union.Tree).Find("lib");
        new TreeSession(_union.Tree).MakeFile("changed");
        _union.Base.OnLookup = name =>
        {
            if (name == "a" && Interlocked.Increment(ref calls) == 1)
            {
                isAsked.Set();
                mayAnswer.Wait();
            }
        };
        var lookup = Task.Run(() => _union.Tree.TryLookup(lib, "a"u8, out _));
        try
        {
            isAsked.Wait();
            var others = Task.Run(() =>
            {
                var session = new TreeSession(_union.Tree);
                Assert.Equal("content of b", session.Read("lib/b"));
                session.MakeFile("lib/new");
                session.Rename("lib/a", "lib/z");
            });
            await others.WaitAsync(TimeSpan.FromMinutes(2));
            Assert.False(lookup.IsCompleted);
        }
        finally
        {
            mayAnswer.Set();
        }

        Assert.False(await lookup);
    }

    private void Read(CancellationToken stop)
    {
        var session = new TreeSession(_union.Tree);
        var big = UnionFixture.Big();
        var room = new byte[5000];
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var offset = i * 7919 % (UnionFixture.BigLength - room.Length);
            Assert.Equal(room.Length, session.Tree.Read(session.Find("lib/big"), offset, room));
            Assert.True(room.AsSpan().SequenceEqual(big.AsSpan(offset, room.Length)));
            Assert.Equal("content of a", session.Read("lib/a"));
            var names = session.List("lib/deep");
            Assert.Equal(300, names.Count(name => name.StartsWith("file", StringComparison.Ordinal)));
            var content = session.Read("lib/moving");
            Assert.True(content.Length == 0 || content.Distinct().Count() == 1, content);
        }
    }

    private void Write(CancellationToken stop)
    {
        var session = new TreeSession(_union.Tree);
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            session.MakeFile($"lib/deep/new{i}");
            session.Rename($"lib/deep/new{i}", "lib/deep/newest");
            session.Write("lib/moving", 0, new string((char)('a' + (i % 26)), 100));
            session.Tree.SetAttributes(session.Find("lib/a"), new AttributeChanges { Permissions = (ushort)(i % 512) });
        }
    }

    [Fact]
    public void A_listing_continued_after_a_commit_misses_no_name()
    {
        var taken = _union.T.Entries("lib/deep", 0, 150);
        var seen = taken.Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var name in seen.Take(140))
        {
            _union.T.Unlink($"lib/deep/{name}"); // so that the later ones move forward
        }

        CommitOnce(new Timestamp(1));
        for (var after = taken[^1].Entry.Cookie; _union.T.Entries("lib/deep", after, 20) is { Count: > 0 } next; after = next[^1].Entry.Cookie)
        {
            seen.UnionWith(next.Select(entry => entry.Name));
        }

        Assert.Equal(300, seen.Count);
    }

    [Fact]
    public async Task Listings_during_commits_miss_no_name()
    {
        var rest = Enumerable.Range(100, 200).Select(number => $"file{number}").ToList();
        var committing = Task.Run(() =>
        {
            var session = new TreeSession(_union.Tree);
            for (var round = 0; round < 20; round++)
            {
                session.Unlink($"lib/deep/file{round}");
                CommitOnce(new Timestamp(round));
            }
        });
        do
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (ulong after = 0; _union.T.Entries("lib/deep", after, 7) is { Count: > 0 } next; after = next[^1].Entry.Cookie)
            {
                seen.UnionWith(next.Select(entry => entry.Name));
            }

            Assert.Empty(rest.Except(seen, StringComparer.Ordinal));
        }
        while (!committing.IsCompleted);
        await committing;
    }

    private void Maintain(CancellationToken stop)
    {
        for (var i = 1; !stop.IsCancellationRequested; i++)
        {
            _union.Tree.Rewrite();
            CommitOnce(new Timestamp(i));
            if (i == 1)
            {
                Assert.True(_union.Base.IsDisposed);
            }
        }
    }

    private void CommitOnce(Timestamp time)
    {
        using var commit = _union.Tree.BeginCommit(isLast: false);
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(_union.ImagePath)!)!;
        var options = new CommitOptions { Threads = 1, Time = time, MergedSegment = commit.Segment };
        var generation = SquashFsCommit.Append(
            folder, Path.GetFileName(_union.ImagePath), commit.Tree, options, progress: null, CancellationToken.None)
            .Info.Generation;
        commit.Complete(SquashFsTree.Open(_union.ImagePath), generation);
    }

    /// <summary>Calls an action when it receives the first name.</summary>
    private sealed class SlowSink(Action first) : IDirectorySink
    {
        public int Names { get; private set; }

        public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
        {
            if (Names++ == 0)
            {
                first();
            }

            return true;
        }
    }
}
