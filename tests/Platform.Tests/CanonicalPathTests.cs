namespace CondaFuse.Platform.Tests;

public sealed class CanonicalPathTests : IDisposable
{
    private readonly string _root = CanonicalPath.Resolve(Directory.CreateTempSubdirectory("größe ").FullName);

    [Fact]
    public void Symlinks_are_resolved_in_every_component()
    {
        Directory.CreateDirectory(Path.Combine(_root, "real"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), "real");
        Assert.Equal(Path.Combine(_root, "real"), CanonicalPath.Resolve(Path.Combine(_root, "link") + "/"));
    }

    [Fact]
    public void Missing_components_are_kept_below_existing_ones()
    {
        Directory.CreateDirectory(Path.Combine(_root, "real"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), "real");
        Assert.Equal(Path.Combine(_root, "real", "a", "b"), CanonicalPath.Resolve(Path.Combine(_root, "link", "a", "b")));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
