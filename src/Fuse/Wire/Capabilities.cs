namespace CondaFuse.Fuse.Wire;

/// <summary>
/// What kernel and server agree on at the start: the <c>FUSE_*</c> flags of <c>fuse_init_in</c> and <c>fuse_init_out</c>,
/// the second word in bits 32 and up.
/// </summary>
[Flags]
public enum Capabilities : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>FUSE_ASYNC_READ: several reads of one file may be under way.</summary>
    AsyncRead = 1ul << 0,

    /// <summary>FUSE_ATOMIC_O_TRUNC. With <see cref="NoOpen"/> an <c>open(O_TRUNC)</c> then truncates nothing.</summary>
    AtomicTruncate = 1ul << 3,

    /// <summary>FUSE_BIG_WRITES: a WRITE may have more than one page.</summary>
    BigWrites = 1ul << 5,

    /// <summary>FUSE_DO_READDIRPLUS: a listing may bring the attributes along.</summary>
    ReadDirectoryPlus = 1ul << 13,

    /// <summary>FUSE_READDIRPLUS_AUTO: the kernel guesses when it wants them.</summary>
    ReadDirectoryPlusAuto = 1ul << 14,

    /// <summary>FUSE_ASYNC_DIO.</summary>
    AsyncDirectIo = 1ul << 15,

    /// <summary>FUSE_WRITEBACK_CACHE.</summary>
    WritebackCache = 1ul << 16,

    /// <summary>FUSE_NO_OPEN_SUPPORT: after ENOSYS to OPEN the kernel opens files by itself and keeps their pages.</summary>
    NoOpen = 1ul << 17,

    /// <summary>FUSE_PARALLEL_DIROPS: several lookups and listings of one directory may be under way.</summary>
    ParallelDirectoryOperations = 1ul << 18,

    /// <summary>FUSE_MAX_PAGES: the reply bounds the pages of a request.</summary>
    MaxPages = 1ul << 22,

    /// <summary>FUSE_CACHE_SYMLINKS: the kernel keeps targets.</summary>
    CacheSymlinks = 1ul << 23,

    /// <summary>FUSE_NO_OPENDIR_SUPPORT: as <see cref="NoOpen"/>, for directories.</summary>
    NoOpenDirectory = 1ul << 24,

    /// <summary>
    /// FUSE_HANDLE_KILLPRIV_V2: the server clears set-id bits and file capabilities where a request says so, and the kernel need not ask for
    /// them before each WRITE.
    /// </summary>
    HandleKillPrivV2 = 1ul << 28,

    /// <summary>FUSE_INIT_EXT: the second word is there.</summary>
    Extended = 1ul << 30,
}
