using CondaFuse.Tree;

namespace CondaFuse.Images;

/// <summary>What is wrong with an image. The numbers are stable: tests and scripts may rely on them.</summary>
public enum ImageFault
{
    /// <summary>The file is not of a known format.</summary>
    NotAnImage = 1,

    /// <summary>The file ends before what it claims to hold.</summary>
    Truncated = 2,

    /// <summary>The storage below failed.</summary>
    ReadFailed = 3,

    /// <summary>A version of the format that is not read here.</summary>
    Version = 4,

    /// <summary>A compressor that is not read here.</summary>
    Compressor = 5,

    /// <summary>The size of blocks is not one the format allows.</summary>
    BlockSize = 6,

    /// <summary>The number of inodes is 0.</summary>
    InodeCount = 7,

    /// <summary>The number of owners is 0, or more than the table can hold.</summary>
    IdCount = 8,

    /// <summary>A table lies outside of the image or overlaps the next one.</summary>
    TablePlace = 9,

    /// <summary>The image claims to be longer than its file.</summary>
    BytesUsed = 10,

    /// <summary>The file was overwritten while it was open.</summary>
    Overwritten = 11,

    /// <summary>A metadata block's header claims a length that no block has.</summary>
    MetadataLength = 20,

    /// <summary>A metadata block cannot be decompressed.</summary>
    MetadataContent = 21,

    /// <summary>A reference leads out of its table.</summary>
    MetadataPlace = 22,

    /// <summary>A reference points behind the content of its metadata block.</summary>
    MetadataOffset = 23,

    /// <summary>An inode's type is unknown.</summary>
    InodeType = 30,

    /// <summary>An inode's owner is not in the table.</summary>
    InodeOwner = 31,

    /// <summary>A file claims more than its image can hold.</summary>
    FileSize = 32,

    /// <summary>A symlink's target has a length that no target has.</summary>
    SymlinkLength = 33,

    /// <summary>An inode's number is 0.</summary>
    InodeNumber = 34,

    /// <summary>The root is not a directory.</summary>
    Root = 35,

    /// <summary>A directory's listing breaks off, or a header claims more entries than one has.</summary>
    Listing = 40,

    /// <summary>A name is empty, too long, <c>.</c> or <c>..</c>, or contains NUL or <c>/</c>.</summary>
    EntryName = 41,

    /// <summary>A directory contains itself or lies in two places.</summary>
    DirectoryLoop = 42,

    /// <summary>A directory's names are not in order, or one is there twice.</summary>
    EntryOrder = 43,

    /// <summary>An entry and its inode disagree.</summary>
    EntryInode = 44,

    /// <summary>A data block's size is one that no block has.</summary>
    BlockLength = 50,

    /// <summary>A data block cannot be decompressed, or holds less than it should.</summary>
    BlockContent = 51,

    /// <summary>A data block lies outside of the image.</summary>
    BlockPlace = 52,

    /// <summary>A fragment index is not in the table.</summary>
    FragmentIndex = 53,

    /// <summary>A file's last bytes lie behind the end of their fragment.</summary>
    FragmentOffset = 54,

    /// <summary>An xattr index is not in the table.</summary>
    XattrIndex = 60,

    /// <summary>An extended attribute has an unknown prefix or an impossible length.</summary>
    Xattr = 61,

    /// <summary>The private record or its footer fails its checksum or contradicts itself.</summary>
    Record = 70,

    /// <summary>The private record has a version that is not read here.</summary>
    RecordVersion = 71,

    /// <summary>The image holds no such generation.</summary>
    NoGeneration = 74,

    /// <summary>A checksum does not match.</summary>
    Checksum = 72,

    /// <summary>The totals do not match what the image holds.</summary>
    Totals = 73,

    /// <summary>A zip archive's end record is contradictory, or one of several disks.</summary>
    EndRecord = 80,

    /// <summary>A zip archive's central directory breaks off, or holds other than its end record says.</summary>
    CentralDirectory = 81,

    /// <summary>An entry of a zip archive lies outside of it.</summary>
    EntryPlace = 82,

    /// <summary>Two entries of a zip archive share bytes of it.</summary>
    EntryOverlap = 83,

    /// <summary>An entry's local header is not one, or of another entry.</summary>
    LocalHeader = 84,

    /// <summary>One name is that of a directory and of something else.</summary>
    EntryConflict = 85,

    /// <summary>An entry is encrypted.</summary>
    Encrypted = 86,

    /// <summary>A hard link names nothing that it could be a link to.</summary>
    LinkTarget = 87,

    /// <summary>A zip archive holds a name twice; the last one counts.</summary>
    DuplicateName = 88,

    /// <summary>Names imply more directories than any archive of this size has.</summary>
    ImpliedDirectories = 89,
}

/// <summary>An image that cannot be read, or not here.</summary>
/// <param name="fault">What is wrong.</param>
/// <param name="message">Which field, where, and what it says.</param>
/// <param name="inner">What caused it.</param>
public sealed class ImageException(ImageFault fault, string message, Exception? inner = null)
    : TreeException(fault == ImageFault.ReadFailed ? TreeFailure.Storage : TreeFailure.Corrupt, message, inner)
{
    /// <summary>What is wrong.</summary>
    public ImageFault Fault { get; } = fault;
}
