using CondaFuse.Fuse.Session;
using CondaFuse.Images.Disk;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Serving;
using CondaFuse.SlowStorage;

// Shows a directory as network storage would, read-only, until standard input ends. Commands on standard input, one a line:
// "reset" sets the counts to zero, "count" prints them.
if (args is not [var source, var mountPoint, var milliseconds, var megabits])
{
    Console.Error.WriteLine("usage: CondaFuse.SlowStorage DIRECTORY MOUNTPOINT ROUND-TRIP-MS MBIT-PER-SECOND");
    return 2;
}

const int workers = 4;
var counts = new RequestCounts();
using var tree = DiskTree.Open(source);
mountPoint = Path.GetFullPath(mountPoint);
var path = Environment.GetEnvironmentVariable("PATH") ?? "";
var mounter = new FuseMounter(path.Split(':', StringSplitOptions.RemoveEmptyEntries), [$"PATH={path}"]);
using var device = mounter.Mount(new FuseMountRequest(mountPoint, source, ReadOnly: true));
using var channel = new DeviceChannel(new MessageDevice(device), spinBudget: 0, spares: 0);
var server = new TreeServer(tree, new ServingOptions
{
    Threads = workers,
    MaxReadBytes = 1024 * 1024, // as rsize of NFS
    CacheLifetime = TimeSpan.FromSeconds(30), // as acdirmin of NFS
    Log = Console.Error.WriteLine,
});
var serving = new Thread(() => server.Serve(new NetworkChannel(channel, StorageProfile.Parse(milliseconds, megabits), counts)));
serving.Start();
Console.WriteLine("ready");
while (Console.ReadLine() is { } command)
{
    if (command == "reset")
    {
        counts.Reset();
    }

    Console.WriteLine(counts.ToJson());
}

mounter.Unmount(mountPoint, lazy: true);
server.Stop();
serving.Join();
return 0;
