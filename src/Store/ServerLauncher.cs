using System.Globalization;
using System.Text;
using CondaFuse.Platform;
using CondaFuse.Store.Control;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store;

/// <summary>Starts servers: this program again, in a session of its own.</summary>
/// <param name="program">Absolute path of this program.</param>
/// <param name="environment">The environment for it, <c>NAME=value</c> each.</param>
/// <param name="layout">Where logs lie.</param>
public sealed class ServerLauncher(string program, IReadOnlyCollection<string> environment, Layout layout)
{
    /// <summary>The (hidden) command of this program that serves.</summary>
    public const string Command = "serve";

    /// <summary>The descriptor on which a server says that it is ready, or why it is not.</summary>
    public const int ReadinessDescriptor = 3;

    /// <summary>The descriptor whose other end a server's starter holds, where the mount is to go with that one.</summary>
    public const int LifelineDescriptor = 4;

    /// <summary>The descriptor on which a server is told its prefix, and so to begin.</summary>
    internal const int StartDescriptor = 5;

    /// <summary>The word by which a server is told of a lifeline.</summary>
    public const string LifelineWord = "lifeline";

    /// <summary>The word by which a server is told to mount for all users.</summary>
    public const string AllowOtherWord = "allow-other";

    /// <summary>
    /// A pipe's reading end: the server detaches its mount when nobody holds the other end any more. Null for a mount that outlives its starter.
    /// </summary>
    public SafeFileHandle? Lifeline { get; init; }

    /// <summary>The word by which a server is told to refuse every write.</summary>
    public const string ReadOnly = "read-only";

    /// <summary>Begins the word by which a server is told to show a generation; its number follows.</summary>
    public const string Generation = "generation=";

    /// <summary>The word by which a server is told to take changes.</summary>
    public const string Writable = "writable";

    /// <summary>What a mode's word says; null if it is none.</summary>
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

    /// <summary>Starts a server that waits for its prefix: the program's own start takes as long as what its caller checks meanwhile.</summary>
    /// <param name="plan">The mount; its prefix need not be known.</param>
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

/// <summary>A server that waits for its prefix. Disposed before it is started, it ends without a word.</summary>
/// <param name="mountPoint">Where it is to mount.</param>
/// <param name="layout">Where its log lies.</param>
/// <param name="readiness">On which it says that the mount answers, or why not.</param>
/// <param name="start">On which it is told the prefix.</param>
public sealed class PreparedServer(string mountPoint, Layout layout, SafeFileHandle readiness, SafeFileHandle start) : IDisposable
{
    /// <summary>Ends the prefix: without it the starter has ended, or has no use for the server.</summary>
    private const byte End = 0;

    /// <summary>Has it mount and waits until the mount answers.</summary>
    /// <returns>What the server says of it.</returns>
    /// <exception cref="ServerStartException">With the reason that the server gave.</exception>
    public StartReport Start(string prefix)
    {
        try
        {
            using var stream = new FileStream(start, FileAccess.Write, bufferSize: 0);
            stream.Write([.. NativeText.Encode(prefix), End]);
        }
        catch (IOException)
        {
            // It has ended already, and may have said why.
        }

        using var text = new StreamReader(new FileStream(readiness, FileAccess.Read), Encoding.UTF8);
        var said = text.ReadToEnd().Trim();
        if (StartReport.TryRead(said) is { } report)
        {
            return report;
        }

        // "CODE message", or nothing if it was killed before it could say anything.
        var space = said.IndexOf(' ', StringComparison.Ordinal);
        throw space > 0 && int.TryParse(said.AsSpan(0, space), CultureInfo.InvariantCulture, out var code)
            ? ServerStartException.Read(code, said[(space + 1)..])
            : new StoreException(
                StoreFault.Server, $"the server of {mountPoint} ended before it was ready")
            {
                Hint = $"cat '{layout.LogPath(mountPoint)}' shows its log",
                Path = layout.LogPath(mountPoint),
            };
    }

    /// <summary>For the server: waits for the prefix.</summary>
    /// <returns>Null if the starter has no use for the server.</returns>
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

/// <summary>A server that said why it could not start.</summary>
/// <param name="exitCode">Its exit code.</param>
/// <param name="message">Its reason.</param>
public sealed class ServerStartException(int exitCode, string message) : StoreException(StoreFault.Server, message)
{
    /// <summary>Its exit code: what the program as a whole should end with.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>From what a server said: its reason, and a hint on the next line where it has one.</summary>
    internal static ServerStartException Read(int exitCode, string said)
    {
        var end = said.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? new ServerStartException(exitCode, said) : new ServerStartException(exitCode, said[..end]) { Hint = said[(end + 1)..] };
    }
}

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
            Descriptors = new Dictionary<int, SafeFileHandle> { [LockDescriptor] = mutex.File },
        });
        return true;
    }
}
