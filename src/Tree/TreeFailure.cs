namespace CondaFuse.Tree;

/// <summary>Why an operation on a tree failed. Who serves the tree turns it into an errno, nobody else does.</summary>
public enum TreeFailure
{
    /// <summary>The stored data break their format's rules or cannot be decompressed.</summary>
    Corrupt,

    /// <summary>The storage below failed.</summary>
    Storage,

    /// <summary>No such entry.</summary>
    NotFound,

    /// <summary>The entry is not a directory.</summary>
    NotADirectory,

    /// <summary>The entry is a directory.</summary>
    IsADirectory,

    /// <summary>The entry is not of the kind that the operation needs.</summary>
    WrongKind,

    /// <summary>The name is longer than 255 bytes.</summary>
    NameTooLong,

    /// <summary>The buffer handed in is too small for the value.</summary>
    RangeTooSmall,

    /// <summary>The tree cannot do this.</summary>
    Unsupported,

    /// <summary>The source does not let this user read the entry.</summary>
    AccessDenied,
}
