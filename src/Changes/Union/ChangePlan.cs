using CondaFuse.Tree;

namespace CondaFuse.Changes.Union;

/// <summary>
/// A checked change (<see cref="ChangePlanner"/>) with everything that it needs from the base. Applying it to the state
/// (<see cref="ChangeApplier"/>) works in memory only and cannot fail.
/// </summary>
/// <param name="Touched">Entries that belong to the state afterwards.</param>
internal sealed record ChangePlan(IReadOnlyList<ChangedEntry> Touched)
{
    /// <summary>A change without effect.</summary>
    public static ChangePlan Nothing { get; } = new([]);

    /// <summary>The entry that is created, linked, or changed.</summary>
    public ChangedEntry? Node { get; init; }

    /// <summary>The directory of the first name.</summary>
    public ChangedEntry? Directory { get; init; }

    /// <summary>The directory of the second name.</summary>
    public ChangedEntry? Directory2 { get; init; }

    /// <summary>The entry that the first name leads to.</summary>
    public ChangedEntry? Target { get; init; }

    /// <summary>The entry that the second name leads to.</summary>
    public ChangedEntry? Target2 { get; init; }

    /// <summary>An entry without names whose number a new one takes over.</summary>
    public ChangedEntry? Replaced { get; init; }

    /// <summary>The first name, as it is before the change.</summary>
    public NameTarget Name { get; init; }

    /// <summary>The second name, as it is before the change.</summary>
    public NameTarget Name2 { get; init; }

    /// <summary>New or copied content.</summary>
    public Content? Content { get; init; }

    /// <summary>The new extended attributes; null if they stay as they are.</summary>
    public Dictionary<byte[], byte[]>? Xattrs { get; init; }
}

/// <summary>The entry that a name of a directory leads to.</summary>
/// <param name="Inode">The entry's number; 0 if there is no such name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="IsBaseName">Whether the base's directory has the name.</param>
internal readonly record struct NameTarget(ulong Inode, EntryKind Kind, bool IsBaseName)
{
    public bool Exists => Inode != 0;
}

/// <summary>The change to a name of a directory.</summary>
/// <param name="Inode">The entry's new number; 0 if the name is gone.</param>
/// <param name="Kind">The kind of that entry.</param>
/// <param name="IsBaseName">Whether the base's directory has the name, for whichever entry: its cookie is the base's then.</param>
/// <param name="Cookie">The cookie of a name that the base's directory does not have.</param>
internal readonly record struct NameChange(ulong Inode, EntryKind Kind, bool IsBaseName, ulong Cookie = 0);
