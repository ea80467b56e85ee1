using System.Globalization;
using CondaFuse.Mounts;
using CondaFuse.Platform;

namespace CondaFuse.Store.FirstUse;

/// <summary>The process that reads ahead on a mount: this program again. Its number lies in the runtime directory, so that whoever unmounts can end it first.</summary>
public static class ReadAheadProcess
{
    /// <summary>The (hidden) command of this program that reads ahead.</summary>
    public const string Command = "read-ahead";

    /// <summary>A process that was killed has let go of the mount within milliseconds, unless the server is stuck.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Starts it.</summary>
    /// <param name="program">Absolute path of this program.</param>
    /// <param name="environment">The environment for it, <c>NAME=value</c> each.</param>
    /// <param name="layout">Where everything lies.</param>
    /// <param name="mountPoint">Canonical.</param>
    /// <param name="archive">Identity of the archive.</param>
    /// <exception cref="PlatformException">It could not be started.</exception>
    public static ChildProcess Start(string program, IReadOnlyCollection<string> environment, Layout layout, string mountPoint, Guid archive)
    {
        var child = ChildProcess.Start(new SpawnRequest
        {
            Program = program,
            Arguments = [program, Command, mountPoint, archive.ToString(), layout.RuntimeDirectory],
            Environment = environment,
            OutputFile = layout.LogFile(mountPoint),
        });
        if (ProcessIdentity.Find(child.Id) is { } process)
        {
            File.WriteAllText(layout.ReadAheadFile(mountPoint), string.Create(CultureInfo.InvariantCulture, $"{process.Id} {process.StartTicks}\n"));
        }

        return child;
    }

    /// <summary>Ends the process that reads ahead on a mount, if there is one.</summary>
    /// <returns>Whether there was.</returns>
    public static bool End(Layout layout, string mountPoint)
    {
        var file = layout.ReadAheadFile(mountPoint);
        if (!File.Exists(file) || TryRead(file) is not { IsAlive: true } process)
        {
            return false;
        }

        using var handle = Processes.TryOpen(process.Id);
        if (Processes.TrySignal(process.Id, Signal.Kill) && handle is not null)
        {
            Processes.WaitForEnd(handle, Patience);
        }

        return true;
    }

    private static ProcessIdentity? TryRead(string file)
    {
        try
        {
            return File.ReadAllText(file).TrimEnd().Split(' ') is [var id, var start]
                && int.TryParse(id, CultureInfo.InvariantCulture, out var number)
                && ulong.TryParse(start, CultureInfo.InvariantCulture, out var ticks)
                ? new ProcessIdentity(number, ticks)
                : null;
        }
        catch (IOException)
        {
            return null; // it has ended just now
        }
    }
}
