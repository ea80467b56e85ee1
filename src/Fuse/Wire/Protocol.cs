namespace CondaFuse.Fuse.Wire;

/// <summary>The kind of a request: <c>enum fuse_opcode</c> of <c>linux/fuse.h</c>, protocol 7.40.</summary>
public enum Opcode : uint
{
#pragma warning disable CS1591 // the names are those of the header
    Lookup = 1,
    Forget = 2,
    GetAttributes = 3,
    SetAttributes = 4,
    ReadLink = 5,
    Symlink = 6,
    MakeNode = 8,
    MakeDirectory = 9,
    Unlink = 10,
    RemoveDirectory = 11,
    Rename = 12,
    Link = 13,
    Open = 14,
    Read = 15,
    Write = 16,
    StatFs = 17,
    Release = 18,
    Fsync = 20,
    SetXattr = 21,
    GetXattr = 22,
    ListXattr = 23,
    RemoveXattr = 24,
    Flush = 25,
    Init = 26,
    OpenDirectory = 27,
    ReadDirectory = 28,
    ReleaseDirectory = 29,
    FsyncDirectory = 30,
    GetLock = 31,
    SetLock = 32,
    SetLockWait = 33,
    Access = 34,
    Create = 35,
    Interrupt = 36,
    BlockMap = 37,
    Destroy = 38,
    Ioctl = 39,
    Poll = 40,
    NotifyReply = 41,
    BatchForget = 42,
    Allocate = 43,
    ReadDirectoryPlus = 44,
    Rename2 = 45,
    Seek = 46,
    CopyRange = 47,
    SetUpMapping = 48,
    RemoveMapping = 49,
    SyncFs = 50,
    TemporaryFile = 51,
    Statx = 52,
#pragma warning restore CS1591
}

/// <summary><c>fuse_in_header</c>: the start of every request.</summary>
public readonly record struct RequestHeader
{
    /// <summary>Length of the whole request in bytes, including this header.</summary>
    public uint Length { get; init; }

    /// <summary>The kind of request.</summary>
    public Opcode Opcode { get; init; }

    /// <summary>The request's number, which the reply repeats.</summary>
    public ulong Unique { get; init; }

    /// <summary>The node that the request is about.</summary>
    public ulong NodeId { get; init; }

    /// <summary>The caller's user.</summary>
    public uint UserId { get; init; }

    /// <summary>The caller's group.</summary>
    public uint GroupId { get; init; }

    /// <summary>The caller's process; 0 outside the server's namespace.</summary>
    public uint ProcessId { get; init; }

    /// <summary>Length of the extensions at the end of the request, in units of 8 bytes.</summary>
    public ushort ExtensionWords { get; init; }

    /// <summary>Padding.</summary>
    public ushort Reserved { get; init; }
}

/// <summary><c>fuse_out_header</c>: the start of every reply.</summary>
/// <param name="Length">Length of the whole reply in bytes, including this header.</param>
/// <param name="Error">0, or a negated errno.</param>
/// <param name="Unique">The request's number.</param>
public readonly record struct ReplyHeader(uint Length, int Error, ulong Unique);
