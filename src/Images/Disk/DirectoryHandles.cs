using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Disk;

/// <summary>
/// Opens directories below a root by their names, one after the other, and keeps the recent ones open. No path is ever too
/// long, and no symlink is followed. Some directories on a long way are kept longer, so that a tree of many levels can be
/// processed from its bottom up as well.
/// </summary>
internal sealed class DirectoryHandles(SafeFileHandle root) : IDisposable
{
    /// <summary>More than there are directories on the way to an entry in most trees; a miss costs a walk from the nearest ancestor.</summary>
    private const int Kept = 64;

    private readonly HandleCache _cache = new(Kept);

    /// <summary>Every 64th directory of a way, and so many of the longest ones.</summary>
    private readonly HandleCache _near = new(Kept);

    private readonly HandleCache _far = new(Kept);

    /// <summary>A directory.</summary>
    /// <exception cref="PlatformException">It, or one above it, cannot be opened.</exception>
    public HandleLease Of(DiskNode directory)
    {
        var missing = new Stack<DiskNode>();
        HandleLease lease;
        for (var at = directory; !_cache.TryLease(at, out lease) && !_near.TryLease(at, out lease) && !_far.TryLease(at, out lease); at = at.Parent)
        {
            if (at.Parent is null)
            {
                lease = new HandleLease(root);
                break;
            }

            missing.Push(at);
        }

        var spacing = Math.Max(Kept, (missing.Count / Kept) + 1);
        while (missing.TryPop(out var next))
        {
            using var parent = lease;
            var handle = EntryOpening.Directory(parent, next.Name);
            var kept = missing.Count == 0 || missing.Count % spacing != 0 ? _cache : spacing > Kept ? _far : _near;
            lease = kept.Keep(next, handle);
        }

        return lease;
    }

    /// <summary>The directory that holds an entry; the root's is itself.</summary>
    public HandleLease OfParent(DiskNode entry) => Of(entry.Parent ?? entry);

    public void Dispose()
    {
        _cache.Dispose();
        _near.Dispose();
        _far.Dispose();
        root.Dispose();
    }
}
