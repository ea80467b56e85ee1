using System.Runtime.InteropServices;
using System.Text;
using CondaFuse.Helper.Output;
using CondaFuse.Lifecycle;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Commands;

/// <summary>
/// The server of a mount in this process, for <c>mount --foreground</c>. SIGINT and SIGHUP end it like SIGTERM: the changes are kept and not
/// committed.
/// </summary>
internal sealed class ForegroundServer(Session session) : IDisposable
{
    private readonly TaskCompletionSource<StartReport> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _signals = [];
    private Thread? _thread;

    /// <summary>Mounts, and returns when the mount is ready.</summary>
    /// <exception cref="Exception">The mount failed.</exception>
    public StartReport Start(MountPlan plan)
    {
        var limits = ServerProcessSettings.Apply();
        Directory.SetCurrentDirectory("/");
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGHUP })
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Processes.TrySignal(Identity.ProcessId, Signal.Terminate);
            }));
        }

        _thread = new Thread(() => Serve(plan)) { Name = "server" };
        _thread.Start();
        var report = _ready.Task.GetAwaiter().GetResult();
        return report with { Notes = [.. report.Notes, .. ServeCommand.Notes(limits)] };
    }

    /// <summary>Notifies the service manager, if there is one (sd_notify(3)), that the mount is ready, and serves until it is gone.</summary>
    public void WaitForEnd()
    {
        if (session.Variable("NOTIFY_SOCKET") is { } manager)
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

        _thread?.Join();
    }

    public void Dispose() => _signals.ForEach(signal => signal.Dispose());

    private void Serve(MountPlan plan)
    {
        try
        {
            MountServer.Run(ServeCommand.Setup(session, plan, Session.Writer, report => _ready.TrySetResult(report)));
            _ready.TrySetException(new StoreException(StoreFault.Server, $"the server of {plan.MountPoint} was ended before it was ready"));
        }
#pragma warning disable CA1031 // rethrown by Start
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _ready.TrySetException(failure);
        }
    }
}
