using CondaFuse.Changes.Tests.Contract;
using CondaFuse.Tree;

namespace CondaFuse.Changes.Tests.Union;

public sealed class MaintenanceTests : IDisposable
{
    private readonly UnionFixture _union = new();

    private TreeSession T => _union.T;

    public void Dispose() => _union.Dispose();

    [Fact]
    public void Changes_are_synced_within_five_seconds_and_nothing_is_scheduled_without_any()
    {
        T.Read("lib/a");
        Assert.Equal(0, _union.Clock.ActiveTimers);
        T.MakeFile("x");
        Assert.Equal(1, _union.Clock.ActiveTimers);
        _union.Clock.Advance(TimeSpan.FromSeconds(4));
        T.MakeFile("y");
        Assert.Equal(0, _union.Store.Syncs);
        _union.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 0), (_union.Store.Syncs, _union.Clock.ActiveTimers));
        T.MakeFile("z");
        T.Tree.Sync();
        Assert.Equal((2, 0), (_union.Store.Syncs, _union.Clock.ActiveTimers));
        _union.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(2, _union.Store.Syncs);
    }

    [Fact]
    public void After_64_megabytes_a_sync_starts_at_once()
    {
        var file = T.MakeFile("x").Node;
        for (var i = 0; i < 64; i++)
        {
            _union.Clock.Advance(TimeSpan.Zero);
            Assert.Equal(0, _union.Store.Syncs);
            T.Tree.Write(file, (long)i << 20, new byte[1 << 20], clearSetId: false);
        }

        _union.Clock.Advance(TimeSpan.Zero);
        Assert.Equal(1, _union.Store.Syncs);
    }

    [Fact]
    public void The_next_sync_reports_a_failed_background_sync()
    {
        T.MakeFile("x");
        _union.Store.Fails = () => new TreeException(TreeFailure.Storage, "broken");
        _union.Clock.Advance(TimeSpan.FromSeconds(5));
        _union.Store.Fails = () => null;
        Assert.Equal(TreeFailure.Storage, Assert.Throws<TreeException>(T.Tree.Sync).Failure);
        T.Tree.Sync();
    }

    [Fact]
    public void Dead_content_is_freed_and_entries_without_names_survive()
    {
        var open = T.MakeFile("gone", "still read").Node;
        T.Unlink("gone");
        var unnamed = T.Tree.CreateUnnamed(NodeId.Root, new NewEntry(EntryKind.File, 0x180, 1, 2)).Node;
        T.Tree.Write(unnamed, 0, "to be named"u8, clearSetId: false);
        var imageFile = T.Find("lib/b");
        T.Unlink("lib/b");
        foreach (var name in T.List("lib/deep"))
        {
            T.Unlink($"lib/deep/{name}");
        }

        T.RemoveDirectory("lib/deep");
        var text = "";
        for (var i = 0; i < 60; i++)
        {
            T.Write("lib/big", 0, new string((char)('a' + (i % 26)), 1 << 20));
            text = _union.Text();
            _union.Clock.Advance(TimeSpan.Zero);
            Assert.Equal(text, _union.Text());
            Assert.True(_union.Store.DataLength <= 11 << 20, $"{_union.Store.DataLength} bytes");
        }

        Assert.InRange(_union.Store.Replacements, 5, 10);
        Assert.Equal("still read", T.Read(open));
        Assert.Equal("content of b", T.Read(imageFile));
        Assert.Equal(0u, T.Tree.GetAttributes(open).LinkCount);
        Assert.ThrowsAny<TreeException>(() => T.Tree.Link(open, NodeId.Root, "back"u8));
        T.Tree.Link(unnamed, NodeId.Root, "named"u8);
        T.Tree.SetAttributes(open, new AttributeChanges { Permissions = 0x1FF });
        text = _union.Text();
        _union.Reopen();
        Assert.Equal(text, _union.Text());
        Assert.Equal("to be named", _union.T.Read("named"));
    }

    [Fact]
    public void A_forgotten_file_is_freed_without_another_change()
    {
        var file = T.MakeFile("x").Node;
        T.Tree.Write(file, 0, new byte[20 << 20], clearSetId: false);
        T.Unlink("x");
        _union.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(20 << 20, _union.Store.DataLength);
        T.Tree.Forget(file);
        _union.Clock.Advance(TimeSpan.Zero);
        Assert.Equal(0, _union.Store.DataLength);
        _union.Clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal((1, 0), (_union.Store.Replacements, _union.Clock.ActiveTimers));
    }

    [Fact]
    public void Live_records_are_not_rewritten_repeatedly()
    {
        for (var i = 0; i < 300; i++)
        {
            T.Tree.SetXattr(T.Find($"lib/deep/file{i}"), "user.x"u8, new byte[60_000], XattrMode.Any);
        }

        for (var i = 0; i < 100; i++)
        {
            T.Tree.SetAttributes(T.Find("lib/a"), new AttributeChanges { Permissions = (ushort)i });
            _union.Clock.Advance(TimeSpan.Zero);
        }

        Assert.InRange(_union.Store.Replacements, 0, 1);
    }

    [Fact]
    public void A_failure_to_free_dead_content_affects_nothing_else()
    {
        var file = T.MakeFile("x").Node;
        for (var i = 0; i < 11; i++)
        {
            T.Tree.Write(file, 0, new byte[1 << 20], clearSetId: false);
        }

        _union.Store.Fails = () => new TreeException(TreeFailure.NoSpace, "full");
        _union.Clock.Advance(TimeSpan.Zero);
        _union.Store.Fails = () => null;
        Assert.Equal(TreeFailure.NoSpace, _union.Tree.ReclaimFailure?.Failure);
        Assert.Equal(0, _union.Store.Replacements);
        T.Write("x", 0, "goes on");
        Assert.StartsWith("goes on", T.Read("x"), StringComparison.Ordinal);
    }
}
