namespace CondaFuse.Images.SquashFs.Committing;

/// <summary>What is known of a block of a changed file.</summary>
internal enum BlockOriginKind
{
    /// <summary>It must be read and stored.</summary>
    New,

    /// <summary>It is all zeros and not stored.</summary>
    Zeros,

    /// <summary>It is a stored block.</summary>
    Block,

    /// <summary>It is a part of a fragment.</summary>
    Fragment,
}
