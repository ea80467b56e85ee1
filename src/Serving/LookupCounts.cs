using CondaFuse.Tree;

namespace CondaFuse.Serving;

/// <summary>
/// How many introductions of each node the kernel has received and not forgotten. A flat array in pages, because node ids are assigned
/// consecutively. Counted before a reply is sent: the kernel may forget a node as soon as the reply arrives.
/// </summary>
internal sealed class LookupCounts
{
    private const int PageShift = 12;
    private const int PageMask = (1 << PageShift) - 1;
    private readonly Lock _growing = new();
    private int[]?[] _pages = new int[]?[64];

    /// <summary>Counts another introduction of a node.</summary>
    internal void Add(NodeId node) => Interlocked.Increment(ref Slot(node));

    /// <summary>Subtracts forgotten introductions.</summary>
    /// <returns>Whether none is left.</returns>
    internal bool Remove(NodeId node, ulong count)
    {
        var forgotten = checked((int)count);
        var left = Interlocked.Add(ref Slot(node), -forgotten);
        return left <= 0 && left + forgotten > 0;
    }

    /// <summary>Number of introductions that are not forgotten.</summary>
    internal int Of(NodeId node) => Slot(node);

    private ref int Slot(NodeId node)
    {
        var number = checked((int)(node.Value >> PageShift));
        var known = Volatile.Read(ref _pages);
        var page = number < known.Length ? Volatile.Read(ref known[number]) : null;
        return ref (page ?? Add(number))[node.Value & PageMask];
    }

    private int[] Add(int number)
    {
        lock (_growing)
        {
            if (number >= _pages.Length)
            {
                var longer = new int[]?[Math.Max(number + 1, 2 * _pages.Length)];
                _pages.CopyTo(longer, 0);
                Volatile.Write(ref _pages, longer);
            }

            return _pages[number] ??= new int[PageMask + 1];
        }
    }
}
