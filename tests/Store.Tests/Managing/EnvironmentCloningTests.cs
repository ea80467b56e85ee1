using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Store.Managing;

namespace CondaFuse.Store.Tests.Managing;

public sealed class EnvironmentCloningTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly Sandbox _sandbox = new();

    [Theory]
    [InlineData(Owner, Owner)]
    [InlineData(UnixFileMode.UserRead, Owner)]
    [InlineData(Owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, Owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, Owner | UnixFileMode.OtherRead)]
    public void A_copy_can_be_read_by_those_who_can_read_the_source_and_written_by_its_maker(UnixFileMode source, UnixFileMode copy)
    {
        _sandbox.Put("sources/x/conda-meta/history");
        using (var tree = DiskTree.Open(Path.Combine(_sandbox.Layout.Home, "sources")))
        {
            ImageWriter.Write(
                tree, _sandbox.Layout.ArchivePath(EnvironmentName.Parse("x"), ArchiveFormat.SquashFs), isZip: false,
                new PackOptions { Threads = 1 });
        }

        var archive = _sandbox.Catalog.Get(EnvironmentName.Parse("x"));
        File.SetUnixFileMode(archive.Path, source);
        var cloned = new EnvironmentCloning(_sandbox.Layout, _sandbox.Catalog, TimeProvider.System).Run(archive, "y", CancellationToken.None);
        Assert.Equal(copy, File.GetUnixFileMode(cloned.Archive));
        Assert.Equal(File.ReadAllBytes(archive.Path), File.ReadAllBytes(cloned.Archive));
    }

    public void Dispose() => _sandbox.Dispose();
}
