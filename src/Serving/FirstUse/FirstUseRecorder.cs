using CondaFuse.Tree;

namespace CondaFuse.Serving.FirstUse;

/// <summary>
/// Notes in which order content is asked for after a mount. The kernel keeps what it was given, so that what it asks for it has not had. Bounded:
/// what does not fit is not noted. Safe for several threads; no call waits for anything but another one.
/// </summary>
public sealed class FirstUseRecorder
{
    /// <summary>Maximum number of bytes of content that are noted.</summary>
    public const long MaxBytes = 96L << 20;

    /// <summary>Maximum number of parts of files that are noted.</summary>
    public const int MaxRanges = 8192;

    /// <summary>How far back a range is looked for that goes on: as many files may be read side by side.</summary>
    private const int LookedBack = 16;

    private readonly Lock gate = new();
    private readonly NodeNames names = new();
    private readonly List<Range> ranges = [];
    private long bytes;
    private int version;
    private int ignoredProcess;
    private readonly object waiting = new();
    private volatile bool over;

    /// <summary>Grows with what is noted: whoever wants to know whether there is more compares it.</summary>
    public int Version => Volatile.Read(ref version);

    /// <summary>Whether nothing more is noted.</summary>
    public bool IsOver => over;

    /// <summary>Leaves out what a process asks for: who reads ahead is no user.</summary>
    public void Ignore(int process) => Volatile.Write(ref ignoredProcess, process);

    /// <summary>Notes nothing from now on.</summary>
    public void End()
    {
        over = true;
        Wake();
    }

    /// <summary>Waits until content was asked for, or noting ended.</summary>
    /// <returns>False if the time was over before.</returns>
    public bool WaitForUse(TimeSpan time)
    {
        Monitor.Enter(waiting);
        try
        {
            return over || Version > 0 || Monitor.Wait(waiting, time);
        }
        finally
        {
            Monitor.Exit(waiting);
        }
    }

    /// <summary>The kernel was told of an entry.</summary>
    internal void Named(NodeId directory, ReadOnlySpan<byte> name, NodeId node)
    {
        if (over)
        {
            return;
        }

        lock (gate)
        {
            names.Add(directory.Value, name, node.Value);
        }
    }

    /// <summary>The kernel was given content.</summary>
    internal void Read(NodeId node, long offset, int length, uint process)
    {
        if (over || length == 0 || (process != 0 && process == (uint)Volatile.Read(ref ignoredProcess)))
        {
            return;
        }

        bool isFirst;
        lock (gate)
        {
            isFirst = version == 0;
            bytes += length;
            if (FindEndingAt(node.Value, offset) is >= 0 and var last)
            {
                ranges[last] = ranges[last] with { End = offset + length };
            }
            else
            {
                ranges.Add(new Range(node.Value, offset, offset + length));
            }

            over = bytes >= MaxBytes || ranges.Count >= MaxRanges;
            Volatile.Write(ref version, version + 1);
        }

        if (isFirst)
        {
            Wake();
        }
    }

    /// <summary>What was noted so far, in the order of first use; without files whose path is not known.</summary>
    public IReadOnlyList<UsedRange> Snapshot()
    {
        lock (gate)
        {
            var byNode = names.ByNode();
            var paths = new Dictionary<ulong, byte[]?>();
            var used = new List<UsedRange>(ranges.Count);
            foreach (var (node, start, end) in ranges)
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
        for (var index = ranges.Count - 1; index >= Math.Max(0, ranges.Count - LookedBack); index--)
        {
            if (ranges[index].Node == node && ranges[index].End == offset)
            {
                return index;
            }
        }

        return -1;
    }

    private void Wake()
    {
        Monitor.Enter(waiting);
        Monitor.PulseAll(waiting);
        Monitor.Exit(waiting);
    }

    private readonly record struct Range(ulong Node, long Start, long End);
}

/// <summary>
/// Which nodes were seen, in 32 KiB: a Bloom filter of two bits each. Of some thousand nodes one in a
/// thousand is taken for one that was seen. Not safe for several threads.
/// </summary>
internal sealed class NodeFilter
{
    private const int IndexBits = 18;
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15; // Fibonacci hashing: 2^64 by the golden ratio
    private readonly ulong[] bits = new ulong[1 << (IndexBits - 6)];

    /// <summary>Adds a node; false if it may have been added before.</summary>
    internal bool TryAdd(ulong node)
    {
        var hash = unchecked((node ^ (node >> 32)) * Golden);
        var isNew = TrySet(hash >> (64 - IndexBits));
        return TrySet((hash >> (64 - (2 * IndexBits))) & ((1 << IndexBits) - 1)) || isNew;
    }

    private bool TrySet(ulong index)
    {
        ref var word = ref bits[index >> 6];
        var bit = 1ul << (int)(index & 63);
        var isNew = (word & bit) == 0;
        word |= bit;
        return isNew;
    }
}
