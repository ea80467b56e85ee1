using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Store.Managing;
using CondaFuse.Store.Tests.Writing;

namespace CondaFuse.Store.Tests.Managing;

public sealed class EnvironmentRemovalTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly Archive _archive;

    public EnvironmentRemovalTests()
    {
        Pack("first");
        _archive = _sandbox.Catalog.Get(EnvironmentName.Parse("x"));
    }

    [Fact]
    public void An_archive_without_saved_lists_is_removed()
    {
        using var removal = Begin();
        removal.Run();
        Assert.Empty(Directory.GetFileSystemEntries(_sandbox.Layout.ArchiveDirectory));
    }

    [Fact]
    public void An_archive_that_was_replaced_since_the_question_stays()
    {
        using var removal = Begin();
        File.Delete(_archive.Path);
        Pack("second");
        Assert.Equal(StoreFault.Busy, Assert.Throws<StoreException>(removal.Run).Fault);
        Assert.True(File.Exists(_archive.Path));
    }

    public void Dispose() => _sandbox.Dispose();

    private EnvironmentRemoval Begin() => EnvironmentRemoval.Begin(_sandbox.Layout, _archive, Writers.Here(), TimeProvider.System);

    private void Pack(string content)
    {
        _sandbox.Put("sources/x/conda-meta/history", content);
        using var tree = DiskTree.Open(Path.Combine(_sandbox.Layout.Home, "sources"));
        ImageWriter.Write(
            tree, _sandbox.Layout.ArchivePath(EnvironmentName.Parse("x"), ArchiveFormat.SquashFs), isZip: false, new PackOptions { Threads = 1 });
    }
}
