using CondaFuse.Platform;

namespace CondaFuse.Store.Tests;

/// <summary>A separate home for a test, with awkward characters in every path.</summary>
public sealed class Sandbox : IDisposable
{
    private readonly string _root = CanonicalPath.Resolve(Directory.CreateTempSubdirectory("säñd box ").FullName);

    public Sandbox()
    {
        Layout = new Layout(_root, Path.Combine(_root, "archives"), Path.Combine(_root, "envs"), new RuntimeFolder(Path.Combine(_root, "run")));
        Directory.CreateDirectory(Layout.ArchiveDirectory);
        Directory.CreateDirectory(Layout.MountRoot);
        Catalog = new ArchiveCatalog(Layout);
    }

    public Layout Layout { get; }

    public ArchiveCatalog Catalog { get; }

    public string Put(string relative, string text = "")
    {
        var path = Path.Combine(_root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
