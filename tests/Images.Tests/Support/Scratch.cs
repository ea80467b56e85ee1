namespace CondaFuse.Images.Tests;

/// <summary>A directory that is removed after the test.</summary>
internal sealed class Scratch : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("condafuse-images-").FullName;

    public string this[string name] => Path.Combine(Root, name);

    public string MakeDirectory(string name) => Directory.CreateDirectory(this[name]).FullName;

    public void Dispose()
    {
        Tool.Run("rm", "-rf", "--", Root); // supports paths that are too long for this process
    }
}
