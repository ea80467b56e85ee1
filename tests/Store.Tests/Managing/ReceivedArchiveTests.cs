using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Store.Managing;
using CondaFuse.Store.Tests.Writing;

namespace CondaFuse.Store.Tests.Managing;

/// <summary>Files from elsewhere that become archives.</summary>
public sealed class ReceivedArchiveTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    private string ArchivePath => _sandbox.Layout.ArchivePath(EnvironmentName.Parse("x"), ArchiveFormat.SquashFs);

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void A_new_archive_has_its_name_when_it_is_complete()
    {
        using (var received = New())
        {
            received.File.WriteAt(0, "content"u8);
            Assert.False(File.Exists(ArchivePath));
            received.Publish();
        }

        Assert.Equal("content", File.ReadAllText(ArchivePath));
        Assert.Equal([ArchivePath], Directory.GetFileSystemEntries(_sandbox.Layout.ArchiveDirectory));
    }

    [Fact]
    public void An_incomplete_file_is_removed()
    {
        New().Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_sandbox.Layout.ArchiveDirectory));
    }

    [Fact]
    public void A_kept_file_is_found_by_the_next_attempt_and_then_removed()
    {
        using (var received = New())
        {
            received.File.WriteAt(0, "content"u8);
            received.Keep();
        }

        using (var received = New())
        {
            var content = new byte[7];
            Assert.Single(received.Leftovers).ReadAt(0, content);
            Assert.Equal("content"u8.ToArray(), content);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_sandbox.Layout.ArchiveDirectory));
    }

    [Fact]
    public void A_name_that_is_taken_before_or_meanwhile_keeps_its_archive()
    {
        using (var received = New())
        {
            Pack();
            Assert.Equal(StoreFault.AlreadyExists, Assert.Throws<StoreException>(received.Publish).Fault);
        }

        Assert.Equal(StoreFault.AlreadyExists, Assert.Throws<StoreException>(New).Fault);
        Assert.Equal(1, GenerationInfo.Read(ArchivePath).Generation);
    }

    [Fact]
    public void Changes_of_another_archive_of_the_name_are_not_taken_over()
    {
        Directory.CreateDirectory(Layout.ChangesFolder(ArchivePath));
        Assert.Contains("holds changes of another archive", Assert.Throws<StoreException>(New).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_replacement_holds_the_write_lock_and_keeps_the_permissions()
    {
        Pack();
        const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.SetUnixFileMode(ArchivePath, mode);
        using (var received = Replacing())
        {
            Assert.Equal(StoreFault.Busy, Assert.Throws<StoreException>(Replacing).Fault);
            received.File.WriteAt(0, "content"u8);
            received.Publish();
        }

        Assert.Equal(("content", mode), (File.ReadAllText(ArchivePath), File.GetUnixFileMode(ArchivePath)));
        Assert.Equal([ArchivePath], Directory.GetFileSystemEntries(_sandbox.Layout.ArchiveDirectory));
    }

    private ReceivedArchive New() => ReceivedArchive.New(_sandbox.Layout, _sandbox.Catalog, EnvironmentName.Parse("x"));

    private ReceivedArchive Replacing() => ReceivedArchive.Replacing(
        _sandbox.Layout, _sandbox.Catalog.Get(EnvironmentName.Parse("x")), Writers.Here(), TimeProvider.System, keepsChanges: false);

    private void Pack()
    {
        _sandbox.Put("sources/x/conda-meta/history");
        using var tree = DiskTree.Open(Path.Combine(_sandbox.Layout.Home, "sources"));
        ImageWriter.Write(tree, ArchivePath, isZip: false, new PackOptions { Threads = 1 });
    }
}
