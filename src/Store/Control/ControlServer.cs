using System.Text.Json;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Control;

/// <summary>Answers on a mount's control socket; the mount does not depend on it.</summary>
public sealed class ControlServer : IDisposable
{
    private const int MaxConnections = 32;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly PrivateFolder folder;
    private readonly string name;
    private readonly FileIdentity? identity;
    private readonly IControlTarget mount;
    private readonly Action<string> log;
    private readonly SafeFileHandle listener;
    private readonly SafeFileHandle socket;
    private readonly Thread thread;
    private int connections;
    private int answering;

    /// <summary>Begins to answer.</summary>
    /// <param name="folder">The runtime folder.</param>
    /// <param name="name">The socket's name in it; what a server before this left there is replaced.</param>
    /// <param name="mount">What is asked about.</param>
    /// <param name="log">Takes a line for what goes wrong.</param>
    /// <exception cref="PlatformException">The socket could not be made.</exception>
    public ControlServer(PrivateFolder folder, string name, IControlTarget mount, Action<string> log)
    {
        this.folder = folder;
        this.name = name;
        this.mount = mount;
        this.log = log;
        folder.Remove(name);
        listener = folder.Listen(name);
        identity = folder.TryIdentify(name);
        socket = folder.OpenReference(name);
        thread = StartThread(Run);
    }

    /// <summary>The number of this process's descriptor that leads to the socket, whatever becomes of its name.</summary>
    public int Descriptor => (int)socket.DangerousGetHandle();

    /// <inheritdoc/>
    public void Dispose()
    {
        LocalSocket.StopListening(listener);
        thread.Join();
        listener.Dispose();
        socket.Dispose();

        // Whoever was promised an answer gets it before the process ends.
        SpinWait.SpinUntil(() => Volatile.Read(ref answering) == 0, Timeout);

        // A later server, of a mount that got the same device, may have put its own there.
        if (folder.TryIdentify(name) == identity)
        {
            folder.Remove(name);
        }
    }

    private static Thread StartThread(Action run)
    {
        const int stack = 256 << 10;
        var started = new Thread(() => run(), stack) { IsBackground = true, Name = "control" };
        started.Start();
        return started;
    }

    private void Run()
    {
        try
        {
            while (LocalSocket.Accept(listener) is { } connection)
            {
                if (Interlocked.Increment(ref connections) > MaxConnections)
                {
                    Interlocked.Decrement(ref connections);
                    connection.Dispose();
                    continue;
                }

                // Each on a thread of its own: a commit takes its time, and nobody who asks how things are waits for it.
                StartThread(() =>
                {
                    using (connection)
                    {
                        Serve(connection);
                    }

                    Interlocked.Decrement(ref connections);
                });
            }
        }
        catch (PlatformException failure)
        {
            log($"the control socket is lost: {failure.Message}");
        }
    }

    private void Serve(SafeFileHandle connection)
    {
        try
        {
            LocalSocket.LimitWaiting(connection, Timeout);
            var user = LocalSocket.PeerUser(connection);
            if (user != Identity.UserId && user != 0)
            {
                return;
            }

            while (ControlFrame.Read(connection) is { } request)
            {
                Interlocked.Increment(ref answering);
                try
                {
                    ControlFrame.Write(connection, Answer(request));
                }
                finally
                {
                    Interlocked.Decrement(ref answering);
                }
            }
        }
        catch (IOException failure)
        {
            log($"control: {failure.Message}");
        }
    }

    private byte[] Answer(ReadOnlyMemory<byte> request)
    {
        try
        {
            using var document = JsonDocument.Parse(request);
            var root = document.RootElement;
            if (root.GetProperty("protocol").GetInt32() != ControlProtocol.Version)
            {
                return ControlProtocol.Failure($"this server speaks version {ControlProtocol.Version} of the control protocol");
            }

            switch (root.GetProperty("request").GetString())
            {
                case ControlProtocol.Status:
                    return ControlProtocol.Success(mount.Status.Write);
                case ControlProtocol.Sync:
                    mount.Sync();
                    return ControlProtocol.Success(_ => { });
                case ControlProtocol.Unmount:
                    return ControlProtocol.Success(mount.Unmount(UnmountRequest.Read(root)).Write);
                case ControlProtocol.EndReadAhead:
                    var wasReading = mount.EndReadAhead();
                    return ControlProtocol.Success(json => json.WriteBoolean("ended", wasReading));
                case ControlProtocol.Commit:
                    var report = mount.Commit(new CommitRequest(ControlProtocol.Threads(root), root.GetProperty("message").GetString()));
                    return ControlProtocol.Success(json =>
                    {
                        json.WriteBoolean("committed", report is not null);
                        report?.Write(json);
                    });
                case var other:
                    return ControlProtocol.Failure($"this server knows no request '{other}'");
            }
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return ControlProtocol.Failure($"not a request: {failure.Message}");
        }
        catch (Exception failure) when (failure is TreeException or IOException or ObjectDisposedException or StoreException)
        {
            return ControlProtocol.Failure(failure.Message);
        }
        catch (Exception failure)
        {
            // Whatever it is: who asked is told, and the mount, which others use, lives on.
            log($"control: {failure}");
            return ControlProtocol.Failure($"internal error, please report it: {failure.GetType().Name}: {failure.Message}");
        }
    }
}
