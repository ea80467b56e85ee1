namespace CondaFuse.Changes.Rebasing;

/// <summary>What one side did to a path.</summary>
public enum SideChange
{
    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>Its content is another, or another entry has its name.</summary>
    Changed,

    /// <summary>Permissions, owner or extended attributes are others.</summary>
    Attributes,

    /// <summary>The entry has another name.</summary>
    Renamed,

    /// <summary>It is gone.</summary>
    Removed,
}
