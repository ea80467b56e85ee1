namespace CondaFuse.Store.Tests;

public sealed class ArchiveCatalogTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Fact]
    public void Archives_are_listed_by_name_and_other_files_are_not()
    {
        _sandbox.Put("archives/b.squashfs");
        _sandbox.Put("archives/a b.zip");
        _sandbox.Put("archives/.squashfs");
        _sandbox.Put("archives/notes.txt");
        _sandbox.Put("archives/-x.zip");
        Assert.Equal(["a b", "b"], _sandbox.Catalog.List().Select(archive => archive.Name.Value));
        Assert.Equal([ArchiveFormat.Zip, ArchiveFormat.SquashFs], _sandbox.Catalog.List().Select(archive => archive.Format));
    }

    [Fact]
    public void Two_archives_of_one_name_are_an_error_that_names_both()
    {
        var first = _sandbox.Put("archives/x.squashfs");
        var second = _sandbox.Put("archives/x.zip");
        var failure = Assert.Throws<StoreException>(() => _sandbox.Catalog.Find(EnvironmentName.Parse("x")));
        Assert.Contains(first, failure.Message, StringComparison.Ordinal);
        Assert.Contains(second, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_folder_that_has_a_name_counts()
    {
        var first = _sandbox.Put("archives/x.squashfs");
        var hidden = _sandbox.Put("shared/x.zip");
        var other = _sandbox.Put("shared/y.squashfs");
        var layout = _sandbox.Layout with { ArchiveSearch = [_sandbox.Layout.ArchiveDirectory, "/nowhere", Path.GetDirectoryName(other)!] };
        var catalog = new ArchiveCatalog(layout);
        Assert.Equal([first, other], catalog.List().Select(archive => archive.Path));
        Assert.Equal([first, other], new[] { "x", "y" }.Select(name => catalog.Get(EnvironmentName.Parse(name)).Path));
        Assert.Equal([(first, hidden)], catalog.Hidden().Select(pair => (pair.Used.Path, pair.Hidden.Path)));
        Assert.Null(catalog.Find(EnvironmentName.Parse("z")));
    }

    [Fact]
    public void A_missing_archive_is_named_with_the_path_that_was_looked_at()
    {
        var failure = Assert.Throws<StoreException>(() => _sandbox.Catalog.Get(EnvironmentName.Parse("nope")));
        Assert.Equal(StoreFault.NotFound, failure.Fault);
        Assert.Equal("there is no environment 'nope'", failure.Message);
        Assert.Equal(Path.Combine(_sandbox.Layout.ArchiveDirectory, "nope.squashfs"), failure.Path);
    }

    [Fact]
    public void Without_an_archive_directory_there_are_no_archives()
    {
        Directory.Delete(_sandbox.Layout.ArchiveDirectory);
        Assert.Empty(_sandbox.Catalog.List());
    }

    public void Dispose() => _sandbox.Dispose();
}
