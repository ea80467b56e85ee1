using CondaFuse.Helper.Output;
using CondaFuse.Lifecycle;
using CondaFuse.Platform;
using CondaFuse.Store;
using CondaFuse.Store.Control;

namespace CondaFuse.Helper.Commands;

/// <summary>The server of a mount, in the process of the command that makes the mount.</summary>
/// <param name="session">The variables and paths.</param>
internal abstract class HostedServer(Session session) : IDisposable
{
    private readonly object _gate = new(); // a monitor, because a Lock has no Wait
    private Thread? _thread;
    private MountPlan? _plan;
    private StartReport? _report;
    private Exception? _failure;
    private bool _isOver;

    /// <summary>Whether the mount answers.</summary>
    public bool IsServing => _report is not null;

    /// <summary>The variables and paths.</summary>
    protected Session Session { get; } = session;

    /// <summary>Mounts, and returns when the mount answers.</summary>
    /// <exception cref="Exception">The mount could not be made.</exception>
    public virtual StartReport Start(MountPlan plan)
    {
        StartThread();
        lock (_gate)
        {
            _plan = plan;
            Monitor.PulseAll(_gate);
            while (_report is null && _failure is null)
            {
                Monitor.Wait(_gate);
            }
        }

        return _report ?? throw _failure!;
    }

    /// <summary>The command is done: serves until the mount is gone.</summary>
    public abstract void Finish();

    /// <summary>The command failed although the mount answers.</summary>
    /// <param name="code">The exit code.</param>
    public abstract void FinishFailed(ExitCode code);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>Starts the threads before the mount is known.</summary>
    protected void StartThread()
    {
        if (_thread is null)
        {
            _thread = new Thread(Run) { Name = "server", IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>Waits until the mount is gone.</summary>
    protected void WaitForEnd()
    {
        lock (_gate)
        {
            while (!_isOver && _thread is not null)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>The mount is gone.</summary>
    protected void SetOver()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Ends the process if the command is done and its exit code is reported; otherwise returns.</summary>
    protected virtual void EndProcess()
    {
    }

    /// <summary>Where the server logs.</summary>
    protected virtual LineOutput Log => Terminal.Error;

    private void Run()
    {
        try
        {
            // The command goes on in the session's folder, with the session's umask.
            ServerProcessSettings.SeparateThread();
            Directory.SetCurrentDirectory("/");
            using var started = new ServerThreads();
            MountPlan plan;
            lock (_gate)
            {
                while (_plan is null)
                {
                    Monitor.Wait(_gate);
                }

                plan = _plan;
            }

            var notes = ServeCommand.Notes(ServerProcessSettings.Apply());
            var setup = ServeCommand.Setup(
                Session, plan, Session.Writer, report => Tell(report with { Notes = [.. report.Notes, .. notes] }, null), Log);
            MountServer.Run(setup with { Started = started, EndProcess = EndProcess });
            Tell(null, new StoreException(StoreFault.Server, $"the server of {plan.MountPoint} was ended before it was ready"));
        }
#pragma warning disable CA1031 // thrown again by Start
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Tell(null, failure is OutOfMemoryException ? new StoreException(StoreFault.Server, ServeCommand.TooLittleMemory, failure) : failure);
        }

        SetOver();
    }

    private void Tell(StartReport? report, Exception? failure)
    {
        lock (_gate)
        {
            _report ??= report;
            _failure ??= failure;
            Monitor.PulseAll(_gate);
        }
    }
}
