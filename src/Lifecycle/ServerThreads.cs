using System.Runtime.InteropServices;

namespace CondaFuse.Lifecycle;

/// <summary>
/// What a server can start before it knows its mount, while its starter still checks: the thread of its events, and the one on which the runtime
/// handles signals. To start a thread, one waits for it.
/// </summary>
public sealed class ServerThreads : IDisposable
{
    private readonly PosixSignalRegistration _terminate;
    private volatile Supervisor? _supervisor;

    /// <summary>Starts them.</summary>
    public ServerThreads()
    {
        Events.TryPost(() => { });
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTerminate);
    }

    /// <summary>Runs what happens to the server, one after the other.</summary>
    internal SerialThread Events { get; } = new("supervisor");

    /// <summary>Set once there is a mount: until then SIGTERM ends the process, as it would without this.</summary>
    internal Supervisor? Supervisor
    {
        set => _supervisor = value;
    }

    /// <summary>
    /// Whether the server ends with who uses it, and not on SIGTERM: a batch system sends that to all processes of a job, and its tasks may need the
    /// mount until they have ended.
    /// </summary>
    internal bool EndsWithStarter { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _terminate.Dispose();
        Events.Dispose();
    }

    private void OnTerminate(PosixSignalContext context)
    {
        if (_supervisor is { } supervisor)
        {
            context.Cancel = true;
            if (!EndsWithStarter)
            {
                supervisor.Post(LifeEvent.Terminate);
            }
        }
    }
}
