namespace CondaFuse.Platform.Tests;

public sealed class CanonicalPathTests : IDisposable
{
    private readonly string root = CanonicalPath.Resolve(Directory.CreateTempSubdirectory("größe ").FullName);

    [Fact]
    public void Symlinks_are_resolved_in_every_component()
    {
        Directory.CreateDirectory(Path.Combine(root, "real"));
        Directory.CreateSymbolicLink(Path.Combine(root, "link"), "real");
        Assert.Equal(Path.Combine(root, "real"), CanonicalPath.Resolve(Path.Combine(root, "link") + "/"));
    }

    [Fact]
    public void What_does_not_exist_is_kept_below_what_does()
    {
        Directory.CreateDirectory(Path.Combine(root, "real"));
        Directory.CreateSymbolicLink(Path.Combine(root, "link"), "real");
        Assert.Equal(Path.Combine(root, "real", "a", "b"), CanonicalPath.Resolve(Path.Combine(root, "link", "a", "b")));
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
