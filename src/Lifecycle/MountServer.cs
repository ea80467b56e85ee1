using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Serving;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Lifecycle;

/// <summary>A server from start to end: opens the image, mounts, serves under a <see cref="Supervisor"/>, and closes everything.</summary>
public static class MountServer
{
    /// <summary>For so long an unmount waits until the detached mount is gone; longer only where another mount shows it.</summary>
    private static readonly TimeSpan GoneUsually = TimeSpan.FromSeconds(2);

    /// <summary>Serves until the mount is gone or SIGTERM comes.</summary>
    /// <exception cref="Exception">The mount could not be made; nothing of it is left. Afterwards nothing is thrown.</exception>
    public static void Run(ServerSetup setup)
    {
        using var holding = FileLock.HoldAgainstAgeing(setup.Layout.Runtime.Chosen);
        var record = new ServerRecord(
            ProcessIdentity.Find(Identity.ProcessId)!.Value, setup.Plan.MountPoint, setup.Plan.Archive, setup.Plan.Prefix, setup.Clock.GetUtcNow(),
            setup.Plan.Generation)
        {
            ProcessSpace = ProcessIdentity.Space,
        };
        if (setup.Plan.Generation is not null)
        {
            Serve(setup, record, ArchiveView.Open(setup.Layout, setup.Plan, setup.Log.Write), environment: null);
            return;
        }

        ServedEnvironment environment;
        try
        {
            environment = ServedEnvironment.Open(
                setup.Layout, setup.Plan.Archive, setup.Self, setup.Clock, setup.Log.Write, setup.Plan.Prefix, setup.Plan.ReadOnly);
        }
        catch (StoreException stale) when (stale.Fault is StoreFault.Stale or StoreFault.Untrusted)
        {
            // Whoever only needs the environment, as a job does, gets it; the changes wait for a decision.
            Serve(setup, record with { LeftOut = stale.Lines }, ArchiveView.Open(setup.Layout, setup.Plan, setup.Log.Write), environment: null);
            return;
        }

        Serve(setup, record, environment.Shown, environment);
    }

    private static void Serve(ServerSetup setup, ServerRecord record, IReadableTree tree, ServedEnvironment? environment)
    {
        var isReadOnly = environment is null || setup.Plan.ReadOnly || environment.IsReadOnlyHere;
        using var mount = new ServedMount(setup, tree, environment, isReadOnly);
        mount.Make(record);
        using var own = setup.Started is null ? new ServerThreads() : null;
        var threads = setup.Started ?? own!;
        using var supervisor = new Supervisor(mount, setup.Log, setup.Explain, GoneUsually, threads);
        threads.EndsWithStarter = setup.Lifeline is not null;
        threads.Supervisor = supervisor;
        using var control = Control(setup, mount.Device, supervisor);
        var options = new ServingOptions
        {
            OwnerOverride = Identity.IsRoot && Identity.IsInitialNamespace ? null : new Owner(Identity.UserId, Identity.GroupId),
            SharedWriting = setup.Plan.AllowOther && !isReadOnly && !Identity.IsRoot ? Sharing(environment!) : null,
            Log = setup.Log.Write,
            Clock = setup.Clock,
            FirstUse = mount.Recorder,
            Address = MountHealth.Write(control?.Descriptor, record),
        };
        var server = isReadOnly ? new TreeServer(tree, options) : new TreeServer(environment!.Writable, options);
        mount.Server = server;
        if (setup.Lifeline is { } lifeline)
        {
            StartWatching(lifeline, setup, supervisor);
        }

        var isReady = false;
        try
        {
            server.Run(mount.DeviceHandle, startOthers =>
            {
                isReady = true;
                mount.OnReady = () =>
                {
                    startOthers();
                    control?.Begin();
                };
                supervisor.Post(LifeEvent.Ready);
            });
        }
        catch (Exception failure) when (isReady)
        {
            setup.Log.Write($"the FUSE device failed: {setup.Explain(failure)}");
            supervisor.Post(LifeEvent.Terminate);
        }

        supervisor.Post(LifeEvent.Gone);
        supervisor.WaitForEnd();
    }

    private static SharedWriting Sharing(ServedEnvironment environment)
    {
        var (groups, everybody) = environment.WritersBesideOwner;
        return new SharedWriting(groups, everybody);
    }

    /// <summary>
    /// Unmounts lazily when the starter has ended: what it started may still use the mount, and its changes are committed when that has left.
    /// </summary>
    private static void StartWatching(Microsoft.Win32.SafeHandles.SafeFileHandle lifeline, ServerSetup setup, Supervisor supervisor)
    {
        const int stack = 256 << 10;
        new Thread(
            () =>
            {
                try
                {
                    Pipes.WaitForEnd(lifeline);
                    supervisor.Unmount(new UnmountRequest(IsLazy: true, KeepsChanges: false, CommitsFirst: false, setup.Threads));
                }
                catch (Exception failure) when (failure is IOException or ObjectDisposedException)
                {
                    setup.Log.Write($"lifeline: {failure.Message}");
                }
            },
            stack) { IsBackground = true, Name = "lifeline" }.Start();
    }

    /// <summary>The mount is worth more than its socket: without one it is served all the same.</summary>
    private static ControlServer? Control(ServerSetup setup, string device, Supervisor supervisor)
    {
        try
        {
            return new ControlServer(setup.Layout.Runtime.Chosen, RuntimeFolder.ControlName(device), supervisor, setup.Log.Write);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            setup.Log.Write($"no control socket: {failure.Message}");
            return null;
        }
    }
}

/// <summary>What a server is given.</summary>
public sealed record ServerSetup
{
    /// <summary>The mount.</summary>
    public required MountPlan Plan { get; init; }

    /// <summary>Where everything lies.</summary>
    public required Layout Layout { get; init; }

    /// <summary>Makes and undoes the mount.</summary>
    public required FuseMounter Mounter { get; init; }

    /// <summary>What was started before the mount was known; null if nothing was.</summary>
    public ServerThreads? Started { get; init; }

    /// <summary>Who writes.</summary>
    public required WriterIdentity Self { get; init; }

    /// <summary>The time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Takes a line for what goes wrong.</summary>
    public required SafeLog Log { get; init; }

    /// <summary>
    /// A pipe's reading end: the mount is detached when nobody holds the other end any more. Null for a mount that outlives its starter.
    /// </summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle? Lifeline { get; init; }

    /// <summary>How many threads may commit.</summary>
    public required int Threads { get; init; }

    /// <summary>Turns a failure into a sentence.</summary>
    public required Func<Exception, string> Explain { get; init; }

    /// <summary>Tells who started the server that the mount answers.</summary>
    public required Action<StartReport> SayReady { get; init; }

    /// <summary>Makes what reads ahead on a mount of the archive of that identity; null where nobody wants that.</summary>
    public required Func<Guid, IReadAhead?> NewReadAhead { get; init; }

    /// <summary>Begins what is to follow a commit, when everything is closed; returns what a person should know of it.</summary>
    public required Func<string?> AfterCommit { get; init; }
}
