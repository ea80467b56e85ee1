using CondaFuse.Platform;

namespace CondaFuse.Store;

/// <summary>Starts compactions that nobody waits for: this program again, in a session of its own.</summary>
/// <param name="program">Absolute path of this program.</param>
/// <param name="environment">The environment for it, <c>NAME=value</c> each.</param>
/// <param name="layout">Where locks lie.</param>
public sealed class CompactionLauncher(string program, IReadOnlyCollection<string> environment, Layout layout)
{
    /// <summary>The (hidden) command of this program that does it.</summary>
    public const string Command = "compact-alone";

    /// <summary>The descriptor that holds the lock.</summary>
    private const int LockDescriptor = 3;

    /// <summary>Starts one, unless one is at work.</summary>
    /// <param name="image">Canonical path of the archive.</param>
    /// <param name="mountPoint">Where it is mounted: that log takes what goes wrong.</param>
    /// <returns>False if one is at work.</returns>
    public bool Start(string image, string mountPoint)
    {
        using var mutex = layout.TryLockMountPoint(image);
        if (mutex is null)
        {
            return false;
        }

        using var output = layout.OpenLog(mountPoint);
        ChildProcess.Start(new SpawnRequest
        {
            Program = program,
            Arguments = [program, Command, image, layout.Runtime.Path],
            Environment = environment,
            NewSession = true,
            Output = output,
            ClosesOthers = true,
            Descriptors = new Dictionary<int, Microsoft.Win32.SafeHandles.SafeFileHandle> { [LockDescriptor] = mutex.File },
        });
        return true;
    }
}
