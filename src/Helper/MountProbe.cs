using System.Text;
using CondaFuse.Helper.Output;
using CondaFuse.Platform;
using CondaFuse.Store;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Helper;

/// <summary>
/// Queries whether a mount's server answers. A query to a server that hangs cannot be cancelled, and its process cannot be killed. So another
/// process sends it, and is abandoned after a while.
/// </summary>
internal static class MountProbe
{
    /// <summary>The (hidden) command of this program that sends the query.</summary>
    public const string Command = "probe";

    private const int Alive = 0;
    private const int Dead = 3;
    private const int Unknown = 4;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    /// <summary>Queries a mount.</summary>
    public static MountHealth Ask(string program, string mountPoint)
    {
        var (reader, writer) = Pipes.Create();
        using var text = new StreamReader(new FileStream(reader, FileAccess.Read), Encoding.UTF8);
        ChildProcess child;
        using (writer)
        {
            child = ChildProcess.Start(new SpawnRequest
            {
                Program = program,
                Arguments = [program, Command, mountPoint],
                Environment = [],
                NewSession = true,
                ClosesOthers = true,
                Descriptors = new Dictionary<int, SafeFileHandle> { [1] = writer },
            });
        }

        // The reply fits into the pipe's buffer, so it is complete when the process has ended.
        using var handle = Processes.TryOpen(child.Id);
        if (handle is not null && !Processes.WaitForEnd(handle, Timeout))
        {
            Processes.TrySignal(child.Id, Signal.Kill);
            return new MountHealth(IsAnswered: null);
        }

        return child.Wait() switch
        {
            Alive => MountHealth.Read(text.ReadToEnd()),
            Dead => new MountHealth(IsAnswered: false),
            _ => new MountHealth(IsAnswered: null),
        };
    }

    /// <summary>Runs that command.</summary>
    public static int Run(IReadOnlyList<string> words)
    {
        if (words is not [var mountPoint])
        {
            return (int)ExitCode.Usage;
        }

        var errno = MountQuery.Ask(mountPoint, out var answer);
        using var output = Terminal.OpenRaw();
        output.Write(Encoding.UTF8.GetBytes(answer));
        return errno switch { Errno.None => Alive, Errno.ENOTCONN or Errno.ECONNABORTED => Dead, _ => Unknown };
    }
}
