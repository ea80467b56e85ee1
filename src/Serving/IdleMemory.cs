using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Serving;

/// <summary>
/// Gives memory back when a server rests: what a commit or a burst of requests took would stay with the process otherwise, since a server that
/// answers from its cache allocates nothing, and so never collects.
/// </summary>
/// <remarks>
/// The first requests after a rest cost some 100 minor page faults, less than a tenth of a millisecond, and decompress blocks again of which the
/// kernel does not have all content in its page cache.
/// </remarks>
internal sealed class IdleMemory
{
    /// <summary>So much, allocated since memory was given back last, is worth a collection.</summary>
    internal const long WorthBytes = 1 << 20;

    private readonly Func<long> _allocated;
    private readonly Action _collect;
    private readonly Action _release;
    private readonly Lock _gate = new();
    private long _collectedAt;

    /// <param name="tree">What is served, which keeps what was read last.</param>
    public IdleMemory(IReadableTree tree)
        : this(() => GC.GetTotalAllocatedBytes(), Collect, () => Release(tree))
    {
    }

    /// <param name="allocated">Bytes that the process allocated so far.</param>
    /// <param name="collect">Collects.</param>
    /// <param name="release">Gives back what is free already, and what can be had again.</param>
    internal IdleMemory(Func<long> allocated, Action collect, Action release) => (_allocated, _collect, _release) = (allocated, collect, release);

    /// <summary>Gives back what is not needed; called when no requests come, and after a commit.</summary>
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
