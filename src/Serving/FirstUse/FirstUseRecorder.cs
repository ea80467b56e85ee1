using CondaFuse.Tree;

namespace CondaFuse.Serving.FirstUse;

/// <summary>
/// Records the order in which content is first read after a mount. The kernel caches what it received, so each request is for new content. The
/// amount is limited; more is not recorded. Thread-safe; a call waits only for other calls.
/// </summary>
public sealed class FirstUseRecorder
{
    /// <summary>Maximum number of bytes of content that are recorded.</summary>
    public const long MaxBytes = 96L << 20;

    /// <summary>Maximum number of parts of files that are recorded.</summary>
    public const int MaxRanges = 8192;

    /// <summary>How many recent ranges are checked for one that this read continues: as many files may be read in parallel.</summary>
    private const int LookedBack = 16;

    private readonly Lock _gate = new();
    private readonly NodeNames _names = new();
    private readonly List<Range> _ranges = [];
    private long _bytes;
    private int _version;
    private int _ignoredProcess;
    private readonly object _waiting = new();
    private volatile bool _over;

    /// <summary>Increases with every record, so that callers can tell whether there is something new.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Whether recording has ended.</summary>
    public bool IsOver => _over;

    /// <summary>Which parts of the served tree's file were read; empty until it is served.</summary>
    public IReadOnlyList<StoredRange> StoredReads => Tree?.StoredReads ?? [];

    /// <summary>Whether the served tree's file lists what is used first; false until it is served.</summary>
    public bool HasStoredList => Tree?.HasFirstUses ?? false;

    /// <summary>The served tree.</summary>
    internal IReadableTree? Tree { get; set; }

    /// <summary>Ignores the reads of a process: a prefetcher is not a user.</summary>
    public void Ignore(int process) => Volatile.Write(ref _ignoredProcess, process);

    /// <summary>Ends recording.</summary>
    public void End()
    {
        _over = true;
        Wake();
    }

    /// <summary>Waits until content is read or recording ends.</summary>
    /// <returns>False if the time ran out first.</returns>
    public bool WaitForUse(TimeSpan time)
    {
        Monitor.Enter(_waiting);
        try
        {
            return _over || Version > 0 || Monitor.Wait(_waiting, time);
        }
        finally
        {
            Monitor.Exit(_waiting);
        }
    }

    /// <summary>Called when the kernel learns about an entry.</summary>
    internal void Named(NodeId directory, ReadOnlySpan<byte> name, NodeId node)
    {
        if (_over)
        {
            return;
        }

        lock (_gate)
        {
            _names.Add(directory.Value, name, node.Value);
        }
    }

    /// <summary>Called when the kernel receives content.</summary>
    internal void Read(NodeId node, long offset, int length, uint process)
    {
        if (_over || length == 0 || (process != 0 && process == (uint)Volatile.Read(ref _ignoredProcess)))
        {
            return;
        }

        bool isFirst;
        lock (_gate)
        {
            isFirst = _version == 0;
            _bytes += length;
            if (FindEndingAt(node.Value, offset) is >= 0 and var last)
            {
                _ranges[last] = _ranges[last] with { End = offset + length };
            }
            else
            {
                _ranges.Add(new Range(node.Value, offset, offset + length));
            }

            _over = _bytes >= MaxBytes || _ranges.Count >= MaxRanges;
            Volatile.Write(ref _version, _version + 1);
        }

        if (isFirst)
        {
            Wake();
        }
    }

    /// <summary>The records so far, in order of first use, without files whose path is unknown.</summary>
    public IReadOnlyList<UsedRange> Snapshot()
    {
        lock (_gate)
        {
            var byNode = _names.ByNode();
            var paths = new Dictionary<ulong, byte[]?>();
            var used = new List<UsedRange>(_ranges.Count);
            foreach (var (node, start, end) in _ranges)
            {
                if (!paths.TryGetValue(node, out var path))
                {
                    paths[node] = path = NodeNames.PathOf(node, byNode);
                }

                if (path is not null)
                {
                    used.Add(new UsedRange(path, start, end - start));
                }
            }

            return used;
        }
    }

    private int FindEndingAt(ulong node, long offset)
    {
        for (var index = _ranges.Count - 1; index >= Math.Max(0, _ranges.Count - LookedBack); index--)
        {
            if (_ranges[index].Node == node && _ranges[index].End == offset)
            {
                return index;
            }
        }

        return -1;
    }

    private void Wake()
    {
        Monitor.Enter(_waiting);
        Monitor.PulseAll(_waiting);
        Monitor.Exit(_waiting);
    }

    private readonly record struct Range(ulong Node, long Start, long End);
}

/// <summary>
/// The nodes seen so far, as a Bloom filter of 32 KiB with two bits per node. With some thousand nodes, one in a thousand is a false positive. Not
/// thread-safe.
/// </summary>
internal sealed class NodeFilter
{
    private const int IndexBits = 18;
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15; // Fibonacci hashing: 2^64 by the golden ratio
    private readonly ulong[] _bits = new ulong[1 << (IndexBits - 6)];

    /// <summary>Adds a node. Returns false if it may have been added before.</summary>
    internal bool TryAdd(ulong node)
    {
        var hash = unchecked((node ^ (node >> 32)) * Golden);
        var isNew = TrySet(hash >> (64 - IndexBits));
        return TrySet((hash >> (64 - (2 * IndexBits))) & ((1 << IndexBits) - 1)) || isNew;
    }

    private bool TrySet(ulong index)
    {
        ref var word = ref _bits[index >> 6];
        var bit = 1ul << (int)(index & 63);
        var isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }
}
