using System.Globalization;
using System.Text;
using CondaFuse.Platform;
using CondaFuse.Store.Control;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store;

/// <summary>Starts servers: this program in a new session.</summary>
/// <param name="program">Absolute path of this program.</param>
/// <param name="environment">The environment for it, <c>NAME=value</c> each.</param>
/// <param name="layout">The paths of files and folders, for logs.</param>
public sealed class ServerLauncher(string program, IReadOnlyCollection<string> environment, Layout layout)
{
    /// <summary>The (hidden) command of this program that serves.</summary>
    public const string Command = "serve";

    /// <summary>The descriptor on which a server reports that it is ready, or why it failed.</summary>
    public const int ReadinessDescriptor = 3;

    /// <summary>The descriptor whose other end the server's starter holds, for a mount that must not outlive its starter.</summary>
    public const int LifelineDescriptor = 4;

    /// <summary>The descriptor on which a server receives its prefix, and with it the order to start.</summary>
    internal const int StartDescriptor = 5;

    /// <summary>The argument that announces a lifeline to a server.</summary>
    public const string LifelineWord = "lifeline";

    /// <summary>The argument that makes a server mount for all users.</summary>
    public const string AllowOtherWord = "allow-other";

    /// <summary>
    /// The read end of a pipe: the server detaches its mount when no process holds the other end any more. Null for a mount that outlives its
    /// starter.
    /// </summary>
    public SafeFileHandle? Lifeline { get; init; }

    /// <summary>The argument that makes a server refuse every write.</summary>
    public const string ReadOnly = "read-only";

    /// <summary>The beginning of the argument that makes a server show a generation; its number follows.</summary>
    public const string Generation = "generation=";

    /// <summary>The argument that makes a server accept changes.</summary>
    public const string Writable = "writable";

    /// <summary>Parses a mode's argument; null if it is none.</summary>
    public static (bool ReadOnly, long? Generation)? ParseMode(string word) => word switch
    {
        ReadOnly => (true, null),
        Writable => (false, null),
        _ when word.StartsWith(Generation, StringComparison.Ordinal)
            && long.TryParse(word.AsSpan(Generation.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => (true, number),
        _ => null,
    };

    private static string ModeOf(MountPlan plan)
    {
        if (plan.Generation is { } generation)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{Generation}{generation}");
        }

        return plan.ReadOnly ? ReadOnly : Writable;
    }

    /// <summary>Starts a server that waits for its prefix: loading the program takes as long as its caller's checks, which run meanwhile.</summary>
    /// <param name="plan">The mount; its prefix may still be unknown.</param>
    public PreparedServer Prepare(MountPlan plan)
    {
        using var log = layout.OpenLog(plan.MountPoint);
        var (reader, writer) = Pipes.Create();
        var (start, prefix) = Pipes.Create();
        using (writer)
        using (start)
        {
            ChildProcess.Start(new SpawnRequest
            {
                Program = program,
                Arguments = [
                    program,
                    Command,
                    plan.Archive,
                    plan.MountPoint,
                    layout.Runtime.Path,
                    ModeOf(plan),
                    .. plan.AllowOther ? [AllowOtherWord] : Array.Empty<string>(),
                    .. Lifeline is null ? [] : new[] { LifelineWord },
                ],
                Environment = environment,
                NewSession = true,
                Output = log,
                ClosesOthers = true,
                Descriptors = Descriptors(writer, start),
            });
        }

        return new PreparedServer(plan.MountPoint, layout, reader, prefix);
    }

    private Dictionary<int, SafeFileHandle> Descriptors(SafeFileHandle readiness, SafeFileHandle start)
    {
        var descriptors = new Dictionary<int, SafeFileHandle> { [ReadinessDescriptor] = readiness, [StartDescriptor] = start };
        if (Lifeline is not null)
        {
            descriptors[LifelineDescriptor] = Lifeline;
        }

        return descriptors;
    }
}

/// <summary>A server that waits for its prefix. Disposing it before it is started ends it silently.</summary>
/// <param name="mountPoint">The future mount point.</param>
/// <param name="layout">The paths of files and folders, for its log.</param>
/// <param name="readiness">The descriptor on which it reports that the mount is ready, or why it failed.</param>
/// <param name="start">The descriptor on which it receives the prefix.</param>
public sealed class PreparedServer(string mountPoint, Layout layout, SafeFileHandle readiness, SafeFileHandle start) : IDisposable
{
    /// <summary>The end of the prefix. If it is missing, the starter has ended or does not need the server.</summary>
    private const byte End = 0;

    /// <summary>Lets it mount, and waits until the mount is ready.</summary>
    /// <returns>The server's report.</returns>
    /// <exception cref="ServerStartException">With the server's reason.</exception>
    public StartReport Start(string prefix)
    {
        try
        {
            using var stream = new FileStream(start, FileAccess.Write, bufferSize: 0);
            stream.Write([.. NativeText.Encode(prefix), End]);
        }
        catch (IOException)
        {
            // It has ended already, and may have reported why.
        }

        using var text = new StreamReader(new FileStream(readiness, FileAccess.Read), Encoding.UTF8);
        var said = text.ReadToEnd().Trim();
        if (StartReport.TryRead(said) is { } report)
        {
            return report;
        }

        // "CODE message", or nothing if it was killed before it could report anything.
        var space = said.IndexOf(' ', StringComparison.Ordinal);
        throw space > 0 && int.TryParse(said.AsSpan(0, space), CultureInfo.InvariantCulture, out var code)
            ? ServerStartException.Read(code, said[(space + 1)..])
            : new StoreException(
                StoreFault.Server, $"the server of {mountPoint} ended before it was ready")
            {
                Hint = $"cat {ShellArgument.Of(layout.LogPath(mountPoint))} shows its log",
                Path = layout.LogPath(mountPoint),
            };
    }

    /// <summary>Called by the server: waits for the prefix.</summary>
    /// <returns>Null if the starter does not need the server.</returns>
    public static string? ReadPrefix()
    {
        using var stream = new FileStream(new SafeFileHandle(ServerLauncher.StartDescriptor, ownsHandle: true), FileAccess.Read, bufferSize: 0);
        using var told = new MemoryStream();
        stream.CopyTo(told);
        var bytes = told.GetBuffer().AsSpan(0, (int)told.Length);
        return bytes is [.. var prefix, End] ? NativeText.Decode(prefix) : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        start.Dispose();
        readiness.Dispose();
    }
}

/// <summary>A server reported why it could not start.</summary>
/// <param name="exitCode">Its exit code.</param>
/// <param name="message">Its reason.</param>
public sealed class ServerStartException(int exitCode, string message) : StoreException(StoreFault.Server, message)
{
    /// <summary>Its exit code, which becomes that of the whole program.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>Parses a server's report: its reason, and a hint on the next line if there is one.</summary>
    internal static ServerStartException Read(int exitCode, string said)
    {
        var end = said.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? new ServerStartException(exitCode, said) : new ServerStartException(exitCode, said[..end]) { Hint = said[(end + 1)..] };
    }
}

/// <summary>Starts background compactions: this program in a new session.</summary>
/// <param name="program">Absolute path of this program.</param>
/// <param name="environment">The environment for it, <c>NAME=value</c> each.</param>
/// <param name="layout">The paths of files and folders, for locks.</param>
public sealed class CompactionLauncher(string program, IReadOnlyCollection<string> environment, Layout layout)
{
    /// <summary>The (hidden) command of this program that compacts.</summary>
    public const string Command = "compact-alone";

    /// <summary>The descriptor that holds the lock.</summary>
    private const int LockDescriptor = 3;

    /// <summary>Starts a compaction, unless one is running.</summary>
    /// <param name="image">Canonical path of the archive.</param>
    /// <param name="mountPoint">Its mount point: failures go to that log.</param>
    /// <returns>False if one is running.</returns>
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
            Descriptors = new Dictionary<int, SafeFileHandle> { [LockDescriptor] = mutex.File },
        });
        return true;
    }
}
