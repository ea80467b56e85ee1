using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>Looks for a name of the base's directory that is still there.</summary>
internal sealed class SurvivorSearch(DirectoryChanges? changes) : IDirectorySink
{
    public bool Found { get; private set; }

    public bool TryAdd(ReadOnlySpan<byte> name, in DirectoryEntry entry)
    {
        Found = changes is null || !changes.TryGet(name, out var change) || change.Inode != 0;
        return !Found;
    }
}
