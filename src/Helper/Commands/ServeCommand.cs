using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Helper.Output;
using CondaFuse.Images;
using CondaFuse.Images.SquashFs;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Serving;
using CondaFuse.Store;
using CondaFuse.Store.Committing;
using CondaFuse.Store.Control;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Commands;

/// <summary>The server behind one mount; <see cref="ServerLauncher"/> starts it, no person does.</summary>
internal static class ServeCommand
{
    /// <summary>Serves, with the words that the launcher gives: archive, mount point, prefix, runtime directory, whether to take changes.</summary>
    public static int Run(Session session, IReadOnlyList<string> words) =>
        words is [var archive, var mountPoint, var prefix, var runtime, var word] && ServerLauncher.ParseMode(word) is var (readOnly, generation)
            ? Serve(session.WithRuntime(runtime), new MountPlan(archive, mountPoint, prefix, readOnly, generation))
            : (int)ExitCode.Usage;

    private static int Serve(Session session, MountPlan plan)
    {
        using var readiness = new FileStream(new SafeFileHandle(ServerLauncher.ReadinessDescriptor, ownsHandle: true), FileAccess.Write);
        Directory.SetCurrentDirectory("/");
        var record = new ServerRecord(ProcessIdentity.Find(Identity.ProcessId)!.Value, plan.MountPoint, plan.Archive, plan.Prefix, session.Clock.GetUtcNow(), plan.Generation) { ProcessSpace = ProcessIdentity.Space };
        using var holding = FileLock.HoldAgainstAgeing(session.Layout.Runtime.Chosen);
        void Log(string text) => Terminal.Error.WriteLine($"{session.Clock.GetUtcNow():O} {text}");
        try
        {
            if (plan.Generation is { } generation)
            {
                using var past = SquashFsTree.Open(plan.Archive, generation);
                ServeImage(session, plan, past, record, readiness, Log);
                return (int)ExitCode.Success;
            }

            ServedEnvironment environment;
            try
            {
                environment = ServedEnvironment.Open(session.Layout, plan.Archive, Session.Writer, session.Clock, Log);
            }
            catch (StoreException stale) when (stale.Fault is StoreFault.Stale or StoreFault.Untrusted)
            {
                // Whoever only needs the environment, as a job does, gets it; the changes wait for a decision.
                record = record with { LeftOut = stale.Message };
                using var present = ImageTree.Open(plan.Archive);
                ServeImage(session, plan, present, record, readiness, Log);
                return (int)ExitCode.Success;
            }

            var end = new CommitAtEnd(session, plan, Log);
            if (ServePresent(session, plan, environment, record, readiness, end, Log) is { } report
                && CompactionAfterCommit.Begin(session, plan.Archive, plan.MountPoint) is { } note)
            {
                end.Add(report, note);
            }

            return (int)ExitCode.Success;
        }
        catch (Exception failure) when (!readiness.SafeFileHandle.IsClosed)
        {
            // Whoever started this reads the reason; later, only the log is left to tell (see Program).
            Say(readiness, $"{(int)Failure.Code(failure)} {Failure.Sentence(failure)}");
            return (int)Failure.Code(failure);
        }
    }

    /// <summary>Serves what an image holds, without changes, read-only.</summary>
    private static void ServeImage(Session session, MountPlan plan, IReadableTree image, ServerRecord record, FileStream readiness, Action<string> log)
    {
        using var device = session.Mounter.Mount(new FuseMountRequest(plan.MountPoint, plan.Archive, ReadOnly: true));
        using var recorded = PublishedRecord.Write(session, record);
        Serve(session, plan, record, options => new TreeServer(image, options), device, readiness, [], log, firstUse: null);
    }

    /// <summary>Serves what the archive and the changes beside it are, and puts those into it when the mount was undone.</summary>
    /// <returns>What was committed then; null if nothing.</returns>
    private static CommitReport? ServePresent(
        Session session, MountPlan plan, ServedEnvironment served, ServerRecord record, FileStream readiness, CommitAtEnd end, Action<string> log)
    {
        using var environment = served;
        using var device = session.Mounter.Mount(new FuseMountRequest(plan.MountPoint, plan.Archive, plan.ReadOnly));
        using var recorded = PublishedRecord.Write(session, record);
        end.Device = recorded.Device;
        using var control = Control(session, recorded.Device, environment, log);
        TreeServer NewServer(ServingOptions options) =>
            plan.ReadOnly ? new TreeServer((IReadableTree)environment.Tree, options) : new TreeServer(environment.Tree, options);
        bool isTold;
        using (var firstUse = FirstUseKeeping.For(session, plan.MountPoint, environment.Identity, log))
        {
            environment.OnEndReadAhead = firstUse is null ? null : firstUse.EndReadAhead;
            isTold = Serve(session, plan, record, NewServer, device, readiness, environment.Notes, log, firstUse);
        }

        if (isTold || plan.ReadOnly)
        {
            environment.KeepChanges();
        }

        return end.Run(environment);
    }

    /// <summary>Serves until the mount is gone.</summary>
    /// <returns>Whether this process was told to end (SIGTERM).</returns>
    private static bool Serve(
        Session session, MountPlan plan, ServerRecord record, Func<ServingOptions, TreeServer> newServer, SafeFileHandle device, FileStream readiness, IReadOnlyList<string> notes,
        Action<string> log, FirstUseKeeping? firstUse)
    {
        var options = new ServingOptions
        {
            OwnerOverride = Identity.IsRoot && Identity.IsInitialNamespace ? null : new Owner(Identity.UserId, Identity.GroupId),
            Log = log,
            Clock = session.Clock,
            FirstUse = firstUse?.Recorder,
            Address = MountAnswer.Write(session.Layout.Runtime.Path, record),
        };
        var server = newServer(options);
        var isTold = false;
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            // Detached, the mount leaves no ENOTCONN behind for those who come later.
            context.Cancel = true;
            Volatile.Write(ref isTold, true);
            session.Mounter.Unmount(plan.MountPoint, lazy: true);
            server.Stop();
        });
        Say(readiness, string.Join('\n', [ServerLauncher.Ready, .. notes]));
        firstUse?.Begin();
        server.Run(device);
        return Volatile.Read(ref isTold);
    }

    /// <summary>The mount is worth more than its socket: without one it is served all the same.</summary>
    private static ControlServer? Control(Session session, string device, ServedEnvironment environment, Action<string> log)
    {
        try
        {
            return new ControlServer(session.Layout.Runtime.Chosen, RuntimeFolder.ControlName(device), environment, log);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            log($"no control socket: {failure.Message}");
            return null;
        }
    }

    private static void Say(FileStream readiness, string text)
    {
        readiness.Write(Encoding.UTF8.GetBytes(text));
        readiness.Dispose();
    }
}
