namespace CondaFuse.Tree;

/// <summary>Which attributes to change; null leaves one as it is.</summary>
public readonly record struct AttributeChanges
{
    /// <summary>Permission bits with set-id and sticky bits: 0 to 0o7777.</summary>
    public ushort? Permissions { get; init; }

    /// <summary>Owner.</summary>
    public uint? UserId { get; init; }

    /// <summary>Group.</summary>
    public uint? GroupId { get; init; }

    /// <summary>Length of a file in bytes.</summary>
    public long? Size { get; init; }

    /// <summary>Last access.</summary>
    public Timestamp? Accessed { get; init; }

    /// <summary>Last change of the content.</summary>
    public Timestamp? Modified { get; init; }

    /// <summary>Last change of the attributes; null takes the tree's clock.</summary>
    public Timestamp? Changed { get; init; }

    /// <summary>Whether a new size or owner clears set-id bits and file capabilities.</summary>
    public bool ClearSetId { get; init; }
}
