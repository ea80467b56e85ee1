using System.Text.Json;
using CondaFuse.Platform;
using CondaFuse.Store.Committing;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Store.Control;

/// <summary>Answers requests on a mount's control socket; the mount does not depend on it.</summary>
public sealed class ControlServer : IDisposable
{
    private const int MaxConnections = 32;

    /// <summary>How many threads wait for connections: starting one on demand takes longer than most replies.</summary>
    private const int Spares = 2;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private readonly PrivateFolder _folder;
    private readonly string _name;
    private readonly FileIdentity? _identity;
    private readonly IControlTarget _mount;
    private readonly Action<string> _log;
    private readonly SafeFileHandle _listener;
    private readonly SafeFileHandle _socket;
    private readonly object _gate = new(); // a monitor: a Lock has no Wait
    private bool _isOver;
    private int _accepting;
    private int _threads;
    private int _answering;

    /// <summary>Begins to listen. Clients wait until <see cref="Begin"/>.</summary>
    /// <param name="folder">The runtime folder.</param>
    /// <param name="name">The socket's name in it; the socket of a former server is replaced.</param>
    /// <param name="mount">The mount that requests are about.</param>
    /// <param name="log">Receives a line for each failure.</param>
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
    /// Begins to answer. The thread that accepts a connection serves it. Since a commit takes long, and status requests must not wait for it,
    /// another thread accepts meanwhile.
    /// </summary>
    public void Begin()
    {
        for (var spare = 0; spare < Spares; spare++)
        {
            StartThread(Run);
        }
    }

    /// <summary>The number of this process's descriptor of the socket, which works even if the socket's name is gone.</summary>
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
        Finish();
    }

    /// <summary>Removes the socket's name, and returns when the requests in progress are answered: then the process can end.</summary>
    public void Finish()
    {
        // A later server, of a mount with the same device, may have put its own socket there.
        if (_folder.TryIdentify(_name) == _identity)
        {
            _folder.Remove(_name);
        }

        lock (_gate)
        {
            while (_answering > 0 && Monitor.Wait(_gate, Timeout))
            {
            }
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

    /// <returns>Null at the end, or if enough other threads accept.</returns>
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

    /// <summary>Whether another thread accepts.</summary>
    private bool HasCompany()
    {
        lock (_gate)
        {
            return _accepting > 0 || _isOver;
        }
    }

    /// <summary>Starts another accepting thread; false if there are too many already.</summary>
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

    /// <summary>Null for a read-only mount, or if the changes cannot be read now.</summary>
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
            var root = JsonElement.Parse(request.Span);
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
                    return ControlProtocol.Success(_mount.Unmount(UnmountRequest.Read(root)).After(before).Write);
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
            // Whatever the exception: the client gets an error, and the mount keeps working for its users.
            _log($"control: {failure}");
            return ControlProtocol.Failure($"internal error, please report it: {failure.GetType().Name}: {failure.Message}");
        }
    }
}
