using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Writing;

/// <summary>Takes all names of a directory.</summary>
internal sealed class NameCollector : IDirectorySink
{
    private readonly List<(byte[] Name, NodeId Node)> _names = [];

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        _names.Add((name.ToArray(), entry.Node));
        return true;
    }

    /// <summary>The names in the order of their bytes, as SquashFS demands.</summary>
    public List<(byte[] Name, NodeId Node)> Sorted()
    {
        _names.Sort((left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        return _names;
    }
}
