using CondaFuse.Tree;

namespace CondaFuse.Images.Zip.Writing;

/// <summary>Takes all names of a directory.</summary>
internal sealed class NameList : IDirectorySink
{
    private readonly List<(byte[] Name, NodeId Node)> _names = [];

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        _names.Add((name.ToArray(), entry.Node));
        return true;
    }

    /// <summary>The names in the order of their bytes: the same tree gives the same archive.</summary>
    public List<(byte[] Name, NodeId Node)> Sorted()
    {
        _names.Sort((left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        return _names;
    }
}
