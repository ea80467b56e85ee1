using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Control;

namespace CondaFuse.Store;

/// <summary>Our mounts, read once from the kernel's table.</summary>
public sealed class LiveMounts
{
    private readonly Layout layout;
    private readonly MountTable table;

    private LiveMounts(Layout layout, MountTable table)
    {
        this.layout = layout;
        this.table = table;
    }

    /// <summary>Reads the table.</summary>
    public static LiveMounts Read(Layout layout) => new(layout, MountTable.Read());

    /// <summary>This user's.</summary>
    public IReadOnlyList<LiveMount> All() =>
        [.. table.Entries.Where(entry => IsOurs(entry) && entry.FuseUser == Identity.UserId).DistinctBy(entry => entry.MountPoint).Select(Describe)];

    /// <summary>This user's (for root: anybody's) at a canonical path, or null.</summary>
    public LiveMount? At(string mountPoint) => table.At(mountPoint) is { } entry && IsOurs(entry) ? Describe(entry) : null;

    /// <summary>Asks the server of a mount; null if nothing of ours is mounted there, or its server is not known.</summary>
    public static ControlClient? ControlAt(Layout layout, string mountPoint) => Read(layout).At(mountPoint)?.Control;

    /// <summary>Whether anything is mounted at a canonical path.</summary>
    public bool IsMountPoint(string path) => table.At(path) is not null;

    /// <summary>Another user's mount of one of our file systems at a canonical path, or null.</summary>
    public MountEntry? OfOtherAt(string mountPoint) => table.At(mountPoint) is { Type: FuseMountRequest.Type } entry && !IsOurs(entry) ? entry : null;

    private static bool IsOurs(MountEntry entry) =>
        entry.Type == FuseMountRequest.Type && (Identity.IsRoot || entry.FuseUser == Identity.UserId);

    private LiveMount Describe(MountEntry entry) => new(entry, layout);
}
