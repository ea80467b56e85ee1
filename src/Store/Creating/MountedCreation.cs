using System.Text;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Packing.FirstUse;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Layers;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Store.Creating;

/// <summary>
/// Creates an environment in an empty mount: an empty image beside the future archive, and conda's changes to it. Sealing writes the archive from
/// both. At every moment, conda's work is complete in those changes, in the archive, or in both.
/// </summary>
/// <param name="layout">The paths of files and folders.</param>
/// <param name="keeper">Mounts environments.</param>
/// <param name="unmounter">Unmounts environments.</param>
/// <param name="clock">The clock.</param>
public sealed class MountedCreation(Layout layout, MountKeeper keeper, Unmounter unmounter, TimeProvider clock)
{
    /// <summary>How long processes that conda started may continue to use the mount.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Whether a creation was begun, and neither sealed nor dropped.</summary>
    public bool IsBegun(EnvironmentName name) => File.Exists(layout.CreatingImage(name)) || Directory.Exists(Changes(name));

    /// <summary>The state of a creation that was begun.</summary>
    public CreationState Inspect(EnvironmentName name)
    {
        if (!File.Exists(layout.CreatingImage(name)))
        {
            return CreationState.Nothing;
        }

        using var tree = Open(name);
        var names = new EntryCollector { Max = 1 };
        tree.ReadDirectory(NodeId.Root, 0, names);
        return tree.TryFind(Encoding.UTF8.GetBytes($"{name.Value}/conda-meta/history"), out _) ? CreationState.Environment
            : names.Entries.Count > 0 ? CreationState.Files
            : CreationState.Nothing;
    }

    /// <summary>Mounts the state so far, which is empty at first. The caller holds the name's claim.</summary>
    /// <param name="name">The environment.</param>
    /// <param name="onNote">Receives the server's warnings.</param>
    public void Begin(EnvironmentName name, Action<string> onNote)
    {
        var image = layout.CreatingImage(name);
        if (!File.Exists(image))
        {
            // Changes without an image are left from a drop that was killed.
            RemoveChanges(name);
            WriteEmpty(image);
        }

        var mountPoint = CanonicalPath.Resolve(layout.MountPoint(name));
        keeper.EnsureLocked(new MountPlan(CanonicalPath.Resolve(image), mountPoint, layout.Prefix(name)), onNote);
    }

    /// <summary>Unmounts, and waits until everything is on the storage. The caller holds the name's claim.</summary>
    /// <exception cref="MountBusyException">A process that conda started still uses the mount.</exception>
    public void End(EnvironmentName name)
    {
        var mountPoint = CanonicalPath.Resolve(layout.MountPoint(name));
        if (LiveMounts.Read(layout).At(mountPoint) is not null)
        {
            // Sealing reads image and changes together, so committing them first would be wasted work.
            var reply = unmounter.UnmountLocked(mountPoint, new UnmountOptions(Timeout, Lazy: false) { KeepsChanges = true }, _ => { });
            if (reply.Failure is not null)
            {
                throw new StoreException(StoreFault.Server, $"could not write the files of '{name}' to storage: {reply.Failure}");
            }
        }
    }

    /// <summary>Writes the archive from conda's work. The environment is no longer mounted.</summary>
    /// <returns>The result of packing.</returns>
    public PackResult Seal(
        EnvironmentName name, ArchiveFormat format, PackOptions options, IProgress<PackProgress>? progress, CancellationToken cancellation)
    {
        PackResult result;
        using (var tree = Open(name))
        {
            var archive = layout.ArchivePath(name, format);
            options = options with
            {
                PrefixTable = PrefixTables.Of(tree, archive, layout.Prefix(name)),
                FirstUses = FirstUseRule.Of(tree, PrefixLocator.Locate(tree, name.Value)),
            };
            result = ImageWriter.Write(tree, archive, format == ArchiveFormat.Zip, options, progress, cancellation);
            result = result with { Warnings = [.. result.Warnings, .. ExternalLinks.Warn(tree, layout.MountPoint(name))] };
        }

        Remove(name);
        return result;
    }

    /// <summary>Removes everything that was created, whether it is mounted or not. The caller holds the name's claim.</summary>
    public void Drop(EnvironmentName name)
    {
        End(name);
        Remove(name);
    }

    private ChangedTree Open(EnvironmentName name)
    {
        var state = State(name);
        return ChangedTree.Open(SquashFsTree.Open(state.Image), KeptChanges.Open(state, clock), clock);
    }

    private ArchiveState State(EnvironmentName name) => ArchiveState.Read(layout, layout.CreatingImage(name));

    private string Changes(EnvironmentName name) => Layout.ChangesFolder(layout.CreatingImage(name));

    private void WriteEmpty(string image)
    {
        const UnixFileMode readableByAll =
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        using var empty = layout.Runtime.Chosen.MakeUnique("empty-");
        try
        {
            File.SetUnixFileMode(empty.Path, readableByAll);
            using var nothing = DiskTree.Open(empty.Path);
            SquashFsWriter.Write(nothing, image, new PackOptions { Threads = 1, Message = "created" }, progress: null, CancellationToken.None);
        }
        finally
        {
            Directory.Delete(empty.Path);
        }
    }

    /// <summary>The image is removed first: changes alone are useless.</summary>
    private void Remove(EnvironmentName name)
    {
        File.Delete(layout.CreatingImage(name));
        RemoveChanges(name);
    }

    private void RemoveChanges(EnvironmentName name) => new WriterFiles(Changes(name)).RemoveFolder(isClaimed: false);
}
