using System.Runtime.InteropServices;

namespace CondaFuse.Lifecycle;

/// <summary>
/// Threads that a server can start before it knows its mount, while its starter still checks: the thread of its events, and the thread on which the
/// runtime handles signals. Starting a thread takes time.
/// </summary>
public sealed class ServerThreads : IDisposable
{
    private readonly PosixSignalRegistration _terminate;
    private volatile Supervisor? _supervisor;

    /// <summary>Starts the threads.</summary>
    public ServerThreads()
    {
        Events.TryPost(() => { });
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnTerminate);
    }

    /// <summary>Handles the server's events, in order.</summary>
    internal SerialThread Events { get; } = new("supervisor");

    /// <summary>Set once there is a mount: until then SIGTERM ends the process, as it does by default.</summary>
    internal Supervisor? Supervisor
    {
        set => _supervisor = value;
    }

    /// <summary>
    /// Whether the server ignores SIGTERM and ends with its users: a batch system sends SIGTERM to all processes of a job, whose tasks may need the
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
