using System.Runtime.InteropServices;
using System.Text;
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
        var record = new ServerRecord(ProcessIdentity.Find(Identity.ProcessId)!.Value, plan.MountPoint, plan.Archive, plan.Prefix, session.Clock.GetUtcNow(), plan.Generation);
        var recordFile = session.Layout.ServerFile(plan.MountPoint);
        void Log(string text) => Console.Error.WriteLine($"{session.Clock.GetUtcNow():O} {text}");
        try
        {
            if (plan.Generation is { } generation)
            {
                using var past = SquashFsTree.Open(plan.Archive, generation);
                ServeImage(session, plan, past, recordFile, record, readiness, Log);
                return (int)ExitCode.Success;
            }

            ServedEnvironment environment;
            try
            {
                environment = ServedEnvironment.Open(session.Layout, plan.Archive, Session.Writer, session.Clock, Log);
            }
            catch (StoreException stale) when (stale.Fault == StoreFault.Stale)
            {
                // Whoever only needs the environment, as a job does, gets it; the changes wait for a decision.
                record = record with { LeftOut = stale.Message };
                using var present = ImageTree.Open(plan.Archive);
                ServeImage(session, plan, present, recordFile, record, readiness, Log);
                return (int)ExitCode.Success;
            }

            var end = new CommitAtEnd(session, plan, Log);
            if (ServePresent(session, plan, environment, recordFile, record, readiness, end, Log) is { } report
                && CompactionAfterCommit.Begin(session, plan.Archive, session.Layout.LogFile(plan.MountPoint)) is { } note)
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
        finally
        {
            if (ServerRecord.TryRead(recordFile) == record)
            {
                Layout.Remove(recordFile);
            }
        }
    }

    /// <summary>Serves what an image holds, without changes, read-only.</summary>
    private static void ServeImage(Session session, MountPlan plan, IReadableTree image, string recordFile, ServerRecord record, FileStream readiness, Action<string> log)
    {
        record.Write(recordFile);
        using var device = session.Mounter.Mount(new FuseMountRequest(plan.MountPoint, plan.Archive, ReadOnly: true));
        Serve(session, plan, options => new TreeServer(image, options), device, readiness, [], log, firstUse: null);
    }

    /// <summary>Serves what the archive and the changes beside it are, and puts those into it when the mount was undone.</summary>
    /// <returns>What was committed then; null if nothing.</returns>
    private static CommitReport? ServePresent(
        Session session, MountPlan plan, ServedEnvironment served, string recordFile, ServerRecord record, FileStream readiness, CommitAtEnd end, Action<string> log)
    {
        using var environment = served;
        record.Write(recordFile);
        using var device = session.Mounter.Mount(new FuseMountRequest(plan.MountPoint, plan.Archive, plan.ReadOnly));
        using var control = Control(session, plan, environment, log);
        TreeServer NewServer(ServingOptions options) =>
            plan.ReadOnly ? new TreeServer((IReadableTree)environment.Tree, options) : new TreeServer(environment.Tree, options);
        bool isTold;
        using (var firstUse = FirstUseKeeping.For(session, plan.MountPoint, environment.Identity, log))
        {
            isTold = Serve(session, plan, NewServer, device, readiness, environment.Notes, log, firstUse);
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
        Session session, MountPlan plan, Func<ServingOptions, TreeServer> newServer, SafeFileHandle device, FileStream readiness, IReadOnlyList<string> notes,
        Action<string> log, FirstUseKeeping? firstUse)
    {
        var options = new ServingOptions
        {
            OwnerOverride = Identity.IsRoot && Identity.IsInitialNamespace ? null : new Owner(Identity.UserId, Identity.GroupId),
            Log = log,
            Clock = session.Clock,
            FirstUse = firstUse?.Recorder,
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
    private static ControlServer? Control(Session session, MountPlan plan, ServedEnvironment environment, Action<string> log)
    {
        try
        {
            return new ControlServer(session.Layout.ControlSocket(plan.MountPoint), environment, log);
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
