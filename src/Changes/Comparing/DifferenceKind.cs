namespace CondaFuse.Changes.Comparing;

/// <summary>How a path differs between two trees.</summary>
public enum DifferenceKind
{
    /// <summary>It is in the later tree only.</summary>
    Added,

    /// <summary>It is in the earlier tree only.</summary>
    Removed,

    /// <summary>Its content, its symlink's target, or its kind is another.</summary>
    Changed,

    /// <summary>Permissions, owner or extended attributes are others, the content is not.</summary>
    Attributes,

    /// <summary>The entry had another path in the earlier tree. Of a directory, everything below moved with it.</summary>
    Renamed,
}
