using CondaFuse.Tree;

namespace CondaFuse.Images.Disk;

/// <summary>Takes all entries of a directory.</summary>
internal sealed class EntryList : IDirectorySink
{
    public List<(byte[] Name, NodeId Node)> Entries { get; } = [];

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        Entries.Add((name.ToArray(), entry.Node));
        return true;
    }
}
