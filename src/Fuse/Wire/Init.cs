using System.Runtime.CompilerServices;

namespace CondaFuse.Fuse.Wire;

/// <summary>
/// The <c>FUSE_*</c> flags of <c>fuse_init_in</c> and <c>fuse_init_out</c>, which kernel and server negotiate at the start. The second word is in
/// bits 32 and up.
/// </summary>
[Flags]
public enum Capabilities : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>FUSE_ASYNC_READ: several reads of one file may be in progress.</summary>
    AsyncRead = 1ul << 0,

    /// <summary>FUSE_ATOMIC_O_TRUNC. With <see cref="NoOpen"/> an <c>open(O_TRUNC)</c> then truncates nothing.</summary>
    AtomicTruncate = 1ul << 3,

    /// <summary>FUSE_BIG_WRITES: a WRITE may have more than one page.</summary>
    BigWrites = 1ul << 5,

    /// <summary>FUSE_DO_READDIRPLUS: a listing may include attributes.</summary>
    ReadDirectoryPlus = 1ul << 13,

    /// <summary>FUSE_READDIRPLUS_AUTO: the kernel decides when to request them.</summary>
    ReadDirectoryPlusAuto = 1ul << 14,

    /// <summary>FUSE_ASYNC_DIO.</summary>
    AsyncDirectIo = 1ul << 15,

    /// <summary>FUSE_WRITEBACK_CACHE.</summary>
    WritebackCache = 1ul << 16,

    /// <summary>FUSE_NO_OPEN_SUPPORT: after ENOSYS to OPEN, the kernel opens files without asking and keeps their pages.</summary>
    NoOpen = 1ul << 17,

    /// <summary>FUSE_PARALLEL_DIROPS: several lookups and listings of one directory may be in progress.</summary>
    ParallelDirectoryOperations = 1ul << 18,

    /// <summary>FUSE_MAX_PAGES: the reply limits the pages per request.</summary>
    MaxPages = 1ul << 22,

    /// <summary>FUSE_CACHE_SYMLINKS: the kernel caches symlink targets.</summary>
    CacheSymlinks = 1ul << 23,

    /// <summary>FUSE_NO_OPENDIR_SUPPORT: like <see cref="NoOpen"/>, for directories.</summary>
    NoOpenDirectory = 1ul << 24,

    /// <summary>
    /// FUSE_HANDLE_KILLPRIV_V2: the server clears set-id bits and file capabilities if a request says so, so that the kernel need not query them
    /// before each WRITE.
    /// </summary>
    HandleKillPrivV2 = 1ul << 28,

    /// <summary>FUSE_INIT_EXT: the second word is valid.</summary>
    Extended = 1ul << 30,
}

/// <summary>The part of <c>fuse_init_in</c> that every kernel of protocol 7 sends.</summary>
/// <param name="Major">Major protocol version.</param>
/// <param name="Minor">Minor protocol version.</param>
/// <param name="MaxReadahead">The kernel's read-ahead limit in bytes.</param>
/// <param name="Flags">Lower word of the <see cref="Capabilities"/>.</param>
public readonly record struct InitRequest(uint Major, uint Minor, uint MaxReadahead, uint Flags);

/// <summary><c>fuse_init_out</c>, with its length since protocol 7.23.</summary>
public readonly struct InitReply
{
    /// <summary>Major protocol version.</summary>
    public uint Major { get; init; }

    /// <summary>Minor protocol version.</summary>
    public uint Minor { get; init; }

    /// <summary>The allowed read-ahead in bytes.</summary>
    public uint MaxReadahead { get; init; }

    /// <summary>Lower word of the <see cref="Capabilities"/>.</summary>
    public uint Flags { get; init; }

    /// <summary>Maximum number of background requests in progress.</summary>
    public ushort MaxBackground { get; init; }

    /// <summary>With this many background requests, the kernel treats the file system as congested.</summary>
    public ushort CongestionThreshold { get; init; }

    /// <summary>Maximum size of a WRITE in bytes; at least 4096.</summary>
    public uint MaxWrite { get; init; }

    /// <summary>Granularity of times in nanoseconds.</summary>
    public uint TimeGranularity { get; init; }

    /// <summary>Maximum number of pages per request.</summary>
    public ushort MaxPages { get; init; }

    /// <summary>For DAX.</summary>
    public ushort MapAlignment { get; init; }

    /// <summary>Upper word of the <see cref="Capabilities"/>.</summary>
    public uint Flags2 { get; init; }

    /// <summary>Must be 0.</summary>
    public Unused Reserved { get; init; }

    /// <summary>Seven words.</summary>
    [InlineArray(7)]
    public struct Unused
    {
        private uint _word;
    }
}
