using CondaFuse.Platform;

namespace CondaFuse.Store.Layers;

/// <summary>The machine's users and groups, as far as trust depends on them.</summary>
/// <param name="Self">This process's user.</param>
/// <param name="IsMember">Whether a user is in a group.</param>
/// <param name="Overflow">Ids that stand for every user or group without an id here (user namespaces, NFS). Two files with such an owner may have
/// different owners.</param>
public sealed record TrustContext(uint Self, Func<uint, uint, bool> IsMember, IReadOnlySet<uint> Overflow);

/// <summary>
/// Decides whether an entry beside an archive may be used: only if everyone who can write it may also write the archive, or owns it. Otherwise
/// another user could plant changes that are replayed, executed and committed. A pure function of owners, modes and access lists.
/// </summary>
public static class Trust
{
    private const ushort Sticky = 0x200;
    private const byte Write = 2;

    /// <summary>Why an entry beside an archive, or in the folder of its changes, cannot be trusted.</summary>
    /// <param name="entry">The entry beside the archive.</param>
    /// <param name="archive">The archive; null if only this user counts, as in a personal layer.</param>
    /// <param name="context">The machine's users and groups.</param>
    /// <returns>A clause that follows the entry's path; null if it can be trusted.</returns>
    public static string? ReasonAgainst(EntryAccess entry, EntryAccess? archive, TrustContext context)
    {
        if (entry.Type is not (EntryType.File or EntryType.Directory))
        {
            return "is neither a regular file nor a directory";
        }

        if (context.Overflow.Contains(entry.UserId))
        {
            return $"belongs to a user that has no ID here ({entry.UserId})";
        }

        if (!IsTrusted(entry.UserId, archive, context))
        {
            return archive is null ? $"belongs to user {entry.UserId}" : $"belongs to user {entry.UserId}, who may not write the archive";
        }

        // In a sticky folder, only owners can rename and remove files, so each file in it is checked separately.
        return entry.Type == EntryType.Directory && (entry.Mode & Sticky) != 0 ? null : ReasonAgainstWriters(entry, archive, context);
    }

    /// <summary>
    /// Which users other than the owner may change what a mount for all users shows: those who may write the archive anyway. No other user's changes
    /// may get into a journal that is committed and executed.
    /// </summary>
    /// <param name="archive">The archive; null if changes are this user's own.</param>
    /// <param name="overflow">Ids that stand for any user or group.</param>
    public static (IReadOnlySet<uint> Groups, bool Everybody) WritersBesideOwner(EntryAccess? archive, IReadOnlySet<uint> overflow)
    {
        // A user whom a separate entry excludes may be in any group.
        if (archive is null || Entries(archive, AccessTag.User).Any(named => (named.Permissions & archive.Mask & Write) == 0))
        {
            return (new HashSet<uint>(), false);
        }

        var writing = Groups(archive).Where(group => group.Writes && !overflow.Contains(group.Id));
        return (writing.Select(group => group.Id).ToHashSet(), IsForAll(archive));
    }

    /// <summary>Whether a user may write an entry, by the kernel's rules in order: owner, users of the list, groups, others.</summary>
    internal static bool MayWrite(EntryAccess entry, uint user, TrustContext context)
    {
        if (user == entry.UserId)
        {
            return !context.Overflow.Contains(user);
        }

        foreach (var named in Entries(entry, AccessTag.User))
        {
            if (named.Id == user)
            {
                return (named.Permissions & entry.Mask & Write) != 0;
            }
        }

        var groups = Groups(entry).Where(group => !context.Overflow.Contains(group.Id) && context.IsMember(user, group.Id)).ToList();
        return groups.Count > 0 ? groups.Exists(group => group.Writes) : (entry.Mode & Write) != 0;
    }

    private static string? ReasonAgainstWriters(EntryAccess entry, EntryAccess? archive, TrustContext context)
    {
        foreach (var user in Entries(entry, AccessTag.User)
                .Concat(archive is null ? [] : Entries(archive, AccessTag.User))
                .Select(named => named.Id)
                .Distinct())
        {
            if (MayWrite(entry, user, context) && !IsTrusted(user, archive, context))
            {
                return $"can be written by user {user}, who may not write the archive";
            }
        }

        foreach (var group in Groups(entry).Where(group => group.Writes))
        {
            if (archive is null
                || context.Overflow.Contains(group.Id)
                || !(Groups(archive).Any(other => other.Id == group.Id && other.Writes) || IsForAll(archive)))
            {
                return $"can be written by group {group.Id}, which may not write the archive; run 'chmod g-w' on it";
            }
        }

        return (entry.Mode & Write) != 0 && (archive is null || !IsForAll(archive))
            ? "can be written by all users; run 'chmod o-w' on it"
            : null;
    }

    /// <summary>Root and this user are always trusted.</summary>
    private static bool IsTrusted(uint user, EntryAccess? archive, TrustContext context) =>
        !context.Overflow.Contains(user) && (user == 0 || user == context.Self || (archive is not null && MayWrite(archive, user, context)));

    /// <summary>Whether everyone may write, and no separate entry excludes anyone.</summary>
    private static bool IsForAll(EntryAccess archive) =>
        (archive.Mode & Write) != 0
            && Groups(archive).All(group => group.Writes)
            && Entries(archive, AccessTag.User).All(named => (named.Permissions & archive.Mask & Write) != 0);

    private static IEnumerable<AccessEntry> Entries(EntryAccess entry, AccessTag tag) => entry.List?.Where(item => item.Tag == tag) ?? [];

    private static IEnumerable<(uint Id, bool Writes)> Groups(EntryAccess entry) =>
        Entries(entry, AccessTag.Group)
            .Select(item => (item.Id, (item.Permissions & entry.Mask & Write) != 0))
            .Prepend((entry.GroupId, (entry.OwningGroupPermissions & Write) != 0));
}
