using CondaFuse.Images;
using CondaFuse.Images.SquashFs;

namespace CondaFuse.Store.Tests;

public sealed class EnvironmentCreatorTests : IDisposable
{
    private static readonly EnvironmentName Name = EnvironmentName.Parse("new env");
    private readonly Sandbox _sandbox = new();

    private EnvironmentCreator Creator => new(_sandbox.Layout, _sandbox.Catalog);

    [Fact]
    public void A_name_with_an_archive_is_refused()
    {
        _sandbox.Put("archives/new env.zip");
        Assert.Equal(StoreFault.AlreadyExists, Assert.Throws<StoreException>(() => Creator.Claim(Name)).Fault);
        Creator.Claim(Name, evenIfArchived: true).Dispose();
    }

    [Fact]
    public void Two_creations_of_one_name_exclude_each_other()
    {
        using (Creator.Claim(Name))
        {
            Assert.Equal(StoreFault.Busy, Assert.Throws<StoreException>(() => Creator.Claim(Name)).Fault);
        }

        Creator.Claim(Name).Dispose();
    }

    [Fact]
    public void What_is_at_the_prefix_is_recognised()
    {
        Assert.Equal(CreationState.Nothing, Creator.Inspect(Name));
        Directory.CreateDirectory(Path.Combine(_sandbox.Layout.Prefix(Name), "conda-meta"));
        Assert.Equal(CreationState.Nothing, Creator.Inspect(Name));
        _sandbox.Put("envs/new env/new env/bin/x");
        Assert.Equal(CreationState.Files, Creator.Inspect(Name));
        _sandbox.Put("envs/new env/new env/conda-meta/history");
        Assert.Equal(CreationState.Environment, Creator.Inspect(Name));
    }

    [Fact]
    public void Sealing_leaves_the_archive_and_moves_the_tree_aside()
    {
        _sandbox.Put("envs/new env/new env/conda-meta/history", "==> now <==\n");
        Creator.Seal(Name, ArchiveFormat.SquashFs, new PackOptions { Threads = 2 }, progress: null, CancellationToken.None);
        Assert.False(Directory.Exists(_sandbox.Layout.MountPoint(Name)));
        Assert.True(Directory.Exists(_sandbox.Layout.SealedTree(Name)));
        var archive = _sandbox.Catalog.Get(Name);
        Assert.Equal(new FileInfo(archive.Path).Length, ImageSummary.Read(archive.Path).FileBytes);
        using var tree = SquashFsTree.Open(archive.Path);
        Assert.Equal(Name.Value, PrefixLocator.Locate(tree, Name.Value));
        Creator.RemoveSealedTree(Name);
        Assert.False(Directory.Exists(_sandbox.Layout.SealedTree(Name)));
    }

    [Fact]
    public void A_seal_that_fails_leaves_the_tree_and_no_archive()
    {
        _sandbox.Put("envs/new env/new env/conda-meta/history");
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(
            () => Creator.Seal(Name, ArchiveFormat.SquashFs, new PackOptions { Threads = 2 }, null, cancelled.Token));
        Assert.Equal(CreationState.Environment, Creator.Inspect(Name));
        Assert.Empty(Directory.GetFiles(_sandbox.Layout.ArchiveDirectory));
    }

    public void Dispose() => _sandbox.Dispose();
}
