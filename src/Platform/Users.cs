using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace CondaFuse.Platform;

/// <summary>The machine's user database (passwd(5), or another source that it uses).</summary>
public static unsafe class UserAccounts
{
    /// <summary>Whether a user has an entry. In a container, a user may have an id only.</summary>
    public static bool Has(uint user)
    {
        const int room = 16 << 10;
        var text = stackalloc byte[room];
        Libc.PasswordEntry entry;
        Libc.PasswordEntry* found;
        return Libc.getpwuid_r(user, &entry, text, room, &found) == 0 && found is not null;
    }

    /// <summary>A user's home directory, independent of HOME; null if the user is unknown.</summary>
    public static string? HomeOf(uint user)
    {
        const int room = 16 << 10;
        var text = stackalloc byte[room];
        Libc.PasswordEntry entry;
        Libc.PasswordEntry* found;
        var isFound = Libc.getpwuid_r(user, &entry, text, room, &found) == 0 && found is not null;
        return isFound && Marshal.PtrToStringUTF8((nint)entry.Home) is { Length: > 0 } home ? home : null;
    }
}

/// <summary>The user of this process.</summary>
public static class Identity
{
    /// <summary>Id of this process.</summary>
    public static int ProcessId => Libc.getpid();

    /// <summary>Real user id.</summary>
    public static uint UserId => Libc.getuid();

    /// <summary>Real group id.</summary>
    public static uint GroupId => Libc.getgid();

    /// <summary>Whether the process runs as root.</summary>
    public static bool IsRoot => UserId == 0;

    /// <summary>Whether user ids have their usual meaning: false in a user namespace.</summary>
    public static bool IsInitialNamespace =>
        KernelFile.ReadText("/proc/self/uid_map").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries) is ["0", "0", "4294967295"];
}

/// <summary>Group membership of users, according to the machine's databases (nsswitch.conf) and the kernel. Results are cached.</summary>
public sealed unsafe class GroupMembership
{
    private const int MaxGroups = 65536;
    private const int NameRoom = 64 << 10;
    private readonly ConcurrentDictionary<uint, uint[]> _known = new();

    /// <summary>Whether a user is in a group; false if the user is unknown.</summary>
    public bool IsMember(uint user, uint group) => _known.GetOrAdd(user, GroupsOf).Contains(group);

    private static uint[] GroupsOf(uint user) =>
        user == Identity.UserId ? [Identity.GroupId, .. OwnGroups(), .. GroupsByName(user)] : GroupsByName(user);

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
