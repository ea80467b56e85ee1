using CondaFuse.Platform;

namespace CondaFuse.Store.FirstUse;

/// <summary>The process that reads ahead on a mount: this program again, a child of the server, which ends it.</summary>
public static class ReadAheadProcess
{
    /// <summary>The (hidden) command of this program that reads ahead.</summary>
    public const string Command = "read-ahead";

    /// <summary>Starts it.</summary>
    /// <param name="program">Absolute path of this program.</param>
    /// <param name="environment">The environment for it, <c>NAME=value</c> each.</param>
    /// <param name="layout">Where everything lies.</param>
    /// <param name="mountPoint">Canonical.</param>
    /// <param name="archive">Identity of the archive.</param>
    /// <exception cref="PlatformException">It could not be started.</exception>
    public static ChildProcess Start(string program, IReadOnlyCollection<string> environment, Layout layout, string mountPoint, Guid archive)
    {
        using var log = layout.OpenLog(mountPoint);
        return ChildProcess.Start(new SpawnRequest
        {
            Program = program,
            Arguments = [program, Command, mountPoint, archive.ToString(), layout.Runtime.Path],
            Environment = environment,
            Output = log,
            ClosesOthers = true,
        });
    }
}
