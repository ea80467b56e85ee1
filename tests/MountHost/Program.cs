using System.Runtime.InteropServices;
using CondaFuse.Changes;
using CondaFuse.Changes.Union;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Serving;

// Mounts an image so that it can be written to, in the foreground, until it is unmounted: for suites that need a mount and no environment.
// Takes no lock: no other process may use the folder of changes meanwhile.
if (args is not [var image, var mountPoint, var changes])
{
    Console.Error.WriteLine("usage: CondaFuse.MountHost IMAGE MOUNTPOINT FOLDER-OF-CHANGES");
    return 2;
}

mountPoint = Path.GetFullPath(mountPoint);
var generation = GenerationInfo.Read(image);
var store = ChangeFolder.Open(
    new DiskStorage(),
    Path.GetFullPath(changes),
    new ChangeBase(generation.Identity, generation.Generation, generation.MergedSegment ?? Guid.Empty),
    new ChangeFolderOptions { TakeLock = () => new MemoryStream(), Log = Console.Error.WriteLine, Clock = TimeProvider.System });
using var tree = ChangedTree.Open(SquashFsTree.Open(image), store, TimeProvider.System);
var path = Environment.GetEnvironmentVariable("PATH") ?? "";
var mounter = new FuseMounter(path.Split(':', StringSplitOptions.RemoveEmptyEntries), [$"PATH={path}"]);
using var device = mounter.Mount(new FuseMountRequest(mountPoint, image, ReadOnly: false));
var server = new TreeServer(tree, new ServingOptions
{
    OwnerOverride = Identity.IsRoot ? null : new Owner(Identity.UserId, Identity.GroupId),
    Log = Console.Error.WriteLine,
});
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    mounter.Unmount(mountPoint, lazy: true);
    server.Stop();
});
Console.WriteLine("ready");
server.Run(device);
tree.Sync();
return 0;
