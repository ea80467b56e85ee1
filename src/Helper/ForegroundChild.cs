using System.Runtime.InteropServices;
using CondaFuse.Platform;

namespace CondaFuse.Helper;

/// <summary>
/// Waits for a child in the foreground of the terminal. Signals of the terminal (^C) reach the child directly and do not end this process;
/// SIGTERM to this process alone is passed on. Made before the child starts, so that no ^C ends this process while the child lives.
/// </summary>
internal sealed class ForegroundChild : IDisposable
{
    // The runtime handles a signal on another thread, possibly after the child that received the same signal has ended.
    private static readonly TimeSpan InterruptDelay = TimeSpan.FromMilliseconds(300);

    private readonly ManualResetEventSlim _interrupted = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Lock _lock = new();
    private ChildProcess? _child;
    private bool _terminated;

    public ForegroundChild() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            _interrupted.Set();
        }),
        PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => context.Cancel = true),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            Terminate();
        }),
    ];

    /// <summary>Starts the child and waits for it.</summary>
    /// <returns>Its exit code, or 128 plus the signal that ended it.</returns>
    public static int Run(Func<ChildProcess> start) => Run(start, out _);

    /// <summary>The same, and whether the user pressed ^C meanwhile.</summary>
    public static int Run(Func<ChildProcess> start, out bool wasInterrupted)
    {
        using var foreground = new ForegroundChild();
        return foreground.Await(start(), out wasInterrupted);
    }

    /// <inheritdoc cref="Run(Func{ChildProcess})"/>
    public int Await(ChildProcess child) => Await(child, out _);

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_registrations, registration => registration.Dispose());
        _interrupted.Dispose();
    }

    private int Await(ChildProcess child, out bool wasInterrupted)
    {
        lock (_lock)
        {
            _child = child;
            if (_terminated)
            {
                Processes.TrySignal(child.Id, Signal.Terminate);
            }
        }

        var code = child.Wait();
        lock (_lock)
        {
            _child = null; // another process may get its id
        }

        wasInterrupted = code != 0 ? _interrupted.Wait(InterruptDelay) : _interrupted.IsSet;
        return code;
    }

    private void Terminate()
    {
        lock (_lock)
        {
            _terminated = true;
            if (_child is not null)
            {
                Processes.TrySignal(_child.Id, Signal.Terminate);
            }
        }
    }
}
