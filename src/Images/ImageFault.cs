using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>What is wrong with an image. The numbers are stable: tests and scripts may rely on them.</summary>
public enum ImageFault
{
    /// <summary>The file is not of a known format.</summary>
    NotAnImage = 1,

    /// <summary>The file is shorter than it claims.</summary>
    Truncated = 2,

    /// <summary>The storage below failed.</summary>
    ReadFailed = 3,

    /// <summary>The format's version is not supported.</summary>
    Version = 4,

    /// <summary>The compressor is not supported.</summary>
    Compressor = 5,

    /// <summary>The block size is not allowed by the format.</summary>
    BlockSize = 6,

    /// <summary>The number of inodes is 0.</summary>
    InodeCount = 7,

    /// <summary>The number of owners is 0, or more than the table can hold.</summary>
    IdCount = 8,

    /// <summary>A table is outside the image or overlaps the next one.</summary>
    TablePlace = 9,

    /// <summary>The image claims to be longer than its file.</summary>
    BytesUsed = 10,

    /// <summary>The file was overwritten while it was open.</summary>
    Overwritten = 11,

    /// <summary>A metadata block's header has an impossible length.</summary>
    MetadataLength = 20,

    /// <summary>A metadata block cannot be decompressed.</summary>
    MetadataContent = 21,

    /// <summary>A reference points outside its table.</summary>
    MetadataPlace = 22,

    /// <summary>A reference points beyond the content of its metadata block.</summary>
    MetadataOffset = 23,

    /// <summary>An inode's type is unknown.</summary>
    InodeType = 30,

    /// <summary>An inode's owner is not in the table.</summary>
    InodeOwner = 31,

    /// <summary>A file claims more than its image can hold.</summary>
    FileSize = 32,

    /// <summary>A symlink's target has an impossible length.</summary>
    SymlinkLength = 33,

    /// <summary>An inode's number is 0.</summary>
    InodeNumber = 34,

    /// <summary>The root is not a directory.</summary>
    Root = 35,

    /// <summary>A directory's listing is truncated, or a header claims too many entries.</summary>
    Listing = 40,

    /// <summary>A name is empty, too long, <c>.</c> or <c>..</c>, or contains NUL or <c>/</c>.</summary>
    EntryName = 41,

    /// <summary>A directory contains itself or has two parents.</summary>
    DirectoryLoop = 42,

    /// <summary>A directory's names are out of order or duplicated.</summary>
    EntryOrder = 43,

    /// <summary>An entry and its inode do not match.</summary>
    EntryInode = 44,

    /// <summary>A data block has an impossible size.</summary>
    BlockLength = 50,

    /// <summary>A data block cannot be decompressed, or is too short.</summary>
    BlockContent = 51,

    /// <summary>A data block is outside the image.</summary>
    BlockPlace = 52,

    /// <summary>A fragment index is not in the table.</summary>
    FragmentIndex = 53,

    /// <summary>A file's last bytes are beyond the end of their fragment.</summary>
    FragmentOffset = 54,

    /// <summary>An xattr index is not in the table.</summary>
    XattrIndex = 60,

    /// <summary>An extended attribute has an unknown prefix or an impossible length.</summary>
    Xattr = 61,

    /// <summary>The private record or its footer has a wrong checksum or is inconsistent.</summary>
    Record = 70,

    /// <summary>The version of the private record is not supported.</summary>
    RecordVersion = 71,

    /// <summary>The image holds no such generation.</summary>
    NoGeneration = 74,

    /// <summary>A checksum does not match.</summary>
    Checksum = 72,

    /// <summary>The totals do not match the image's content.</summary>
    Totals = 73,

    /// <summary>A zip archive's end record is inconsistent, or the archive spans several disks.</summary>
    EndRecord = 80,

    /// <summary>A zip archive's central directory is truncated, or does not match the end record.</summary>
    CentralDirectory = 81,

    /// <summary>An entry is outside the zip archive.</summary>
    EntryPlace = 82,

    /// <summary>Two entries of a zip archive overlap.</summary>
    EntryOverlap = 83,

    /// <summary>An entry's local header is invalid, or belongs to another entry.</summary>
    LocalHeader = 84,

    /// <summary>A name belongs both to a directory and to another kind of entry.</summary>
    EntryConflict = 85,

    /// <summary>An entry is encrypted.</summary>
    Encrypted = 86,

    /// <summary>A hard link has no valid target.</summary>
    LinkTarget = 87,

    /// <summary>A zip archive contains a name twice; the last one wins.</summary>
    DuplicateName = 88,

    /// <summary>The names imply more directories than an archive of this size can have.</summary>
    ImpliedDirectories = 89,
}

/// <summary>An image cannot be read, or not by this build.</summary>
/// <param name="fault">The fault.</param>
/// <param name="message">The field, its location and its value.</param>
/// <param name="inner">The cause.</param>
public sealed class ImageException(ImageFault fault, string message, Exception? inner = null)
    : TreeException(fault == ImageFault.ReadFailed ? TreeFailure.Storage : TreeFailure.Corrupt, message, inner)
{
    /// <summary>The fault.</summary>
    public ImageFault Fault { get; } = fault;
}
