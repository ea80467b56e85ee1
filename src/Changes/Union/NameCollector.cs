using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Keeps the names of a directory.</summary>
internal sealed class NameCollector : IDirectorySink
{
    public List<byte[]> Names { get; } = [];

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        Names.Add(name.ToArray());
        return true;
    }
}
