using CondaFuse.Mounts;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Serving.Tests;

/// <summary>A tree mounted by the real kernel, and served by this process.</summary>
internal sealed class Mounted : IDisposable
{
    private static readonly FuseMounter Mounter = new([], []);
    private readonly SafeFileHandle _device;
    private readonly Task _run;

    public Mounted(IReadableTree tree, bool readOnly = true)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("serving-").FullName;
        var options = new ServingOptions { Log = line => Logged.Enqueue(line) };
        Server = !readOnly && tree is IWritableTree writable ? new TreeServer(writable, options) : new TreeServer(tree, options);
        _device = Mounter.Mount(new FuseMountRequest(Directory, "test", readOnly));
        _run = Task.Factory.StartNew(() => Server.Run(_device), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public System.Collections.Concurrent.ConcurrentQueue<string> Logged { get; } = new();

    public string Directory { get; }

    public TreeServer Server { get; }

    public string At(string path) => Path.Combine(Directory, path);

    public async Task UnmountAsync()
    {
        Mounter.Unmount(Directory, lazy: false);
        await _run.WaitAsync(TimeSpan.FromMinutes(2));
    }

    /// <summary>Stops serving while mounted, and closes the device like the end of a process.</summary>
    public async Task AbandonAsync()
    {
        Server.Stop();
        await _run.WaitAsync(TimeSpan.FromMinutes(2));
        _device.Dispose();
    }

    public void Dispose()
    {
        try
        {
            Mounter.Unmount(Directory, lazy: true);
        }
        catch (MountException)
        {
            // The test has unmounted.
        }

        Server.Stop();
        _device.Dispose();
        System.IO.Directory.Delete(Directory);
    }
}
