namespace CondaFuse.Platform;

/// <summary>Gives an entry that this process has just made its owner, permissions and access list, by its descriptor.</summary>
internal static unsafe class EntryRightsGiving
{
    /// <exception cref="PlatformException">fchmod(2) or fsetxattr(2) failed.</exception>
    internal static void Give(HandleLease entry, EntryRights rights)
    {
        const uint unchanged = uint.MaxValue;
        var status = FileStatus.Of(entry, []);
        byte end = 0;
        _ = status.UserId != rights.UserId && Libc.fchownat(entry.Descriptor, &end, rights.UserId, unchanged, Libc.StatEmptyPath) == 0;
        var hasGroup = status.GroupId == rights.GroupId || Libc.fchownat(entry.Descriptor, &end, unchanged, rights.GroupId, Libc.StatEmptyPath) == 0;
        var others = rights.Permissions & 7;
        var permissions = hasGroup ? rights.Permissions : (rights.Permissions & ~0x38u) | ((((rights.Permissions >> 3) & 7) & others) << 3);
        if (Libc.fchmod(entry.Descriptor, permissions) < 0 && Libc.LastErrno is not (Errno.EPERM or Errno.EOPNOTSUPP or Errno.EINVAL))
        {
            throw new PlatformException(Libc.LastErrno, "chmod");
        }

        if (rights.List is { } list && hasGroup)
        {
            var room = stackalloc byte[EntryAccess.ListAttribute.Length + 1];
            fixed (byte* bytes = EntryAccess.Format(list))
            {
                Libc.Check(
                    Libc.fsetxattr(entry.Descriptor, CName.Terminate(EntryAccess.ListAttribute, room), bytes, (nuint)EntryAccess.Format(list).Length, 0), "setxattr");
            }
        }
    }
}
