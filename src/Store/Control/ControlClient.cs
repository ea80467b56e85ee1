using System.Text.Json;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Control;

/// <summary>Asks a mount's server.</summary>
/// <param name="path">Its socket.</param>
public sealed class ControlClient(string path)
{
    private static readonly TimeSpan QuickPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CommitPatience = TimeSpan.FromHours(1);
    private static readonly TimeSpan SyncPatience = TimeSpan.FromMinutes(10);

    /// <summary>How the mount is; null if its server cannot be asked: it is gone, busy, another user's, or of another version.</summary>
    public MountStatus? TryGetStatus()
    {
        try
        {
            using var answer = Ask(ControlProtocol.Status, QuickPatience);
            return MountStatus.Read(answer.RootElement);
        }
        catch (Exception failure) when (failure is IOException or StoreException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Returns when everything that was changed so far is on the storage.</summary>
    /// <exception cref="StoreException">The server says that it could not.</exception>
    /// <exception cref="IOException">It cannot be asked.</exception>
    public void Sync() => Ask(ControlProtocol.Sync, SyncPatience).Dispose();

    /// <summary>Tells the server that its changes stay beside the archive when the mount ends.</summary>
    /// <exception cref="StoreException">The server does not know how.</exception>
    /// <exception cref="IOException">It cannot be asked.</exception>
    public void KeepChanges() => Ask(ControlProtocol.Keep, QuickPatience).Dispose();

    /// <summary>Has what was changed so far put into the archive.</summary>
    /// <returns>Null if there was nothing to commit.</returns>
    /// <exception cref="StoreException">The server could not.</exception>
    /// <exception cref="IOException">It cannot be asked.</exception>
    public CommitReport? Commit(CommitRequest request)
    {
        using var answer = Ask(ControlProtocol.Commit, CommitPatience, json =>
        {
            json.WriteNumber("threads", request.Threads);
            json.WriteString("message", request.Message);
        });
        return answer.RootElement.GetProperty("committed").GetBoolean() ? CommitReport.Read(answer.RootElement) : null;
    }

    private JsonDocument Ask(string request, TimeSpan patience, Action<Utf8JsonWriter>? fields = null)
    {
        using SafeFileHandle connection = LocalSocket.Connect(path, patience);
        ControlFrame.Write(connection, ControlProtocol.Request(request, fields));
        var answer = JsonDocument.Parse(ControlFrame.Read(connection) ?? throw new IOException($"{path} was closed without an answer"));
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
