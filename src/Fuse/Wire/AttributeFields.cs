namespace CondaFuse.Fuse.Wire;

/// <summary><c>FATTR_*</c>: which attributes a SETATTR sets.</summary>
[Flags]
public enum AttributeFields : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Permissions.</summary>
    Mode = 1 << 0,

    /// <summary>Owner.</summary>
    UserId = 1 << 1,

    /// <summary>Group.</summary>
    GroupId = 1 << 2,

    /// <summary>Length.</summary>
    Size = 1 << 3,

    /// <summary>Last access.</summary>
    Accessed = 1 << 4,

    /// <summary>Last change of the content.</summary>
    Modified = 1 << 5,

    /// <summary>The handle is there.</summary>
    Handle = 1 << 6,

    /// <summary>Last access: the server's clock, not the request's time.</summary>
    AccessedNow = 1 << 7,

    /// <summary>Last change of the content: the server's clock, not the request's time.</summary>
    ModifiedNow = 1 << 8,

    /// <summary>The lock's owner is there.</summary>
    LockOwner = 1 << 9,

    /// <summary>Last change of the attributes: only of kernels that keep it themselves.</summary>
    Changed = 1 << 10,

    /// <summary>Set-id bits and file capabilities are to be cleared, as a change of size or owner does.</summary>
    ClearSetId = 1 << 11,
}
