using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Disk;

/// <summary>
/// Opens directories below a root by their names, one after the other, and keeps the recent ones open. No path is ever too
/// long, and no symlink is followed.
/// </summary>
internal sealed class DirectoryHandles(SafeFileHandle root) : IDisposable
{
    /// <summary>More than there are directories on the way to an entry in most trees; a miss costs a walk from the nearest ancestor.</summary>
    private const int Kept = 64;

    private readonly HandleCache _cache = new(Kept);

    /// <summary>A directory.</summary>
    /// <exception cref="PlatformException">It, or one above it, cannot be opened.</exception>
    public HandleLease Of(DiskNode directory)
    {
        var missing = new Stack<DiskNode>();
        HandleLease lease;
        for (var at = directory; !_cache.TryLease(at, out lease); at = at.Parent)
        {
            if (at.Parent is null)
            {
                lease = new HandleLease(root);
                break;
            }

            missing.Push(at);
        }

        while (missing.TryPop(out var next))
        {
            using var parent = lease;
            lease = _cache.Keep(next, EntryOpening.Directory(parent, next.Name));
        }

        return lease;
    }

    /// <summary>The directory that holds an entry; the root's is itself.</summary>
    public HandleLease OfParent(DiskNode entry) => Of(entry.Parent ?? entry);

    public void Dispose()
    {
        _cache.Dispose();
        root.Dispose();
    }
}
