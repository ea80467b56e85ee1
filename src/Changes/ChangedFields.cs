namespace CondaFuse.Changes;

/// <summary>Which attributes a <see cref="ChangeKind.SetAttributes"/> sets. The bits are on disk.</summary>
[Flags]
public enum ChangedFields : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Permission bits.</summary>
    Permissions = 1,

    /// <summary>Owner.</summary>
    UserId = 2,

    /// <summary>Group.</summary>
    GroupId = 4,

    /// <summary>Length of a file.</summary>
    Size = 8,

    /// <summary>Last access.</summary>
    Accessed = 16,

    /// <summary>Last change of the content.</summary>
    Modified = 32,
}
