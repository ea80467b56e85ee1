using System.Text.Json;
using CondaFuse.Mounts;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Control;

/// <summary>Asks a mount's server.</summary>
/// <param name="address">The path of its socket, for messages.</param>
/// <param name="connect">Connects to it.</param>
/// <param name="user">Whose mount it is: nobody but this user and root is believed.</param>
public sealed class ControlClient(string address, Func<TimeSpan, SafeFileHandle> connect, uint user)
{
    private static readonly TimeSpan QuickTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CommitTimeout = TimeSpan.FromHours(1);
    private static readonly TimeSpan SyncTimeout = TimeSpan.FromMinutes(10);

    /// <summary>Asks through a socket in a runtime folder.</summary>
    public static ControlClient In(PrivateFolder folder, string name, uint user) =>
        new(folder.Of(name), timeout => folder.Connect(name, timeout), user);

    /// <summary>Asks through the server's own descriptor of its socket, where the socket's name is gone or is not to be reached from here.</summary>
    public static ControlClient Through(ProcessIdentity server, int descriptor, uint user)
    {
        var path = $"/proc/{server.Id}/fd/{descriptor}";
        return new ControlClient(path, timeout => LocalSocket.Connect(path, timeout), user);
    }

    /// <summary>Whether somebody listens.</summary>
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

    /// <summary>How the mount is; null if its server cannot be asked: it is gone, busy, another user's, or of another version.</summary>
    public MountStatus? TryGetStatus()
    {
        try
        {
            using var answer = Ask(ControlProtocol.Status, QuickTimeout);
            return MountStatus.Read(answer.RootElement);
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

    /// <summary>Returns when everything that was changed so far is on the storage.</summary>
    /// <exception cref="StoreException">The server says that it could not.</exception>
    /// <exception cref="IOException">It cannot be asked.</exception>
    public void Sync() => Ask(ControlProtocol.Sync, SyncTimeout).Dispose();

    /// <summary>Has the mount unmounted; returns when that is done or refused.</summary>
    /// <exception cref="StoreException">The server does not know how.</exception>
    /// <exception cref="IOException">It cannot be asked, or ended before it answered.</exception>
    public UnmountReply Unmount(UnmountRequest request)
    {
        using var answer = Ask(ControlProtocol.Unmount, CommitTimeout, request.Write);
        return UnmountReply.Read(answer.RootElement);
    }

    /// <summary>Ends the process that reads ahead on the mount, if there is one and the server can be asked.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryEndReadAhead()
    {
        try
        {
            using var answer = Ask(ControlProtocol.EndReadAhead, QuickTimeout);
            return answer.RootElement.GetProperty("ended").GetBoolean();
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

    /// <summary>Has what was changed so far put into the archive.</summary>
    /// <returns>Null if there was nothing to commit.</returns>
    /// <exception cref="StoreException">The server could not.</exception>
    /// <exception cref="IOException">It cannot be asked.</exception>
    public CommitReport? Commit(CommitRequest request)
    {
        using var answer = Ask(ControlProtocol.Commit, CommitTimeout, json =>
        {
            json.WriteNumber("threads", request.Threads);
            json.WriteString("message", request.Message);
        });
        return answer.RootElement.GetProperty("committed").GetBoolean() ? CommitReport.Read(answer.RootElement) : null;
    }

    private JsonDocument Ask(string request, TimeSpan timeout, Action<Utf8JsonWriter>? fields = null)
    {
        using var connection = connect(timeout);
        if (LocalSocket.PeerUser(connection) is var peer && peer != user && peer != 0)
        {
            throw new IOException($"{address} belongs to user {peer}, not to user {user}");
        }

        ControlFrame.Write(connection, ControlProtocol.Request(request, fields));
        var answer = JsonDocument.Parse(ControlFrame.Read(connection) ?? throw new IOException($"{address} was closed without an answer"));
        if (answer.RootElement.GetProperty("ok").GetBoolean())
        {
            return answer;
        }

        using (answer)
        {
            throw new StoreException(StoreFault.Server, answer.RootElement.GetProperty("error").GetString()!);
        }
    }
}
