using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Session;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Serving.Changing;
using CondaFuse.Serving.FirstUse;
using CondaFuse.Serving.Handlers;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Serving;

/// <summary>Serves a tree to the kernel. The caller owns the tree.</summary>
public sealed class TreeServer
{
    private const int SyncingWorkers = 2;
    private readonly ServingOptions _options;
    private readonly FaultLog _log;
    private readonly Func<Connection, IEnumerable<(Opcode Opcode, IRequestHandler Handler)>> _createHandlers;
    private readonly MessageSizes _sizes;
    private readonly int _spares; // how many workers may wait for the storage while the others continue
    private readonly IdleMemory _idle;
    private readonly ServedWritableTree? _writable;
    private readonly Lock _gate = new();
    private IFuseChannel? _running;
    private bool _stopped;

    /// <summary>Prepares to serve a tree read-only, whether or not it is writable. The mount must be read-only.</summary>
    public TreeServer(IReadableTree tree, ServingOptions options)
        : this(tree, options, MessageSizes.Reading)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var served = new ServedTree(tree, options, _log);
        _createHandlers = connection => ReadOnlyHandlers.Create(served, connection, _sizes);
    }

    /// <summary>Prepares to serve a writable tree. Only this server may change the tree.</summary>
    public TreeServer(IWritableTree tree, ServingOptions options)
        : this(tree, options, MessageSizes.Writing)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var served = _writable = new ServedWritableTree(tree, options, _log);
        _spares = SyncingWorkers;
        _createHandlers = connection => WritableHandlers.Create(served, connection, _sizes);
    }

    private TreeServer(IReadableTree tree, ServingOptions options, MessageSizes sizes)
    {
        _idle = new IdleMemory(tree);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        if (options.FirstUse is { } recorder)
        {
            recorder.Tree = tree;
        }

        _sizes = options.MaxReadBytes is { } bytes ? sizes with { Payload = Math.Max(bytes, sizes.Write) } : sizes;
        _log = new FaultLog(options.Log);
        _createHandlers = _ => [];
    }

    /// <summary>Serves until the file system is unmounted or <see cref="Stop"/> is called.</summary>
    /// <param name="fuseDevice"><c>/dev/fuse</c>, mounted with this descriptor; owned by the caller. It is made non-blocking. Closing it while it is
    /// still mounted makes every access fail with ENOTCONN.</param>
    /// <param name="onStarted">Called once, when every worker's memory is allocated and the first is about to receive. Its argument starts the other
    /// workers and may be called on another thread. Null starts them at once.</param>
    /// <param name="onGone">Called when the file system is unmounted and no request is in progress; what is left then is to end threads.</param>
    /// <exception cref="PlatformException">The device failed.</exception>
    public void Run(SafeFileHandle fuseDevice, Action<Action>? onStarted = null, Action? onGone = null)
    {
        using var channel = new DeviceChannel(new MessageDevice(fuseDevice), _options.SpinBudget, _spares, GiveMemoryBack);
        Serve(channel, onStarted, onGone);
    }

    /// <summary>
    /// Makes <see cref="Run"/> return after the current requests. The mount stays, without anyone to answer it. Call this after detaching the mount,
    /// or when the process must exit. Thread-safe; may also be called before or after <see cref="Run"/>.
    /// </summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _running?.Stop();
        }
    }

    /// <summary>Changes with every request that was received.</summary>
    public long Received
    {
        get
        {
            lock (_gate)
            {
                return _running?.Received ?? 0;
            }
        }
    }

    /// <summary>
    /// Tells the kernel that the tree's owner replaced the entry of a name. The kernel may wait for the directory, so this must not be called while
    /// a request waits for the caller.
    /// </summary>
    /// <param name="directory">The directory.</param>
    /// <param name="name">The name.</param>
    /// <param name="former">The entry that had it.</param>
    public void Replaced(NodeId directory, ReadOnlySpan<byte> name, NodeId former)
    {
        IFuseChannel? channel;
        lock (_gate)
        {
            channel = _running;
        }

        try
        {
            channel?.Send(Notifications.NameChanged(directory.Value, name));
            channel?.Send(Notifications.NodeChanged(directory.Value));
        }
        catch (PlatformException failure)
        {
            _log.Write(failure.Message, "The kernel may show a former file");
        }

        // The notification has waited for every LOOKUP of the directory, so a node that is not introduced now never will be.
        if (_writable is { } writable && !writable.IsIntroduced(former))
        {
            writable.WritableTree.Forget(former);
        }
    }

    /// <summary>Frees memory that is not needed now, such as after a commit. This also happens automatically when the server becomes idle.</summary>
    public void GiveMemoryBack()
    {
        try
        {
            _idle.Rest();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.Write(failure.Message, "memory is not freed");
        }
    }

    /// <summary>Serves a channel of the caller, as <see cref="Run"/> serves the device.</summary>
    /// <param name="channel">The connection to the kernel.</param>
    /// <param name="onStarted">Same as for <see cref="Run"/>.</param>
    /// <param name="onGone">Same as for <see cref="Run"/>.</param>
    public void Serve(IFuseChannel channel, Action<Action>? onStarted = null, Action? onGone = null)
    {
        if (!TryBegin(channel))
        {
            return;
        }

        try
        {
            var connection = new Connection();
            new FuseSession(channel, _sizes, () => new Dispatcher(_createHandlers(connection), OnFault), OnRefusedReply)
                .Run(_options.Threads + _spares, onStarted, onGone);
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }
        }
    }

    private bool TryBegin(IFuseChannel channel)
    {
        lock (_gate)
        {
            _running = _stopped ? null : channel;
            return !_stopped;
        }
    }

    private void OnFault(Opcode opcode, Exception exception) => _log.Write(exception.Message, $"{opcode}: {exception.GetType().Name}");

    private void OnRefusedReply(PlatformException exception) => _log.Write(exception.Message, "A reply was refused");
}

/// <summary>Settings for serving a tree.</summary>
public sealed record ServingOptions
{
    /// <summary>The owner shown for every entry; null shows the real owners.</summary>
    public Owner? OwnerOverride { get; init; }

    /// <summary>Which users other than the owner keep the write permission of a file's mode; null for all.</summary>
    public SharedWriting? SharedWriting { get; init; }

    /// <summary>Receives a line for each failure that an administrator should see. Called from any worker.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>How many requests are answered concurrently. More than two had no effect on two cores.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>How often an idle worker polls for the next request, at most, before it sleeps; about 0.3 µs each time.</summary>
    public int SpinBudget { get; init; } = 600;

    /// <summary>The clock for setting a time to "now". It must be the tree's own clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Maximum number of bytes in the reply to one READ; null for the default.</summary>
    public int? MaxReadBytes { get; init; }

    /// <summary>Records which content is read first, and in which order; null to record nothing.</summary>
    public FirstUseRecorder? FirstUse { get; init; }

    /// <summary>The reply of the mount's root to <see cref="Platform.MountQuery"/>: the server's address.</summary>
    public ReadOnlyMemory<byte> Address { get; init; }

    /// <summary>How long the kernel may cache replies; the tree changes only through this server.</summary>
    public TimeSpan CacheLifetime { get; init; } = TimeSpan.FromDays(365);
}
