using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>Takes all entries of a directory.</summary>
internal sealed class EntryCollector : IDirectorySink
{
    private readonly List<NamedEntry> _entries = [];

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        if (entry.Inode is 0 or > int.MaxValue)
        {
            throw new TreeException(
                TreeFailure.Unsupported, $"An entry has the inode number {entry.Inode}; an image holds numbers below 2147483648. Compacting it numbers its entries anew.");
        }

        _entries.Add(new NamedEntry(name.ToArray(), entry.Node, (uint)entry.Inode, entry.Kind));
        return true;
    }

    /// <summary>The entries in the order of their names' bytes, as SquashFS demands.</summary>
    public List<NamedEntry> Sorted()
    {
        _entries.Sort((left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        return _entries;
    }
}
