using CondaFuse.Platform;

namespace CondaFuse.Store.Tests;

/// <summary>A home of its own for a test, with awkward letters in every path.</summary>
public sealed class Sandbox : IDisposable
{
    private readonly string root = CanonicalPath.Resolve(Directory.CreateTempSubdirectory("säñd box ").FullName);

    public Sandbox()
    {
        Layout = new Layout(root, Path.Combine(root, "archives"), Path.Combine(root, "envs"), new RuntimeFolder(Path.Combine(root, "run")));
        Directory.CreateDirectory(Layout.ArchiveDirectory);
        Directory.CreateDirectory(Layout.MountRoot);
        Catalog = new ArchiveCatalog(Layout);
    }

    public Layout Layout { get; }

    public ArchiveCatalog Catalog { get; }

    public string Put(string relative, string text = "")
    {
        var path = Path.Combine(root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
