using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Disk;

/// <summary>
/// Opens directories below a root name by name, and keeps recently used ones open. Paths never become too long, and symlinks are not followed. Some
/// directories of a long path are kept longer, so that deep trees can also be processed from the bottom up.
/// </summary>
internal sealed class DirectoryHandles(SafeFileHandle root) : IDisposable
{
    /// <summary>More than the directories above an entry in most trees; a miss costs a walk from the nearest open ancestor.</summary>
    private const int Kept = 64;

    private readonly HandleCache _cache = new(Kept);

    /// <summary>Every 64th directory of a path, and a limited number of the longest ones.</summary>
    private readonly HandleCache _near = new(Kept);

    private readonly HandleCache _far = new(Kept);

    /// <summary>Opens a directory.</summary>
    /// <exception cref="PlatformException">The directory, or one above it, cannot be opened.</exception>
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

    /// <summary>The directory that contains an entry; for the root, the root itself.</summary>
    public HandleLease OfParent(DiskNode entry) => Of(entry.Parent ?? entry);

    public void Dispose()
    {
        _cache.Dispose();
        _near.Dispose();
        _far.Dispose();
        root.Dispose();
    }
}
