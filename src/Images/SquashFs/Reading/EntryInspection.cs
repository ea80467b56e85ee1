using CondaFuse.Tree;

namespace CondaFuse.Images.SquashFs.Reading;

/// <summary>Takes the entries of a directory and notices names that are out of order.</summary>
internal sealed class EntryInspection : IDirectorySink
{
    public List<(byte[] Name, DirectoryEntry Entry)> Entries { get; } = [];

    /// <summary>A name that does not come behind the one before it; null if all do.</summary>
    public byte[]? OutOfOrder { get; private set; }

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        if (Entries.Count > 0 && name.SequenceCompareTo(Entries[^1].Name) <= 0)
        {
            OutOfOrder ??= name.ToArray();
        }

        Entries.Add((name.ToArray(), entry));
        return true;
    }
}
