using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Disk;

/// <summary>Keeps the most recently used handles open. A lease keeps its handle open even if the cache drops it meanwhile.</summary>
internal sealed class HandleCache(int kept) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly (DiskNode? Node, SafeFileHandle? Handle, long Used)[] _handles = new (DiskNode?, SafeFileHandle?, long)[kept];
    private long _clock;

    /// <summary>Leases a node's handle if it is cached.</summary>
    public bool TryLease(DiskNode node, out HandleLease lease)
    {
        lock (_gate)
        {
            foreach (ref var entry in _handles.AsSpan())
            {
                if (ReferenceEquals(entry.Node, node))
                {
                    entry.Used = ++_clock;
                    lease = new HandleLease(entry.Handle!);
                    return true;
                }
            }
        }

        lease = default;
        return false;
    }

    /// <summary>Caches a handle in place of the least recently used one, and leases it.</summary>
    public HandleLease Keep(DiskNode node, SafeFileHandle handle)
    {
        lock (_gate)
        {
            ref var oldest = ref _handles[0];
            foreach (ref var entry in _handles.AsSpan())
            {
                if (entry.Used < oldest.Used)
                {
                    oldest = ref entry;
                }
            }

            oldest.Handle?.Dispose();
            oldest = (node, handle, ++_clock);
            return new HandleLease(handle);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach (ref var entry in _handles.AsSpan())
            {
                entry.Handle?.Dispose();
                entry = default;
            }
        }
    }
}
