using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Serving;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using CondaFuse.Store.Writing;
using CondaFuse.Tree;

namespace CondaFuse.Lifecycle;

/// <summary>A server from start to end: opens the image, mounts it, serves it under a <see cref="Supervisor"/>, and closes everything.</summary>
public static class MountServer
{
    /// <summary>How long an unmount waits until the detached mount is gone; it takes longer only if another mount shows it.</summary>
    private static readonly TimeSpan GoneUsually = TimeSpan.FromSeconds(2);

    /// <summary>Serves until the mount is gone or SIGTERM is received.</summary>
    /// <exception cref="Exception">Mounting failed and left nothing behind. Nothing is thrown after a successful mount.</exception>
    public static void Run(ServerSetup setup)
    {
        using var holding = FileLock.HoldAgainstAgeing(setup.Layout.Runtime.Chosen);
        var record = new ServerRecord(
            setup.Self.Process, setup.Plan.MountPoint, setup.Plan.Archive, setup.Plan.Prefix, setup.Clock.GetUtcNow(),
            setup.Plan.Generation)
        {
            ProcessSpace = setup.Self.ProcessSpace,
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
            // A user who only needs the environment, such as a job, gets it; the changes wait for a decision.
            Serve(setup, record with { LeftOut = stale.Lines }, ArchiveView.Open(setup.Layout, setup.Plan, setup.Log.Write), environment: null);
            return;
        }

        Serve(setup, record, environment.Shown, environment);
    }

    private static void Serve(ServerSetup setup, ServerRecord record, IReadableTree tree, ServedEnvironment? environment)
    {
        var isReadOnly = environment is null || setup.Plan.ReadOnly || environment.IsReadOnlyHere;
        tree = isReadOnly ? FrozenTree.Show(tree, Path.GetFileNameWithoutExtension(setup.Plan.Archive), ReasonFor(setup.Plan, record)) : tree;
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
        if (environment is not null && !isReadOnly)
        {
            environment.Replaced = replaced => server.Replaced(replaced.Directory, replaced.Name.Span, replaced.Former);
        }

        IdleWatch? idle = null;
        if (setup.Lifeline is { } lifeline)
        {
            StartWatching(lifeline, setup, supervisor);
        }
        else if (setup.Idle is { } limit)
        {
            idle = IdleWatch.Start(setup, limit, supervisor, () => server.Received);
        }

        var isReady = false;
        try
        {
            server.Run(mount.DeviceHandle, Begin, End);
        }
        catch (Exception failure) when (isReady)
        {
            setup.Log.Write($"the FUSE device failed: {setup.Explain(failure)}");
            supervisor.Post(LifeEvent.Terminate);
        }

        End();

        void Begin(Action startOthers)
        {
            isReady = true;
            mount.OnReady = () =>
            {
                startOthers();
                control?.Begin();
            };
            supervisor.Post(LifeEvent.Ready);
        }

        void End()
        {
            supervisor.Report(LifeEvent.Gone);
            supervisor.WaitForEnd();
            idle?.WaitForUnmount();
            control?.Finish();
            setup.EndProcess();
        }
    }

    /// <summary>Why conda cannot change this mount.</summary>
    private static string ReasonFor(MountPlan plan, ServerRecord record)
    {
        var name = Path.GetFileNameWithoutExtension(plan.Archive);
        return plan switch
        {
            { Generation: { } generation } => $"this is generation {generation} of '{name}', which condafuse mounts read-only",
            { ReadOnly: true } when Layout.IsOfJob(plan.MountPoint) =>
                $"condafuse has mounted '{name}' read-only for a job step; 'condafuse run {ShellArgument.Of(name)} -- COMMAND' can change it",
            { ReadOnly: true } => $"condafuse has mounted '{name}' read-only; unmount it and mount it again without --read-only to change it",
            _ when record.LeftOut is not null => $"condafuse has mounted '{name}' read-only, without its uncommitted changes: {record.LeftOut}",
            _ => $"condafuse has mounted '{name}' read-only: its uncommitted changes were made at another prefix",
        };
    }

    private static SharedWriting Sharing(ServedEnvironment environment)
    {
        var (groups, everybody) = environment.WritersBesideOwner;
        return new SharedWriting(groups, everybody);
    }

    /// <summary>
    /// Unmounts lazily when the starter has ended: processes that it started may still use the mount, and their changes are committed when they have
    /// ended.
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

    /// <summary>The mount is more important than its socket: it is served even without one.</summary>
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

/// <summary>The parameters of a server.</summary>
public sealed record ServerSetup
{
    /// <summary>The mount.</summary>
    public required MountPlan Plan { get; init; }

    /// <summary>The paths of files and folders.</summary>
    public required Layout Layout { get; init; }

    /// <summary>Mounts and unmounts.</summary>
    public required FuseMounter Mounter { get; init; }

    /// <summary>Threads that were started before the mount was known; null if there are none.</summary>
    public ServerThreads? Started { get; init; }

    /// <summary>The identity of this process as a writer.</summary>
    public required WriterIdentity Self { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Receives a line for each failure.</summary>
    public required SafeLog Log { get; init; }

    /// <summary>
    /// The read end of a pipe: the mount is detached when no process holds the other end any more. Null for a mount that outlives its starter.
    /// </summary>
    public Microsoft.Win32.SafeHandles.SafeFileHandle? Lifeline { get; init; }

    /// <summary>Commit and unmount when nobody has used the mount for this time; null for never. Ignored with a lifeline.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>
    /// Ends the process, if it has nothing to do after the mount: called when everything is closed and every reply is sent. If it returns, the
    /// server ends its threads.
    /// </summary>
    public Action EndProcess { get; init; } = () => { };

    /// <summary>How many threads a commit may use.</summary>
    public required int Threads { get; init; }

    /// <summary>Turns a failure into a message.</summary>
    public required Func<Exception, string> Explain { get; init; }

    /// <summary>Reports to the server's starter that the mount is ready.</summary>
    public required Action<StartReport> SayReady { get; init; }

    /// <summary>Creates the prefetcher for a mount of the archive with this identity; null if it is disabled.</summary>
    public required Func<Guid, IReadAhead?> NewReadAhead { get; init; }

    /// <summary>Begins what follows a commit, when everything is closed; returns a note for the user.</summary>
    public required Func<string?> AfterCommit { get; init; }
}
