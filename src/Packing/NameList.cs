using CondaFuse.Tree;

namespace CondaFuse.Packing;

/// <summary>Collects the names of a directory.</summary>
internal sealed class NameList : IDirectorySink
{
    public List<(byte[] Name, NodeId Node)> Names { get; } = [];

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        Names.Add((name.ToArray(), entry.Node));
        return true;
    }

    /// <summary>The names in the order of their bytes.</summary>
    public void Sort() => Names.Sort((x, y) => x.Name.AsSpan().SequenceCompareTo(y.Name));
}
