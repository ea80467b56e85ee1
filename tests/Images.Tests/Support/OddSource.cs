namespace CondaFuse.Images.Tests;

/// <summary>One odd tree for all tests of a class; they only read it.</summary>
public sealed class OddSource : IDisposable
{
    private readonly Scratch _scratch = new();

    public OddSource() => Path = OddTree.Make(_scratch["odd"]);

    public string Path { get; }

    public void Dispose() => _scratch.Dispose();
}
