using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving;

/// <summary>
/// Frees memory when a server becomes idle. Otherwise the process would keep the memory that a commit or a burst of requests used: a server that
/// answers from its cache allocates nothing, and so never collects.
/// </summary>
/// <remarks>
/// The first requests after a pause cost about 100 minor page faults, less than a tenth of a millisecond. Blocks whose content is not fully in the
/// kernel's page cache are decompressed again.
/// </remarks>
internal sealed class IdleMemory
{
    /// <summary>A collection is worthwhile after this many bytes were allocated since the last one.</summary>
    internal const long WorthBytes = 1 << 20;

    private readonly Func<long> _allocated;
    private readonly Action _collect;
    private readonly Action _release;
    private readonly Lock _gate = new();
    private long _collectedAt;

    /// <param name="tree">The served tree, which caches recently read data.</param>
    public IdleMemory(IReadableTree tree)
        : this(() => GC.GetTotalAllocatedBytes(), Collect, () => Release(tree))
    {
    }

    /// <param name="allocated">Number of bytes that the process has allocated so far.</param>
    /// <param name="collect">Runs a garbage collection.</param>
    /// <param name="release">Frees unused memory, and memory whose content can be loaded again.</param>
    internal IdleMemory(Func<long> allocated, Action collect, Action release) => (_allocated, _collect, _release) = (allocated, collect, release);

    /// <summary>Frees memory that is not needed; called when the server becomes idle, and after a commit.</summary>
    internal void Rest()
    {
        lock (_gate)
        {
            if (_allocated() - _collectedAt >= WorthBytes)
            {
                _collect();
                _collectedAt = _allocated();
            }

            _release();
        }
    }

    private static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

    private static void Release(IReadableTree tree)
    {
        tree.Trim();
        NativeHeap.Trim();
        ProgramPages.Release();
    }
}
