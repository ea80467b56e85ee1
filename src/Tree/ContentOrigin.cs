namespace CondaFuse.Tree;

/// <summary>Where a run of content comes from.</summary>
public enum ContentOrigin
{
    /// <summary>It is as it was in the tree below.</summary>
    Base,

    /// <summary>It was written since.</summary>
    Written,

    /// <summary>Zeros that are not stored.</summary>
    Zeros,
}
