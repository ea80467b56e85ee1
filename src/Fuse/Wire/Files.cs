namespace CondaFuse.Fuse.Wire;

/// <summary><c>FOPEN_*</c>.</summary>
[Flags]
public enum OpenFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Opening does not drop the cached pages.</summary>
    KeepCache = 1 << 1,

    /// <summary>The listing may be cached.</summary>
    CacheDirectory = 1 << 3,
}

/// <summary><c>fuse_open_out</c>.</summary>
/// <param name="Handle">Returned by the kernel in requests about the open file.</param>
/// <param name="Flags">How the kernel may treat it.</param>
/// <param name="BackingId">For passthrough.</param>
public readonly record struct OpenReply(ulong Handle, OpenFlags Flags, uint BackingId);

/// <summary><c>fuse_read_in</c>: body of READ, READDIR and READDIRPLUS.</summary>
public readonly record struct ReadRequest
{
    /// <summary>The handle from OPEN.</summary>
    public ulong Handle { get; init; }

    /// <summary>Byte offset, or the cookie of the last entry read.</summary>
    public ulong Offset { get; init; }

    /// <summary>Maximum number of bytes to reply with.</summary>
    public uint Size { get; init; }

    /// <summary>FUSE_READ_*.</summary>
    public uint ReadFlags { get; init; }

    /// <summary>The owner of the lock.</summary>
    public ulong LockOwner { get; init; }

    /// <summary>Flags of the open file.</summary>
    public uint OpenFlags { get; init; }

    /// <summary>Padding.</summary>
    public uint Reserved { get; init; }
}

/// <summary><c>fuse_write_in</c>; the content follows.</summary>
public readonly record struct WriteRequest
{
    /// <summary>The handle from OPEN.</summary>
    public ulong Handle { get; init; }

    /// <summary>Byte offset.</summary>
    public ulong Offset { get; init; }

    /// <summary>Length of the content in bytes.</summary>
    public uint Size { get; init; }

    /// <summary>The origin of the content.</summary>
    public WriteFlags WriteFlags { get; init; }

    /// <summary>The owner of the lock.</summary>
    public ulong LockOwner { get; init; }

    /// <summary>Flags of the open file.</summary>
    public uint OpenFlags { get; init; }

    /// <summary>Padding.</summary>
    public uint Padding { get; init; }
}

/// <summary><c>FUSE_WRITE_*</c>.</summary>
[Flags]
public enum WriteFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Pages of a shared mapping; the header names no real caller.</summary>
    Cache = 1 << 0,

    /// <summary>The lock owner is valid.</summary>
    LockOwner = 1 << 1,

    /// <summary>Set-id bits and file capabilities must be cleared.</summary>
    ClearSetId = 1 << 2,
}

/// <summary><c>fuse_write_out</c>: reply to WRITE and COPY_FILE_RANGE.</summary>
/// <param name="Size">Bytes written.</param>
/// <param name="Padding">Padding.</param>
public readonly record struct WriteReply(uint Size, uint Padding);

/// <summary><c>fuse_fallocate_in</c>.</summary>
public readonly record struct AllocateRequest
{
    /// <summary>The handle from OPEN.</summary>
    public ulong Handle { get; init; }

    /// <summary>Byte offset.</summary>
    public ulong Offset { get; init; }

    /// <summary>Length in bytes.</summary>
    public ulong Length { get; init; }

    /// <summary>The operation.</summary>
    public AllocateFlags Mode { get; init; }

    /// <summary>Padding.</summary>
    public uint Padding { get; init; }
}

/// <summary><c>FALLOC_FL_*</c> of fallocate(2). Without flags, it reserves space and extends the file.</summary>
[Flags]
public enum AllocateFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The file keeps its length.</summary>
    KeepSize = 0x01,

    /// <summary>Make a hole; used with <see cref="KeepSize"/>.</summary>
    PunchHole = 0x02,

    /// <summary>Cut the range out.</summary>
    CollapseRange = 0x08,

    /// <summary>Fill the range with zeros.</summary>
    ZeroRange = 0x10,

    /// <summary>Insert a hole.</summary>
    InsertRange = 0x20,

    /// <summary>Make shared blocks the file's own.</summary>
    UnshareRange = 0x40,
}

/// <summary><c>fuse_copy_file_range_in</c>; the header's node is the source.</summary>
public readonly record struct CopyRangeRequest
{
    /// <summary>The source's handle from OPEN.</summary>
    public ulong SourceHandle { get; init; }

    /// <summary>Byte offset in the source.</summary>
    public ulong SourceOffset { get; init; }

    /// <summary>The target node.</summary>
    public ulong TargetNode { get; init; }

    /// <summary>The target's handle from OPEN.</summary>
    public ulong TargetHandle { get; init; }

    /// <summary>Byte offset in the target.</summary>
    public ulong TargetOffset { get; init; }

    /// <summary>Length in bytes.</summary>
    public ulong Length { get; init; }

    /// <summary>0.</summary>
    public ulong Flags { get; init; }
}

/// <summary><c>fuse_lseek_in</c>.</summary>
/// <param name="Handle">The handle from OPEN.</param>
/// <param name="Offset">Byte offset to start at.</param>
/// <param name="Whence">What to look for.</param>
/// <param name="Padding">Padding.</param>
public readonly record struct SeekRequest(ulong Handle, ulong Offset, SeekWhence Whence, uint Padding);

/// <summary><c>fuse_lseek_out</c>.</summary>
/// <param name="Offset">Byte offset found.</param>
public readonly record struct SeekReply(ulong Offset);

/// <summary>The <c>SEEK_*</c> values of lseek(2) that the kernel sends.</summary>
public enum SeekWhence : uint
{
    /// <summary>SEEK_DATA.</summary>
    Data = 3,

    /// <summary>SEEK_HOLE.</summary>
    Hole = 4,
}

/// <summary><c>fuse_ioctl_in</c>: body of IOCTL; <paramref name="InputSize"/> bytes follow.</summary>
/// <param name="Handle">Handle of the open file.</param>
/// <param name="Flags"><c>FUSE_IOCTL_*</c>.</param>
/// <param name="Command">The ioctl's number, which holds its direction and size.</param>
/// <param name="Argument">The caller's third argument.</param>
/// <param name="InputSize">Bytes that the caller passes in.</param>
/// <param name="OutputSize">Size of the reply buffer in bytes.</param>
public readonly record struct IoctlRequest(ulong Handle, uint Flags, uint Command, ulong Argument, uint InputSize, uint OutputSize);

/// <summary><c>fuse_ioctl_out</c>: reply to IOCTL; the answer's bytes follow.</summary>
/// <param name="Result">What ioctl(2) returns.</param>
/// <param name="Flags">0.</param>
/// <param name="InputVectors">0.</param>
/// <param name="OutputVectors">0.</param>
public readonly record struct IoctlReply(int Result, uint Flags, uint InputVectors, uint OutputVectors);
