using System.Buffers.Binary;
using System.Text;

namespace CondaFuse.Platform;

/// <summary>Whom an access-list entry applies to (<c>linux/posix_acl.h</c>).</summary>
public enum AccessTag : ushort
{
    /// <summary>The owner (ACL_USER_OBJ).</summary>
    Owner = 0x01,

    /// <summary>A user by id (ACL_USER).</summary>
    User = 0x02,

    /// <summary>The file's group (ACL_GROUP_OBJ).</summary>
    OwningGroup = 0x04,

    /// <summary>A group by id (ACL_GROUP).</summary>
    Group = 0x08,

    /// <summary>Maximum permissions of users and groups (ACL_MASK).</summary>
    Mask = 0x10,

    /// <summary>Everybody else (ACL_OTHER).</summary>
    Other = 0x20,
}

/// <summary>An entry of a POSIX access list.</summary>
/// <param name="Tag">Whom it applies to.</param>
/// <param name="Id">The user or group id, if the tag needs one.</param>
/// <param name="Permissions">Read 4, write 2, execute 1, before the mask.</param>
public readonly record struct AccessEntry(AccessTag Tag, uint Id, byte Permissions);

/// <summary>The type of a file or folder, and its permissions: owner, mode and POSIX access list.</summary>
/// <param name="Type">The type.</param>
/// <param name="UserId">Owner.</param>
/// <param name="GroupId">Group.</param>
/// <param name="Mode">0 to 0o7777; with a list, the group's bits are the list's mask.</param>
/// <param name="List">The access list; null if there is none.</param>
public sealed record EntryAccess(EntryType Type, uint UserId, uint GroupId, ushort Mode, IReadOnlyList<AccessEntry>? List)
{
    private const int ListHeader = 4;
    private const int ListEntry = 8;
    private const uint ListVersion = 2;

    /// <summary>A list has a few entries; the kernel allows 64 KiB.</summary>
    private const int MaxList = 1 << 16;

    /// <summary>The extended attribute that holds the list.</summary>
    internal static ReadOnlySpan<byte> ListAttribute => "system.posix_acl_access"u8;

    /// <summary>The permissions of the owning group.</summary>
    public byte OwningGroupPermissions =>
        List is null ? (byte)((Mode >> 3) & 7) : (byte)(List.FirstOrDefault(entry => entry.Tag == AccessTag.OwningGroup).Permissions & Mask);

    /// <summary>Maximum permissions of the list's users and groups.</summary>
    public byte Mask => (byte)((Mode >> 3) & 7);

    /// <summary>Queries an open file or folder.</summary>
    /// <exception cref="PlatformException">statx(2) or fgetxattr(2) failed, or the list has an unknown format.</exception>
    public static unsafe EntryAccess Of(HandleLease entry)
    {
        var status = FileStatus.Of(entry, []);
        var room = stackalloc byte[ListAttribute.Length + 1];
        var name = CName.Terminate(ListAttribute, room);
        var bytes = new byte[512];
        nint length;
        fixed (byte* to = bytes)
        {
            length = Libc.fgetxattr(entry.Descriptor, name, to, (nuint)bytes.Length);
        }

        if (length < 0 && Libc.LastErrno == Errno.ERANGE)
        {
            bytes = new byte[MaxList];
            fixed (byte* to = bytes)
            {
                length = Libc.fgetxattr(entry.Descriptor, name, to, (nuint)bytes.Length);
            }
        }

        var list = length >= 0
            ? Parse(bytes.AsSpan(0, (int)length))
            : Libc.LastErrno is Errno.ENODATA or Errno.EOPNOTSUPP ? null : throw new PlatformException(Libc.LastErrno, "fgetxattr");
        return new EntryAccess(status.Type, status.UserId, status.GroupId, status.Permissions, list);
    }

    /// <summary>Parses the kernel's form of a list.</summary>
    /// <exception cref="PlatformException">EINVAL: an unknown version, or an incomplete entry.</exception>
    internal static IReadOnlyList<AccessEntry> Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < ListHeader
            || (bytes.Length - ListHeader) % ListEntry != 0
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != ListVersion)
        {
            throw new PlatformException(Errno.EINVAL, "access list");
        }

        var entries = new List<AccessEntry>();
        for (var rest = bytes[ListHeader..]; !rest.IsEmpty; rest = rest[ListEntry..])
        {
            entries.Add(new AccessEntry(
                (AccessTag)BinaryPrimitives.ReadUInt16LittleEndian(rest), BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]),
                (byte)(BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & 7)));
        }

        return entries;
    }

    /// <summary>The kernel's form of a list.</summary>
    internal static byte[] Format(IReadOnlyList<AccessEntry> list)
    {
        var bytes = new byte[ListHeader + (list.Count * ListEntry)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, ListVersion);
        for (var index = 0; index < list.Count; index++)
        {
            var entry = bytes.AsSpan(ListHeader + (index * ListEntry));
            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)list[index].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], list[index].Permissions);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], list[index].Id);
        }

        return bytes;
    }
}

/// <summary>Owner, permissions and access list for an entry.</summary>
/// <param name="UserId">Owner, if this user may set it.</param>
/// <param name="GroupId">Group, if this user may set it. Otherwise the entry's group gets no more permissions than others.</param>
/// <param name="Permissions">0 to 0o777: set-id and sticky bits are never carried over.</param>
/// <param name="List">An access list; null for none.</param>
public sealed record EntryRights(uint UserId, uint GroupId, uint Permissions, IReadOnlyList<AccessEntry>? List = null)
{
    private const uint AllPermissions = 0x1FF;

    /// <summary>The permissions for a group other than <see cref="GroupId"/>: no more than others have.</summary>
    public uint PermissionsOfAnotherGroup => Permissions & ~(0x38u & ~((Permissions & 7) << 3));

    /// <summary>Owner, group and permissions of an open file.</summary>
    public static EntryRights Of(FileStatus status) => new(status.UserId, status.GroupId, status.Permissions & AllPermissions);

    /// <summary>Owner, permissions and access list of a file, for one that replaces it; null if it does not exist.</summary>
    /// <exception cref="PlatformException">It cannot be opened, or is not a regular file.</exception>
    public static EntryRights? OfExisting(string path)
    {
        try
        {
            using var file = PlainFile.OpenToRead(path);
            using var lease = new HandleLease(file);
            var access = EntryAccess.Of(lease);
            return new EntryRights(access.UserId, access.GroupId, access.Mode & AllPermissions, access.List);
        }
        catch (PlatformException absent) when (absent.Errno == Errno.ENOENT)
        {
            return null;
        }
    }

    /// <summary>Applies them by descriptor to an entry that this process has just created.</summary>
    /// <exception cref="PlatformException">fchmod(2) or fsetxattr(2) failed.</exception>
    internal unsafe void GiveTo(HandleLease entry)
    {
        var status = FileStatus.Of(entry, []);
        _ = status.UserId == UserId || EntryAttributes.TrySetOwner(entry, UserId, EntryAttributes.SameOwner);
        var hasGroup = status.GroupId == GroupId || EntryAttributes.TrySetOwner(entry, EntryAttributes.SameOwner, GroupId);
        if (Libc.fchmod(entry.Descriptor, hasGroup ? Permissions : PermissionsOfAnotherGroup) < 0
            && Libc.LastErrno is not (Errno.EPERM or Errno.EOPNOTSUPP or Errno.EINVAL))
        {
            throw new PlatformException(Libc.LastErrno, "chmod");
        }

        if (List is { } list && hasGroup)
        {
            var room = stackalloc byte[EntryAccess.ListAttribute.Length + 1];
            var value = EntryAccess.Format(list);
            fixed (byte* bytes = value)
            {
                Libc.Check(
                    Libc.fsetxattr(entry.Descriptor, CName.Terminate(EntryAccess.ListAttribute, room), bytes, (nuint)value.Length, 0), "setxattr");
            }
        }
    }
}

/// <summary>Whether this user may change a file or directory.</summary>
public static unsafe class Writability
{
    private const ulong Immutable = 0x10;
    private const ulong AppendOnly = 0x20;

    /// <summary>Whether the kernel would allow this user to write: permissions, access lists, read-only mounts.</summary>
    public static bool IsAllowed(string path) => Libc.access(path, Libc.MayWrite) == 0;

    /// <summary>The same of a folder that may not exist yet: whether it could be made in the nearest parent that exists.</summary>
    public static bool IsPossible(string folder)
    {
        var nearest = folder;
        while (!Path.Exists(nearest) && Path.GetDirectoryName(nearest) is { } parent)
        {
            nearest = parent;
        }

        return IsAllowed(nearest);
    }

    /// <summary>Whether the entry is marked as unchangeable (<c>chattr +i</c> or <c>+a</c>); false if the file system has no such marks.</summary>
    public static bool IsSealed(string path)
    {
        const int currentDirectory = -100;
        var bytes = Encoding.UTF8.GetBytes(path);
        var room = stackalloc byte[bytes.Length + 1];
        Libc.StatX status;
        return Libc.statx(currentDirectory, CName.Terminate(bytes, room), 0, Libc.BasicStats, &status) == 0
            && (status.Attributes & status.AttributesMask & (Immutable | AppendOnly)) != 0;
    }
}
