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

    [Fact]
    public void Many_paths_are_resolved_as_single_ones()
    {
        Directory.CreateDirectory(Path.Combine(_root, "real", "inside"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), "real");
        Directory.CreateSymbolicLink(Path.Combine(_root, "real", "up"), "..");
        Directory.CreateSymbolicLink(Path.Combine(_root, "real", "broken"), "nothing");
        File.WriteAllText(Path.Combine(_root, "real", "file"), "");
        var paths = new CanonicalPaths();
        string[] names =
        [
            "", "link", "link/", "link/file", "link/up", "link/up/link/inside", "link/broken", "link/absent", "absent/below", "link/../real",
        ];
        Assert.All(
            names.Select(name => Path.Combine(_root, name)).Append("/"),
            path => Assert.Equal(CanonicalPath.Resolve(path), paths.Resolve(path)));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
