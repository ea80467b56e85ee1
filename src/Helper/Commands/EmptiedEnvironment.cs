using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Store;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// Handles the state after <c>conda remove --all</c>, <c>conda env remove</c> or <c>conda rename</c> of a mounted environment: a mount without an
/// environment, which cannot be activated. It is unmounted, which makes the emptying a separate generation, and the message says what to do next.
/// </summary>
internal static class EmptiedEnvironment
{
    private const string Metadata = "conda-meta";
    private static readonly UnmountOptions NoWaiting = new(TimeSpan.Zero, Lazy: false);

    /// <summary>Does nothing unless the archive held an environment that is gone.</summary>
    /// <exception cref="StoreException"><see cref="StoreFault.NotFound"/>: it is gone, and was unmounted, unless processes use it.</exception>
    public static void Refuse(Session session, MountPlan plan)
    {
        if (plan.Generation is not null || Directory.Exists(Path.Combine(plan.Prefix, Metadata)) || LastEnvironment(plan.Archive) is not { } last)
        {
            return;
        }

        var name = Path.GetFileNameWithoutExtension(plan.Archive);
        var keeps = ImageTree.HasGenerations(plan.Archive);
        var restoring = keeps ? $"condafuse rollback {ShellArgument.Of(name)} {last}" : $"condafuse discard {ShellArgument.Of(name)}";
        var state = "it was unmounted";
        try
        {
            UnmountCommand.Unmount(session, plan.MountPoint, NoWaiting with { KeepsChanges = !keeps });
        }
        catch (MountBusyException busy)
        {
            state = $"it is still mounted and in use by {busy.Holders.Count} process{(busy.Holders.Count == 1 ? string.Empty : "es")}";
        }

        throw new StoreException(
            StoreFault.NotFound,
            $"'{name}' is empty, its environment was removed; {state}")
        {
            Hint = $"to restore it: {restoring}; to delete it: condafuse remove {ShellArgument.Of(name)}",
            Path = plan.Archive,
        };
    }

    /// <summary>
    /// Unmounts an archive whose environment is gone, so that an earlier generation can be restored at once; other archives stay mounted.
    /// </summary>
    public static void Unmount(Session session, Archive archive)
    {
        var path = CanonicalPath.Resolve(archive.Path);
        foreach (var mount in LiveMounts.Read(session.Layout).All().Where(mount => mount.Archive == path && mount.Record is not null))
        {
            if (!Directory.Exists(Path.Combine(mount.Record!.Prefix, Metadata)))
            {
                UnmountCommand.Unmount(session, mount.Entry.MountPoint, NoWaiting);
            }
        }
    }

    /// <summary>The newest generation that holds an environment; null if none does, as in a foreign image.</summary>
    private static long? LastEnvironment(string archive)
    {
        var name = Path.GetFileNameWithoutExtension(archive);
        foreach (var entry in ImageHistory.Read(archive))
        {
            using var tree = ImageTree.HasGenerations(archive) ? SquashFsTree.Open(archive, entry.Number) : ImageTree.Open(archive);
            if (PrefixLocator.HoldsEnvironment(tree, name))
            {
                return entry.Number;
            }
        }

        return null;
    }
}
