using System.Text;
using CondaFuse.Changes.Rebasing;
using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Tests.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Committing;

/// <summary>A personal layer whose archive was committed to by its owner.</summary>
public sealed class LayerRebasingTests : IDisposable
{
    private const UnixFileMode Closed = UnixFileMode.UserRead;
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Sandbox _sandbox = new();
    private readonly ManualClock _clock = new();
    private readonly string _image;

    public LayerRebasingTests()
    {
        _sandbox.Put("source/env/file", "as it was");
        _sandbox.Put("source/env/conda-meta/condafuse-prefix", "/the/owner/env\n");
        _sandbox.Put("source/env/lib/own.pth", "/the/owner/env/lib\n");
        _image = _sandbox.Layout.ArchivePath(EnvironmentName.Parse("env"), ArchiveFormat.SquashFs);
        using var tree = DiskTree.Open(Path.Combine(_sandbox.Layout.Home, "source"));
        SquashFsWriter.Write(tree, _image, new PackOptions { Threads = 1 });
        File.SetUnixFileMode(_image, Closed);
    }

    private Archive Archive => _sandbox.Catalog.Get(EnvironmentName.Parse("env"));

    private LayerRebasing Rebasing => new(_sandbox.Layout, Writers.Here(), _clock, _ => { });

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Refused_before_it_is_there_again_after()
    {
        InLayer(tree => Make(tree, "mine", "my own"));
        Owner(tree => Make(tree, "theirs", "the owner's"));
        var refused = Assert.Throws<StoreException>(() => ServedEnvironment.Open(_sandbox.Layout, _image, Writers.Here(), _clock, _ => { }));
        Assert.Contains("condafuse rebase env", refused.Hint, StringComparison.Ordinal);

        var outcome = Rebasing.Run(Archive, keep: null, threads: 1)!;
        Assert.Equal((1L, 2L, true, 0), (outcome.Before, outcome.Generation, outcome.IsDone, outcome.Conflicts.Count));
        Assert.True(outcome.PendingChanges > 0);
        InLayer(tree => Assert.Equal(("my own", "the owner's"), (Read(tree, "mine"), Read(tree, "theirs"))));
        Assert.Null(Rebasing.Run(Archive, keep: null, threads: 1));
    }

    [Fact]
    public void With_conflicts_nothing_is_changed_until_a_side_is_named()
    {
        InLayer(tree => Make(tree, "both", "here"));
        Owner(tree => Make(tree, "both", "there"));
        var before = LayerFiles();
        var outcome = Rebasing.Run(Archive, keep: null, threads: 1)!;
        Assert.False(outcome.IsDone);
        Assert.Equal(
            ("both", SideChange.Added, SideChange.Added),
            (Encoding.UTF8.GetString(outcome.Conflicts[0].Path.Span), outcome.Conflicts[0].Here, outcome.Conflicts[0].There));
        Assert.Equal(before, LayerFiles());
        Assert.True(Rebasing.Run(Archive, RebaseSide.Mine, threads: 1)!.IsDone);
        InLayer(tree => Assert.Equal("here", Read(tree, "both")));
    }

    [Fact]
    public void Changes_at_another_prefix_stay_as_they_are_until_a_side_is_named()
    {
        InLayer(tree => Make(tree, "both", "here"), "/my/own/env");
        Owner(tree => Make(tree, "both", "there"));
        var before = LayerFiles();
        var outcome = Rebasing.Run(Archive, keep: null, threads: 1)!;
        Assert.Equal(["both"], outcome.Conflicts.Select(conflict => Encoding.UTF8.GetString(conflict.Path.Span)));
        Assert.Equal(before, LayerFiles());
        Assert.True(Rebasing.Run(Archive, RebaseSide.Mine, threads: 1)!.IsDone);
        Assert.Equal(2, Directory.GetFiles(_sandbox.Layout.LayerDirectory, "0*", SearchOption.AllDirectories).Length);
        InLayer(
            tree =>
            {
                Assert.Equal("here", Read(tree, "both"));
                Assert.True(tree.TryFind("env/lib/own.pth"u8, out var moved));
                Assert.Equal("/my/own/env/lib\n".Length, moved.Size);
            },
            "/my/own/env");
    }

    [Fact]
    public void Changes_that_the_archive_has_already_leave_no_layer()
    {
        InLayer(tree => Make(tree, "both", "same"));
        Owner(tree => Make(tree, "both", "same"));
        Assert.Equal(0, Rebasing.Run(Archive, keep: null, threads: 1)!.PendingChanges);
        Assert.False(ArchiveState.Read(_sandbox.Layout, _image).Place.HasChanges);
    }

    [Fact]
    public void Through_several_generations_and_rollbacks()
    {
        InLayer(tree => Make(tree, "mine", "1"));
        for (var round = 2; round < 5; round++)
        {
            Owner(tree => Make(tree, $"theirs{round}", "2"));
            Assert.Empty(Rebasing.Run(Archive, keep: null, threads: 1)!.Conflicts);
        }

        File.SetUnixFileMode(_image, Open);
        using (var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(_image)!)!)
        {
            SquashFsCommit.Restore(folder, Path.GetFileName(_image), 2, new CommitOptions { Threads = 1, Time = new Timestamp(1) });
        }

        File.SetUnixFileMode(_image, Closed);
        Assert.Empty(Rebasing.Run(Archive, keep: null, threads: 1)!.Conflicts);
        InLayer(tree =>
        {
            Assert.Equal(("1", "2"), (Read(tree, "mine"), Read(tree, "theirs2")));
            Assert.False(tree.TryLookup(NodeId.Root, "theirs3"u8, out _));
        });
    }

    [Fact]
    public void A_missing_base_generation_is_reported()
    {
        InLayer(tree => Make(tree, "mine", "1"));
        File.SetUnixFileMode(_image, Open);
        using (var tree = SquashFsTree.Open(_image))
        {
            SquashFsWriter.Write(tree, _image, new PackOptions { Threads = 1, Continues = GenerationInfo.Read(_image) });
        }

        File.SetUnixFileMode(_image, Closed);
        var before = LayerFiles();
        var refused = Assert.Throws<StoreException>(() => Rebasing.Run(Archive, RebaseSide.Mine, threads: 1));
        Assert.Equal(StoreFault.Stale, refused.Fault);
        Assert.Contains("compacted", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, LayerFiles());
    }

    private static void Make(IWritableTree tree, string name, string content)
    {
        var made = tree.Create(NodeId.Root, Encoding.UTF8.GetBytes(name), new NewEntry(EntryKind.File, 0x1A4, 0, 0));
        tree.Write(made.Node, 0, Encoding.UTF8.GetBytes(content), clearSetId: false);
    }

    private static string Read(IReadableTree tree, string name)
    {
        Assert.True(tree.TryLookup(NodeId.Root, Encoding.UTF8.GetBytes(name), out var file));
        var content = new byte[file.Size];
        return Encoding.UTF8.GetString(content.AsSpan(0, tree.Read(file.Node, 0, content)));
    }

    private void InLayer(Action<IWritableTree> action, string? prefix = null)
    {
        using var environment = ServedEnvironment.Open(_sandbox.Layout, _image, Writers.Here(), _clock, _ => { }, prefix);
        action(environment.Tree);
        Assert.Null(environment.CommitLast(new CommitRequest(1), CancellationToken.None));
    }

    /// <summary>Commits of the owner meanwhile: a user with another state folder who may write.</summary>
    private void Owner(Action<IWritableTree> action)
    {
        File.SetUnixFileMode(_image, Open);
        var other = _sandbox.Layout with { StateDirectory = Path.Combine(_sandbox.Layout.Home, "owner") };
        using (var environment = ServedEnvironment.Open(other, _image, Writers.Here(), _clock, _ => { }))
        {
            action(environment.Tree);
            Assert.NotNull(environment.CommitLast(new CommitRequest(1), CancellationToken.None));
        }

        File.SetUnixFileMode(_image, Closed);
    }

    private string LayerFiles() => string.Join('\n', Directory.GetFiles(_sandbox.Layout.LayerDirectory, "0*", SearchOption.AllDirectories).Order()
        .Select(file => $"{file} {Convert.ToHexString(File.ReadAllBytes(file))}"));
}
