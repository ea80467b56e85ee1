using System.Globalization;
using CondaFuse.Platform;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Images.Remote;

/// <summary>
/// Asks the fetcher of this user, the only process that speaks to registries for mounts. It is this program in a separate session, started when
/// nobody listens; one that dies is started again.
/// </summary>
/// <param name="runtime">The user's runtime folder.</param>
public sealed class FetcherClient(string runtime)
{
    /// <summary>The (hidden) command of this program that fetches.</summary>
    public const string Command = "fetch";

    /// <summary>The name of its socket.</summary>
    public const string SocketName = "fetch.socket";

    /// <summary>The name of its log.</summary>
    public const string LogName = "fetch.log";

    private const string Program = "/proc/self/exe";
    private const int Attempts = 8;
    private const int StackBytes = 64 << 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private const int PausesForStart = 200;

    /// <summary>The fetcher itself answers when the time is over; this is for one that hangs.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Whether it may be started; a test serves requests itself.</summary>
    public bool MayStart { get; init; } = true;

    /// <summary>Sends a request.</summary>
    /// <param name="texts">The request.</param>
    /// <param name="timeout">How long to wait for the answer.</param>
    /// <returns>The answer without its first text, and the contents of the leaves that it names.</returns>
    /// <exception cref="FetchException">The fetcher failed, could not be started, or did not answer in time.</exception>
    public (string[] Texts, byte[][] Leaves) Ask(IReadOnlyList<string> texts, TimeSpan timeout)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var connection = Connect(timeout + Grace);
                if (Exchange(connection, texts, timeout) is { } answer)
                {
                    return answer;
                }
            }
            catch (IOException failure) when (failure is not FetchException && attempt < Attempts)
            {
                // It ended meanwhile.
            }
            catch (IOException failure) when (failure is not FetchException)
            {
                throw new FetchException("", $"the process that reads from registries cannot be used: {failure.Message}", failure)
                {
                    Hint = $"see {runtime}/{LogName}",
                };
            }

            if (attempt >= Attempts)
            {
                throw new FetchException("", "the process that reads from registries ends again and again") { Hint = $"see {runtime}/{LogName}" };
            }
        }
    }

    private static (string[] Texts, byte[][] Leaves)? Exchange(SafeFileHandle connection, IReadOnlyList<string> texts, TimeSpan timeout)
    {
        FetchMessage.Write(connection, texts);
        if (!LocalSocket.WaitForInput(connection, timeout + Grace))
        {
            throw new FetchException("", string.Create(CultureInfo.InvariantCulture, $"no answer for {timeout.TotalSeconds:0} seconds"));
        }

        switch (FetchMessage.Read(connection))
        {
            case null:
                return null;
            case [FetchMessage.Done, .. var rest]:
                var leaves = new List<byte[]>();
                while (leaves.Count < rest.Length && texts[0] == FetchMessage.Fetch)
                {
                    leaves.Add(FetchMessage.ReadBytes(connection) ?? throw new IOException("the answer is incomplete"));
                }

                return (rest, [.. leaves]);
            case [FetchMessage.Failed, var kind, var message, var hint]:
                throw new FetchException(kind, message) { Hint = hint.Length > 0 ? hint : null };
            default:
                throw new FetchException("", "an older or newer version of the program answers; end its mounts, or wait a minute");
        }
    }

    private SafeFileHandle Connect(TimeSpan timeout)
    {
        using var folder = PrivateFolder.OpenOrMake(runtime);
        for (var pauses = 0; ; pauses++)
        {
            try
            {
                var connection = folder.Connect(SocketName, timeout);
                if (LocalSocket.PeerUser(connection) == Identity.UserId)
                {
                    return connection;
                }

                connection.Dispose();
                throw new FetchException("", $"{folder.Of(SocketName)} belongs to another user");
            }
            catch (PlatformException) when (MayStart && pauses < PausesForStart)
            {
                if (pauses == 0)
                {
                    Start(folder);
                }

                Thread.Sleep(Pause);
            }
        }
    }

    /// <summary>Starts it without this process's variables: requests carry what it needs to know.</summary>
    private static void Start(PrivateFolder folder)
    {
        using var log = folder.OpenToAppend(LogName);
        var child = ChildProcess.Start(new SpawnRequest
        {
            Program = Program, Arguments = ["condafuse", Command, folder.Path], Environment = [], NewSession = true, Output = log,
            ClosesOthers = true,
        });
        new Thread(() => child.Wait(), StackBytes) { IsBackground = true, Name = "fetcher" }.Start();
    }
}
