namespace CondaFuse.Platform;

/// <summary>Owner, group and permission bits of a file.</summary>
/// <param name="UserId">Owner.</param>
/// <param name="GroupId">Group.</param>
/// <param name="Permissions">0 to 0o777: set-id and sticky bits are never carried over.</param>
public readonly record struct FileRights(uint UserId, uint GroupId, uint Permissions)
{
    private const uint AllPermissions = 0x1FF;

    /// <summary>Those of an open file.</summary>
    public static FileRights Of(FileStatus status) => new(status.UserId, status.GroupId, status.Permissions & AllPermissions);

    /// <summary>Those bits that remain when the group cannot be kept: another group gets no more than everybody has.</summary>
    public uint PermissionsOfAnotherGroup => Permissions & ~(0x38u & ~((Permissions & 7) << 3));
}
