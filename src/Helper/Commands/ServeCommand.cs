using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Images.SquashFs;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Serving;
using CondaFuse.Store;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper.Commands;

/// <summary>The server behind one mount; <see cref="ServerLauncher"/> starts it, no person does.</summary>
internal static class ServeCommand
{
    /// <summary>Serves, with the words that the launcher gives: archive, mount point, prefix, runtime directory.</summary>
    public static int Run(Session session, IReadOnlyList<string> words) =>
        words is [var archive, var mountPoint, var prefix, var runtime]
            ? Serve(session.WithRuntime(runtime), new MountPlan(archive, mountPoint, prefix))
            : (int)ExitCode.Usage;

    private static int Serve(Session session, MountPlan plan)
    {
        using var readiness = new FileStream(new SafeFileHandle(ServerLauncher.ReadinessDescriptor, ownsHandle: true), FileAccess.Write);
        Directory.SetCurrentDirectory("/");
        var record = new ServerRecord(ProcessIdentity.Find(Identity.ProcessId)!.Value, plan.MountPoint, plan.Archive, plan.Prefix, session.Clock.GetUtcNow());
        var recordFile = session.Layout.ServerFile(plan.MountPoint);
        try
        {
            using var tree = SquashFsTree.Open(plan.Archive);
            record.Write(recordFile);
            using var device = session.Mounter.Mount(new FuseMountRequest(plan.MountPoint, plan.Archive, ReadOnly: true));
            Serve(session, plan, tree, device, readiness);
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

    private static void Serve(Session session, MountPlan plan, SquashFsTree tree, SafeFileHandle device, FileStream readiness)
    {
        var server = new TreeServer(tree, new ServingOptions
        {
            OwnerOverride = Identity.IsRoot && Identity.IsInitialNamespace ? null : new Owner(Identity.UserId, Identity.GroupId),
            Log = text => Console.Error.WriteLine($"{session.Clock.GetUtcNow():O} {text}"),
        });
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            // Detached, the mount leaves no ENOTCONN behind for those who come later.
            context.Cancel = true;
            session.Mounter.Unmount(plan.MountPoint, lazy: true);
            server.Stop();
        });
        Say(readiness, ServerLauncher.Ready);
        server.Run(device);
    }

    private static void Say(FileStream readiness, string text)
    {
        readiness.Write(Encoding.UTF8.GetBytes(text));
        readiness.Dispose();
    }
}
