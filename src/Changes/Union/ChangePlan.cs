using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// A change that was checked (<see cref="ChangePlanner"/>), with all that it needs of the base: putting it into the state
/// (<see cref="ChangeApplier"/>) only works in memory and cannot fail.
/// </summary>
/// <param name="Touched">Entries that belong to the state afterwards.</param>
internal sealed record ChangePlan(IReadOnlyList<ChangedEntry> Touched)
{
    /// <summary>A change that changes nothing.</summary>
    public static ChangePlan Nothing { get; } = new([]);

    /// <summary>The entry that is made, linked, or changed.</summary>
    public ChangedEntry? Node { get; init; }

    /// <summary>The directory of the first name.</summary>
    public ChangedEntry? Directory { get; init; }

    /// <summary>The directory of the second name.</summary>
    public ChangedEntry? Directory2 { get; init; }

    /// <summary>What the first name leads to.</summary>
    public ChangedEntry? Target { get; init; }

    /// <summary>What the second name leads to.</summary>
    public ChangedEntry? Target2 { get; init; }

    /// <summary>An entry without names whose number a new one gets.</summary>
    public ChangedEntry? Replaced { get; init; }

    /// <summary>The first name, as it is before the change.</summary>
    public NameTarget Name { get; init; }

    /// <summary>The second name, as it is before the change.</summary>
    public NameTarget Name2 { get; init; }

    /// <summary>New content, or content that is copied.</summary>
    public Content? Content { get; init; }

    /// <summary>The extended attributes to change; null where they stay.</summary>
    public Dictionary<byte[], byte[]>? Xattrs { get; init; }
}

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
