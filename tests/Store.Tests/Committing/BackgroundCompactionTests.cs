using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Retention;
using CondaFuse.Store.Tests.Writing;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Tests.Committing;

/// <summary>Automatic compactions.</summary>
public sealed class BackgroundCompactionTests : IDisposable
{
    private const int NoiseBytes = 10 << 20;

    private static readonly RetentionPolicy Policy = new(Newest: 2, Hours: 0, Days: 0);

    private readonly Sandbox _sandbox = new();
    private readonly ManualClock _clock = new();
    private readonly string _image;

    public BackgroundCompactionTests()
    {
        _sandbox.Put("source/env/file", "as it was");
        _image = _sandbox.Layout.ArchivePath(EnvironmentName.Parse("env"), ArchiveFormat.SquashFs);
        using var tree = DiskTree.Open(Path.Combine(_sandbox.Layout.Home, "source"));
        SquashFsWriter.Write(tree, _image, new PackOptions { Threads = 1 });
    }

    private BackgroundCompaction Compaction => new(_sandbox.Layout, Writers.Here(), _clock, Policy);

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Generations_are_removed_at_the_commit_after_the_one_that_announced_it()
    {
        var noise = new byte[NoiseBytes];
        new Random(1).NextBytes(noise);
        Commit(tree => Make(tree, "noise", noise));
        Commit(tree => tree.Unlink(NodeId.Root, "noise"u8));
        Assert.True(ImageHistory.Read(_image)[0].DeadBytes > NoiseBytes);
        Assert.Null(Compaction.Run(_image, default)); // otherwise the last change could not be undone
        Commit(tree => Make(tree, "another", [1]));
        Assert.Equal([1, 2], Plan().Announced);
        Assert.Null(Compaction.Run(_image, default));

        MakeWorth(removed: true);
        Assert.Equal([1, 2], Plan().Removed);
        File.SetUnixFileMode(_image, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var result = Compaction.Run(_image, default)!;
        Assert.Equal([5, 4, 3], result.Kept);
        Assert.True(result.BytesBefore - result.ImageBytes > NoiseBytes);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_image));
        Assert.True(Verifier.Verify(_image, 1).IsSound);
        Assert.Null(Compaction.Run(_image, default));
        DemandNothingLeft();
    }

    [Fact]
    public void An_undone_generation_stays_as_long_as_its_rollback()
    {
        var noise = new byte[NoiseBytes];
        new Random(1).NextBytes(noise);
        Commit(tree => Make(tree, "noise", noise));
        var archive = new Archive(EnvironmentName.Parse("env"), _image, ArchiveFormat.SquashFs);
        new GenerationRestoring(_sandbox.Layout, Writers.Here(), _clock).Restore(archive, 1, message: null, threads: 1);
        Commit(tree => Make(tree, "another", [1]));
        Assert.True(ImageHistory.Read(_image)[0].DeadBytes > NoiseBytes);
        Assert.Null(Compaction.Run(_image, default));

        Commit(tree => Make(tree, "one more", [1]));
        Assert.Equal([1, 2, 3], Plan().Announced);
        Commit(tree => Make(tree, "and one more", [1]));
        Assert.Equal([1, 2, 3], Plan().Removed);
        Assert.Equal([6, 5, 4], Compaction.Run(_image, default)!.Kept);
    }

    [Fact]
    public void It_gives_up_while_another_process_reads_or_writes_and_leaves_nothing()
    {
        MakeWorth(removed: false);
        var before = File.ReadAllBytes(_image);
        using (PlainFile.OpenToRead(_image))
        {
            Assert.Null(Compaction.Run(_image, default));
        }

        var files = new WriterFiles(Layout.ChangesFolder(_image));
        using (WriterClaim.TryTake(files, Writers.Here(), new KernelLocks(), _clock, out _))
        {
            Assert.Null(Compaction.Run(_image, default));
        }

        Directory.Delete(files.Folder, recursive: true);
        Assert.Null(Compaction.Run(_image, new CancellationToken(canceled: true)));
        Assert.Equal(before, File.ReadAllBytes(_image));
        DemandNothingLeft();
        Assert.NotNull(Compaction.Run(_image, default));
    }

    [Fact]
    public void Uncommitted_changes_still_fit_afterwards()
    {
        MakeWorth(removed: false);
        var environment = ServedEnvironment.Open(_sandbox.Layout, _image, Writers.Here(), _clock, _ => { });
        Make(environment.Tree, "pending", [1, 2, 3]);
        environment.Sync();
        environment.Dispose();
        Assert.NotNull(Compaction.Run(_image, default));
        var report = new EnvironmentCommitter(_sandbox.Layout, Writers.Here(), _clock, _ => { }).Commit(_image, new CommitRequest(1))!;
        Assert.Equal(1, report.Difference.Added);
        Assert.True(Verifier.Verify(_image, 1).IsSound);
        DemandNothingLeft();
    }

    [Fact]
    public void Nothing_is_removed_by_the_default_policy_however_large_the_history_is()
    {
        MakeWorth(removed: false);
        var byDefault = new BackgroundCompaction(_sandbox.Layout, Writers.Here(), _clock, RetentionPolicy.Default);
        Assert.Null(byDefault.Run(_image, default));
        Assert.Equal(5, ImageHistory.Read(_image).Count);
    }

    [Fact]
    public void The_last_environment_stays_however_often_the_emptied_archive_is_committed()
    {
        _sandbox.Put("source/env/conda-meta/history", "==>");
        var noise = new byte[NoiseBytes];
        new Random(1).NextBytes(noise);
        File.WriteAllBytes(Path.Combine(_sandbox.Layout.Home, "source", "env", "noise"), noise);
        File.Delete(_image);
        using (var tree = DiskTree.Open(Path.Combine(_sandbox.Layout.Home, "source")))
        {
            SquashFsWriter.Write(tree, _image, new PackOptions { Threads = 1 });
        }

        using (var environment = ServedEnvironment.Open(_sandbox.Layout, _image, Writers.Here(), _clock, _ => { }))
        {
            Assert.True(environment.Tree.TryLookup(NodeId.Root, "env"u8, out var top));
            Assert.True(environment.Tree.TryLookup(top.Node, "conda-meta"u8, out var records));
            environment.Tree.Unlink(records.Node, "history"u8);
            environment.Tree.Unlink(top.Node, "noise"u8);
            var report = environment.CommitLast(new CommitRequest(1), CancellationToken.None)!;
            Assert.Contains("condafuse rollback env 1", Assert.Single(report.Warnings), StringComparison.Ordinal);
        }

        for (var number = 0; number < 4; number++)
        {
            Commit(tree => Make(tree, $"file {number}", [1]));
            Assert.Null(Compaction.Run(_image, default));
        }

        Assert.Equal(6, ImageHistory.Read(_image).Count);
        Assert.Equal(1, EnvironmentMark.FindLastBeforeEmptied(_image));
    }

    private HistoryPlan Plan() => HistoryPlan.Read(_image, Policy, _clock.GetUtcNow().ToUnixTimeSeconds());

    private void MakeWorth(bool removed)
    {
        if (!removed)
        {
            var noise = new byte[NoiseBytes];
            new Random(1).NextBytes(noise);
            Commit(tree => Make(tree, "noise", noise));
            Commit(tree => tree.Unlink(NodeId.Root, "noise"u8));
            Commit(tree => Make(tree, "another", [1]));
        }

        Commit(tree => Make(tree, "one more", [1]));
    }

    private void Commit(Action<ChangedTree> change)
    {
        using var environment = ServedEnvironment.Open(_sandbox.Layout, _image, Writers.Here(), _clock, _ => { });
        change(environment.Tree);
        Assert.NotNull(environment.CommitLast(new CommitRequest(1), CancellationToken.None));
    }

    private static void Make(ChangedTree tree, string name, byte[] content)
    {
        var made = tree.Create(
            NodeId.Root,
            System.Text.Encoding.UTF8.GetBytes(name),
            new NewEntry { Kind = EntryKind.File, Permissions = 0x1A4, UserId = Identity.UserId, GroupId = Identity.GroupId });
        const int step = 1 << 20;
        for (var offset = 0; offset < content.Length; offset += step)
        {
            tree.Write(made.Node, offset, content.AsSpan(offset, Math.Min(step, content.Length - offset)), clearSetId: false);
        }
    }

    private void DemandNothingLeft() =>
        Assert.Equal(["env.squashfs"], Directory.GetFileSystemEntries(_sandbox.Layout.ArchiveDirectory).Select(Path.GetFileName));
}
