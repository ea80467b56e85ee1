using System.Text.Json;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Control;

/// <summary>Sends requests to a mount's server.</summary>
/// <param name="address">The path of its socket, for messages.</param>
/// <param name="connect">Connects to it.</param>
/// <param name="user">The mount's user: only replies from this user and root are trusted.</param>
public sealed class ControlClient(string address, Func<TimeSpan, SafeFileHandle> connect, uint user)
{
    private static readonly TimeSpan QuickTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CommitTimeout = TimeSpan.FromHours(1);
    private static readonly TimeSpan SyncTimeout = TimeSpan.FromMinutes(10);

    /// <summary>A reply that comes sooner is not waited for visibly.</summary>
    private static readonly TimeSpan QuietTime = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan WaitInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Connects through a socket in a runtime folder.</summary>
    public static ControlClient In(PrivateFolder folder, string name, uint user) =>
        new(folder.Of(name), timeout => folder.Connect(name, timeout), user);

    /// <summary>Connects through the server's own descriptor of its socket, for a socket whose name is gone or cannot be reached from here.</summary>
    public static ControlClient Through(ProcessIdentity server, int descriptor, uint user)
    {
        var path = $"/proc/{server.Id}/fd/{descriptor}";
        return new ControlClient(path, timeout => LocalSocket.Connect(path, timeout), user);
    }

    /// <summary>Whether a server is listening.</summary>
    public bool IsThere()
    {
        try
        {
            connect(QuickTimeout).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The status of the mount; null if its server cannot be queried: it is gone, busy, another user's, or of another version.</summary>
    public MountStatus? TryGetStatus() => AskStatus()();

    /// <summary>The same, in two steps: several servers that are asked first answer at the same time.</summary>
    /// <returns>Waits for the answer; to be called once.</returns>
    public Func<MountStatus?> AskStatus()
    {
        SafeFileHandle connection;
        try
        {
            connection = Send(ControlProtocol.Status, QuickTimeout, fields: null);
        }
        catch (IOException)
        {
            return () => null;
        }

        return () =>
        {
            using (connection)
            {
                try
                {
                    return MountStatus.Read(Receive(connection));
                }
                catch (Exception failure) when (failure is IOException
                    or StoreException
                    or JsonException
                    or KeyNotFoundException
                    or InvalidOperationException
                    or FormatException)
                {
                    return null;
                }
            }
        };
    }

    /// <summary>Returns when all changes so far are on the storage.</summary>
    /// <exception cref="StoreException">The server reports a failure.</exception>
    /// <exception cref="IOException">It cannot be reached.</exception>
    public void Sync() => _ = Ask(ControlProtocol.Sync, SyncTimeout);

    /// <summary>Unmounts; returns when that is done or refused.</summary>
    /// <exception cref="StoreException">The server does not support the request.</exception>
    /// <exception cref="IOException">It cannot be reached, or ended before it replied.</exception>
    /// <param name="request">How.</param>
    /// <param name="onWait">Called again and again after a second without a reply; null: only waits.</param>
    /// <param name="onAsked">Called when the request was sent; null for nothing.</param>
    public UnmountReply Unmount(UnmountRequest request, Action? onWait = null, Action? onAsked = null)
    {
        var answer = Ask(ControlProtocol.Unmount, CommitTimeout, request.Write, onWait, onAsked);
        return UnmountReply.Read(answer);
    }

    /// <summary>Ends the mount's prefetcher, if there is one and the server can be reached.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryEndReadAhead()
    {
        try
        {
            var answer = Ask(ControlProtocol.EndReadAhead, QuickTimeout);
            return answer.GetProperty("ended").GetBoolean();
        }
        catch (Exception failure) when (failure is IOException
            or StoreException
            or JsonException
            or KeyNotFoundException
            or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Commits the changes made so far.</summary>
    /// <returns>Null if there was nothing to commit.</returns>
    /// <exception cref="StoreException">The commit failed.</exception>
    /// <exception cref="IOException">It cannot be reached.</exception>
    public CommitReport? Commit(CommitRequest request, Action? onWait = null)
    {
        var answer = Ask(ControlProtocol.Commit, CommitTimeout, json =>
        {
            json.WriteNumber("threads", request.Threads);
            json.WriteString("message", request.Message);
        }, onWait);
        return answer.GetProperty("committed").GetBoolean() ? CommitReport.Read(answer) : null;
    }

    private JsonElement Ask(string request, TimeSpan timeout, Action<JsonFields>? fields = null, Action? onWait = null, Action? onAsked = null)
    {
        using var connection = Send(request, timeout, fields);
        onAsked?.Invoke();
        var interval = QuietTime;
        var waited = TimeSpan.Zero;
        while (onWait is not null && waited < timeout && !LocalSocket.WaitForInput(connection, interval))
        {
            onWait();
            waited += interval;
            interval = WaitInterval;
        }

        return Receive(connection);
    }

    private SafeFileHandle Send(string request, TimeSpan timeout, Action<JsonFields>? fields)
    {
        var connection = connect(timeout);
        try
        {
            if (LocalSocket.PeerUser(connection) is var peer && peer != user && peer != 0)
            {
                throw new IOException($"{address} belongs to user {peer}, not to user {user}");
            }

            ControlFrame.Write(connection, ControlProtocol.Request(request, fields));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private JsonElement Receive(SafeFileHandle connection)
    {
        var answer = JsonElement.Parse(ControlFrame.Read(connection) ?? throw new IOException($"{address} was closed without an answer"));
        if (answer.GetProperty("ok").GetBoolean())
        {
            return answer;
        }

        throw new StoreException(StoreFault.Server, answer.GetProperty("error").GetString()!);
    }
}
