using System.Collections.Concurrent;

namespace CondaFuse.Platform;

/// <summary>Which users are in which groups, as the machine's databases (nsswitch.conf) and the kernel say. Remembers its answers.</summary>
public sealed unsafe class GroupMembership
{
    private const int MaxGroups = 65536;
    private const int NameRoom = 64 << 10;
    private readonly ConcurrentDictionary<uint, uint[]> _known = new();

    /// <summary>Whether a user is in a group; false where nobody knows the user.</summary>
    public bool IsMember(uint user, uint group) => _known.GetOrAdd(user, GroupsOf).Contains(group);

    private static uint[] GroupsOf(uint user) => user == Identity.UserId ? [Identity.GroupId, .. OwnGroups(), .. GroupsByName(user)] : GroupsByName(user);

    private static uint[] OwnGroups()
    {
        var groups = new uint[MaxGroups];
        fixed (uint* to = groups)
        {
            var count = Libc.getgroups(groups.Length, to);
            return count < 0 ? [] : groups[..count];
        }
    }

    private static uint[] GroupsByName(uint user)
    {
        var names = new byte[NameRoom];
        var groups = new uint[MaxGroups];
        fixed (byte* room = names)
        fixed (uint* to = groups)
        {
            Libc.PasswordEntry entry;
            Libc.PasswordEntry* found;
            if (Libc.getpwuid_r(user, &entry, room, (nuint)names.Length, &found) != 0 || found is null)
            {
                return [];
            }

            var count = groups.Length;
            return Libc.getgrouplist(entry.Name, entry.GroupId, to, &count) < 0 ? [] : groups[..count];
        }
    }
}
