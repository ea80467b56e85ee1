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

    /// <summary>The name is there already.</summary>
    Exists,

    /// <summary>The directory is not empty.</summary>
    NotEmpty,

    /// <summary>The tree may not be changed now: others do, or the storage lets nobody.</summary>
    ReadOnly,

    /// <summary>The storage is full.</summary>
    NoSpace,

    /// <summary>The user's share of the storage is used up.</summary>
    QuotaExceeded,

    /// <summary>The operation is not allowed on this kind of entry.</summary>
    NotPermitted,

    /// <summary>The file would be longer than the tree can hold.</summary>
    FileTooLarge,

    /// <summary>The entry has as many names as the tree can hold.</summary>
    TooManyLinks,

    /// <summary>A directory would come to lie below itself, or a range or value makes no sense.</summary>
    Invalid,

    /// <summary>The entry has no such extended attribute.</summary>
    NoXattr,

    /// <summary>There is no data, or no hole, at or behind this offset.</summary>
    NoSuchRange,
}

/// <summary>A failed operation on a tree.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">What happened, to which entry or field.</param>
/// <param name="inner">What caused it.</param>
public class TreeException(TreeFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public TreeFailure Failure { get; } = failure;
}
