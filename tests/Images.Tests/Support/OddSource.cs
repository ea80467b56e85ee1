namespace CondaFuse.Images.Tests;

/// <summary>An unusual tree for all tests of a class, which only read it.</summary>
public sealed class OddSource : IDisposable
{
    private readonly Scratch _scratch = new();

    public OddSource() => Path = OddTree.Make(_scratch["odd"]);

    public string Path { get; }

    public void Dispose() => _scratch.Dispose();
}

/// <summary>The same without times outside 1970 to 2106, which mksquashfs truncates to 32 bits.</summary>
public sealed class TimelySource : IDisposable
{
    private readonly Scratch _scratch = new();

    public TimelySource()
    {
        Path = OddTree.Make(_scratch["odd"]);
        Tool.Shell($"cd '{Path}/plain' && touch -h -d '2030-01-01 UTC' dangling && touch -d '1970-01-02 UTC' fifo && touch -d '2020-01-02 UTC' .");
    }

    public string Path { get; }

    public void Dispose() => _scratch.Dispose();
}
