namespace CondaFuse.Tree;

/// <summary>Takes the entries of a directory one by one.</summary>
public interface IDirectorySink
{
    /// <summary>Takes an entry; <paramref name="name"/> is valid during the call only.</summary>
    /// <returns>False if the entry was not taken (no room): the reading stops before it.</returns>
    bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry);
}
