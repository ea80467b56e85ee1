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

    /// <summary>So many wait for connections: to start one when it is needed takes longer than most answers.</summary>
    private const int Spares = 2;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly PrivateFolder _folder;
    private readonly string _name;
    private readonly FileIdentity? _identity;
    private readonly IControlTarget _mount;
    private readonly Action<string> _log;
    private readonly SafeFileHandle _listener;
    private readonly SafeFileHandle _socket;
    private readonly object _gate = new(); // a monitor: a Lock cannot be waited for
    private bool _isOver;
    private int _accepting;
    private int _threads;
    private int _answering;

    /// <summary>Begins to listen. Who asks waits until <see cref="Begin"/>.</summary>
    /// <param name="folder">The runtime folder.</param>
    /// <param name="name">The socket's name in it; what a server before this left there is replaced.</param>
    /// <param name="mount">What is asked about.</param>
    /// <param name="log">Takes a line for what goes wrong.</param>
    /// <exception cref="PlatformException">The socket could not be made.</exception>
    public ControlServer(PrivateFolder folder, string name, IControlTarget mount, Action<string> log)
    {
        _folder = folder;
        _name = name;
        _mount = mount;
        _log = log;
        folder.Remove(name);
        _listener = folder.Listen(name);
        _identity = folder.TryIdentify(name);
        _socket = folder.OpenReference(name);
    }

    /// <summary>
    /// Begins to answer. Whoever accepts a connection serves it: a commit takes its time, and nobody who asks how things are waits for it, so
    /// another accepts meanwhile.
    /// </summary>
    public void Begin()
    {
        for (var spare = 0; spare < Spares; spare++)
        {
            StartThread(Run);
        }
    }

    /// <summary>The number of this process's descriptor that leads to the socket, whatever becomes of its name.</summary>
    public int Descriptor => (int)_socket.DangerousGetHandle();

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            LocalSocket.StopListening(_listener);
            while (_accepting > 0)
            {
                Monitor.Wait(_gate);
            }
        }

        _listener.Dispose();
        _socket.Dispose();

        // Whoever was promised an answer gets it before the process ends.
        lock (_gate)
        {
            while (_answering > 0 && Monitor.Wait(_gate, Timeout))
            {
            }
        }

        // A later server, of a mount that got the same device, may have put its own there.
        if (_folder.TryIdentify(_name) == _identity)
        {
            _folder.Remove(_name);
        }
    }

    private static void StartThread(Action run)
    {
        const int stack = 256 << 10;
        new Thread(() => run(), stack) { IsBackground = true, Name = "control" }.Start();
    }

    private void Run()
    {
        try
        {
            while (Accept() is { } connection)
            {
                using (connection)
                {
                    if (!HasCompany() && !TryCallCompany())
                    {
                        continue;
                    }

                    Serve(connection);
                }
            }
        }
        catch (PlatformException failure)
        {
            _log($"the control socket is lost: {failure.Message}");
        }
    }

    /// <returns>Null at the end, and where enough others accept.</returns>
    private SafeFileHandle? Accept()
    {
        lock (_gate)
        {
            if (_isOver || _accepting >= Spares)
            {
                return null;
            }

            _accepting++;
        }

        try
        {
            return LocalSocket.Accept(_listener);
        }
        finally
        {
            lock (_gate)
            {
                _accepting--;
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Whether another accepts.</summary>
    private bool HasCompany()
    {
        lock (_gate)
        {
            return _accepting > 0 || _isOver;
        }
    }

    /// <summary>Starts another that accepts; false where there are too many already.</summary>
    private bool TryCallCompany()
    {
        lock (_gate)
        {
            if (_threads >= MaxConnections)
            {
                return false;
            }

            _threads++;
        }

        try
        {
            StartThread(() =>
            {
                Run();
                Ended();
            });
            return true;
        }
        catch (OutOfMemoryException failure)
        {
            Ended();
            _log($"control: {failure.Message}");
            return false;
        }

        void Ended()
        {
            lock (_gate)
            {
                _threads--;
            }
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
                Answering(1);
                try
                {
                    ControlFrame.Write(connection, Answer(request));
                }
                finally
                {
                    Answering(-1);
                }
            }
        }
        catch (IOException failure)
        {
            _log($"control: {failure.Message}");
        }
    }

    /// <summary>Null for a mount that takes no changes, or whose changes cannot be looked at now.</summary>
    private MountStatus? StatusOrNull()
    {
        try
        {
            return _mount.Status;
        }
        catch (Exception failure) when (failure is StoreException or TreeException or IOException)
        {
            return null;
        }
    }

    private void Answering(int more)
    {
        lock (_gate)
        {
            _answering += more;
            Monitor.PulseAll(_gate);
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
                    return ControlProtocol.Success(_mount.Status.Write);
                case ControlProtocol.Sync:
                    _mount.Sync();
                    return ControlProtocol.Success(_ => { });
                case ControlProtocol.Unmount:
                    var before = StatusOrNull();
                    return ControlProtocol.Success((_mount.Unmount(UnmountRequest.Read(root)) with { Before = before }).Write);
                case ControlProtocol.EndReadAhead:
                    var wasReading = _mount.EndReadAhead();
                    return ControlProtocol.Success(json => json.WriteBoolean("ended", wasReading));
                case ControlProtocol.Commit:
                    var report = _mount.Commit(new CommitRequest(ControlProtocol.Threads(root), root.GetProperty("message").GetString()));
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
            _log($"control: {failure}");
            return ControlProtocol.Failure($"internal error, please report it: {failure.GetType().Name}: {failure.Message}");
        }
    }
}
