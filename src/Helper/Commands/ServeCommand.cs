using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Serving;
using CondaFuse.Store;
using CondaFuse.Store.Control;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Commands;

/// <summary>The server behind one mount; <see cref="ServerLauncher"/> starts it, no person does.</summary>
internal static class ServeCommand
{
    /// <summary>Serves, with the words that the launcher gives: archive, mount point, prefix, runtime directory, whether to take changes.</summary>
    public static int Run(Session session, IReadOnlyList<string> words) =>
        words is [var archive, var mountPoint, var prefix, var runtime, (ServerLauncher.ReadOnly or ServerLauncher.Writable) and var mode]
            ? Serve(session.WithRuntime(runtime), new MountPlan(archive, mountPoint, prefix, mode == ServerLauncher.ReadOnly))
            : (int)ExitCode.Usage;

    private static int Serve(Session session, MountPlan plan)
    {
        using var readiness = new FileStream(new SafeFileHandle(ServerLauncher.ReadinessDescriptor, ownsHandle: true), FileAccess.Write);
        Directory.SetCurrentDirectory("/");
        var record = new ServerRecord(ProcessIdentity.Find(Identity.ProcessId)!.Value, plan.MountPoint, plan.Archive, plan.Prefix, session.Clock.GetUtcNow());
        var recordFile = session.Layout.ServerFile(plan.MountPoint);
        void Log(string text) => Console.Error.WriteLine($"{session.Clock.GetUtcNow():O} {text}");
        try
        {
            using var environment = ServedEnvironment.Open(session.Layout, plan.Archive, Session.Writer, session.Clock, Log);
            record.Write(recordFile);
            using var device = session.Mounter.Mount(new FuseMountRequest(plan.MountPoint, plan.Archive, plan.ReadOnly));
            using var control = Control(session, plan, environment, Log);
            Serve(session, plan, environment, device, readiness, Log);
            environment.Unmounted();
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
                File.Delete(recordFile);
            }
        }
    }

    private static void Serve(
        Session session, MountPlan plan, ServedEnvironment environment, SafeFileHandle device, FileStream readiness, Action<string> log)
    {
        var options = new ServingOptions
        {
            OwnerOverride = Identity.IsRoot && Identity.IsInitialNamespace ? null : new Owner(Identity.UserId, Identity.GroupId),
            Log = log,
            Clock = session.Clock,
        };
        var server = plan.ReadOnly ? new TreeServer((IReadableTree)environment.Tree, options) : new TreeServer(environment.Tree, options);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            // Detached, the mount leaves no ENOTCONN behind for those who come later.
            context.Cancel = true;
            session.Mounter.Unmount(plan.MountPoint, lazy: true);
            server.Stop();
        });
        Say(readiness, string.Join('\n', [ServerLauncher.Ready, .. environment.Notes]));
        server.Run(device);
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
