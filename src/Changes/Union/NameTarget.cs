using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>What a name of a directory leads to.</summary>
/// <param name="Inode">The entry's number; 0 if there is no such name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="IsBaseName">Whether the base's directory has the name.</param>
internal readonly record struct NameTarget(ulong Inode, EntryKind Kind, bool IsBaseName)
{
    public bool Exists => Inode != 0;
}
