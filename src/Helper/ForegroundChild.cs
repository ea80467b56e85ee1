using System.Runtime.InteropServices;
using CondaFuse.Platform;

namespace CondaFuse.Helper;

/// <summary>A child that has the terminal.</summary>
internal static class ForegroundChild
{
    /// <summary>Waits for it. What the terminal sends (^C) reaches it directly and is its to answer; what is sent to us alone is handed on.</summary>
    /// <returns>Its exit code, or 128 plus the signal that ended it.</returns>
    public static int Await(ChildProcess child) => Await(child, out _);

    /// <summary>The same, and whether somebody pressed ^C meanwhile.</summary>
    public static int Await(ChildProcess child, out bool wasInterrupted)
    {
        var interrupts = 0;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            Interlocked.Increment(ref interrupts);
        });
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            Processes.TrySignal(child.Id, Signal.Terminate);
        });
        var code = child.Wait();
        wasInterrupted = Volatile.Read(ref interrupts) > 0;
        return code;
    }
}
