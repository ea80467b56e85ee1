namespace CondaFuse.Platform;

/// <summary>
/// Decides which folders and files a storage uses, and who may do what with new ones. Asked about the descriptor that is used afterwards, so that nothing can be swapped between
/// the question and the use.
/// </summary>
public interface IEntryGuard
{
    /// <summary>Throws unless an entry may be used.</summary>
    /// <param name="entry">What was opened.</param>
    /// <param name="path">Its path, for messages.</param>
    void Demand(EntryAccess entry, string path);

    /// <summary>The failure for a symlink, a fifo or another odd thing in place of a folder or file.</summary>
    Exception Refusal(string path, string reason);

    /// <summary>Owner, permissions and access list of a new entry.</summary>
    /// <param name="name">Its name; null for the folder itself.</param>
    EntryRights RightsFor(string? name);
}

/// <summary>Owner, permissions and access list that a new entry gets.</summary>
/// <param name="UserId">Owner, as far as this user may give it.</param>
/// <param name="GroupId">Group, as far as this user may give it: where it cannot, the entry's group gets no more than everybody.</param>
/// <param name="Permissions">0 to 0o777.</param>
/// <param name="List">An access list; null for none.</param>
public sealed record EntryRights(uint UserId, uint GroupId, uint Permissions, IReadOnlyList<AccessEntry>? List);
