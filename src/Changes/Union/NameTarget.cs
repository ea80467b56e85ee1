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

/// <summary>What became of a name of a directory.</summary>
/// <param name="Inode">What it leads to now; 0 if it is gone.</param>
/// <param name="Kind">What that is.</param>
/// <param name="IsBaseName">Whether the base's directory has the name, whatever it leads to there: its cookie is the base's then.</param>
/// <param name="Cookie">The cookie of a name that the base's directory has not.</param>
internal readonly record struct NameChange(ulong Inode, EntryKind Kind, bool IsBaseName, ulong Cookie = 0);
