namespace CondaFuse.Tree;

/// <summary>Why an operation on a tree failed. Only the server translates it into an errno.</summary>
public enum TreeFailure
{
    /// <summary>The stored data violate their format or cannot be decompressed.</summary>
    Corrupt,

    /// <summary>The storage below failed.</summary>
    Storage,

    /// <summary>No such entry.</summary>
    NotFound,

    /// <summary>The entry is not a directory.</summary>
    NotADirectory,

    /// <summary>The entry is a directory.</summary>
    IsADirectory,

    /// <summary>The operation does not apply to this kind of entry.</summary>
    WrongKind,

    /// <summary>The name is longer than 255 bytes.</summary>
    NameTooLong,

    /// <summary>The caller's buffer is too small for the value.</summary>
    RangeTooSmall,

    /// <summary>The tree cannot do this.</summary>
    Unsupported,

    /// <summary>The source does not let this user read the entry.</summary>
    AccessDenied,

    /// <summary>The name exists already.</summary>
    Exists,

    /// <summary>The directory is not empty.</summary>
    NotEmpty,

    /// <summary>The tree cannot be changed now: another process is changing it, or the storage is read-only.</summary>
    ReadOnly,

    /// <summary>The storage is full.</summary>
    NoSpace,

    /// <summary>The user's quota is used up.</summary>
    QuotaExceeded,

    /// <summary>The operation is not allowed on this kind of entry.</summary>
    NotPermitted,

    /// <summary>The file would be longer than the tree can hold.</summary>
    FileTooLarge,

    /// <summary>The entry has as many names as the tree can hold.</summary>
    TooManyLinks,

    /// <summary>A directory would end up below itself, or a range or value is invalid.</summary>
    Invalid,

    /// <summary>The entry has no such extended attribute.</summary>
    NoXattr,

    /// <summary>There is no data, or no hole, at or after this offset.</summary>
    NoSuchRange,
}

/// <summary>A failed operation on a tree.</summary>
/// <param name="failure">The kind of failure.</param>
/// <param name="message">What happened, and the entry or field.</param>
/// <param name="inner">The cause.</param>
public class TreeException(TreeFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The kind of failure.</summary>
    public TreeFailure Failure { get; } = failure;
}
