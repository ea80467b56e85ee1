using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Images.Disk;

namespace CondaFuse.Store.Tests;

public sealed class PrefixViewTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly string _image;

    public PrefixViewTests()
    {
        _sandbox.Put("source/env/conda-meta/condafuse-prefix", "/the/old/env\n");
        _sandbox.Put("source/env/lib/own.pth", "/the/old/env/lib\n");
        _image = _sandbox.Layout.ArchivePath(EnvironmentName.Parse("env"), ArchiveFormat.SquashFs);
        using var tree = DiskTree.Open(Path.Combine(_sandbox.Layout.Home, "source"));
        SquashFsWriter.Write(tree, _image, new PackOptions { Threads = 1 });
    }

    [Fact]
    public void A_list_is_saved_for_the_current_generation()
    {
        var version = GenerationInfo.Read(_image);
        Show(ListedGeneration.Present(_image, version));
        Assert.True(File.Exists(_sandbox.Layout.PrefixListFile(version)));
    }

    [Fact]
    public void No_list_is_saved_or_used_after_a_commit_since_the_version_was_read()
    {
        var version = GenerationInfo.Read(_image);
        Show(new ListedGeneration(version, () => version with { Generation = version.Generation + 1 }));
        Show(new ListedGeneration(version, () => version with { Stamp = version.Stamp + 1 }));
        Show(new ListedGeneration(version, () => throw new IOException("It is gone.")));
        Assert.False(File.Exists(_sandbox.Layout.PrefixListFile(version)));
    }

    public void Dispose() => _sandbox.Dispose();

    private void Show(ListedGeneration version)
    {
        using var shown = new PrefixView(_sandbox.Layout, _ => { }).Show(SquashFsTree.Open(_image), version, "/somewhere/env");
        Assert.NotNull(shown);
    }
}
