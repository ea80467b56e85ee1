using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// The server of a mount in this process, for <c>mount --foreground</c>. SIGINT and SIGHUP end it like SIGTERM: the changes are kept and not
/// committed.
/// </summary>
internal sealed class ForegroundServer(Session session) : HostedServer(session)
{
    private readonly List<PosixSignalRegistration> _signals = [];

    /// <inheritdoc/>
    public override StartReport Start(MountPlan plan)
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGHUP })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Terminate();
            }));
        }

        return base.Start(plan);
    }

    /// <summary>Tells the service manager, if one has started this (sd_notify(3)), that the mount answers, and serves until it is gone.</summary>
    public override void Finish()
    {
        if (Session.Variable("NOTIFY_SOCKET") is { } manager)
        {
            try
            {
                LocalSocket.Send(manager, Encoding.UTF8.GetBytes("READY=1"));
            }
            catch (PlatformException failure)
            {
                Message.Error($"warning: the service manager could not be told that the mount is ready: {failure.Message}");
            }
        }

        WaitForEnd();
    }

    /// <inheritdoc/>
    public override void FinishFailed(ExitCode code)
    {
        Terminate();
        WaitForEnd();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _signals.ForEach(signal => signal.Dispose());
        base.Dispose();
    }

    private static void Terminate() => Processes.TrySignal(Identity.ProcessId, Signal.Terminate);
}
