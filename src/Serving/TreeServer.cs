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

/// <summary>Serves a tree to the kernel. The tree stays its opener's.</summary>
public sealed class TreeServer
{
    private const int SyncingWorkers = 2;
    private readonly ServingOptions _options;
    private readonly FaultLog _log;
    private readonly Func<Connection, IEnumerable<(Opcode Opcode, IRequestHandler Handler)>> _createHandlers;
    private readonly MessageSizes _sizes;
    private readonly int _spares; // so many may wait for the storage while the others go on
    private readonly IdleMemory _idle;
    private readonly Lock _gate = new();
    private IFuseChannel? _running;
    private bool _stopped;

    /// <summary>Prepares to serve a tree that is only read; also one that could be changed. To be mounted read-only.</summary>
    public TreeServer(IReadableTree tree, ServingOptions options)
        : this(tree, options, MessageSizes.Reading)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var served = new ServedTree(tree, options, _log);
        _createHandlers = connection => ReadOnlyHandlers.Create(served, connection);
    }

    /// <summary>Prepares to serve a tree that is changed, by nobody but those who ask through this server.</summary>
    public TreeServer(IWritableTree tree, ServingOptions options)
        : this(tree, options, MessageSizes.Writing)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var served = new ServedWritableTree(tree, options, _log);
        _spares = SyncingWorkers;
        _createHandlers = connection => WritableHandlers.Create(served, connection);
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
    /// <param name="fuseDevice">
    /// <c>/dev/fuse</c>, mounted with this descriptor; stays the caller's. Made non-blocking. Closing it while still mounted
    /// makes every access fail with ENOTCONN.
    /// </param>
    /// <param name="onStarted">
    /// Called once, when there is memory for all workers and the first is about to answer. It is given what starts the others, which may be done on
    /// another thread. Null: they are started at once.
    /// </param>
    /// <exception cref="PlatformException">The device failed.</exception>
    public void Run(SafeFileHandle fuseDevice, Action<Action>? onStarted = null)
    {
        using var channel = new DeviceChannel(new MessageDevice(fuseDevice), _options.SpinBudget, _spares, GiveMemoryBack);
        Serve(channel, onStarted);
    }

    /// <summary>
    /// Makes <see cref="Run"/> return once the requests in hand are answered; the mount stays, and nobody answers it. To be
    /// called after the mount was detached, or when the process has to end. May be called from any thread, before or after too.
    /// </summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            _running?.Stop();
        }
    }

    /// <summary>
    /// Gives memory back that is not needed now: what a commit took, for instance. Done without being asked when no requests come for a while.
    /// </summary>
    public void GiveMemoryBack()
    {
        try
        {
            _idle.Rest();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _log.Write(failure.Message, "memory is not given back");
        }
    }

    /// <summary>Serves a channel of the caller's, as <see cref="Run"/> serves the device.</summary>
    /// <param name="channel">The channel to the kernel.</param>
    /// <param name="onStarted">As for <see cref="Run"/>.</param>
    public void Serve(IFuseChannel channel, Action<Action>? onStarted = null)
    {
        if (!TryBegin(channel))
        {
            return;
        }

        try
        {
            var connection = new Connection();
            new FuseSession(channel, _sizes, () => new Dispatcher(_createHandlers(connection), OnFault), OnRefusedReply)
                .Run(_options.Threads + _spares, onStarted);
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

/// <summary>How a tree is served.</summary>
public sealed record ServingOptions
{
    /// <summary>Whom every entry is shown as belonging to; null shows the true owners.</summary>
    public Owner? OwnerOverride { get; init; }

    /// <summary>Who beside the owner keeps the permission to write that a file's mode gives; null where all do.</summary>
    public SharedWriting? SharedWriting { get; init; }

    /// <summary>Takes a line for each failure that an administrator should see. Called from any worker.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>How many requests are answered at once. More than two showed no effect on two cores.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>
    /// How often an idle worker asks for the next request, at most, before it sleeps; about 0.3 µs each time.
    /// </summary>
    public int SpinBudget { get; init; } = 600;

    /// <summary>Says what "now" is when somebody sets a time to it. To be the tree's own clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Maximum number of bytes in the reply to one READ; null for the default.</summary>
    public int? MaxReadBytes { get; init; }

    /// <summary>Notes what is read in which order; null where nobody wants to know.</summary>
    public FirstUseRecorder? FirstUse { get; init; }

    /// <summary>What the mount's root answers to <see cref="Platform.MountQuery"/>: who serves it.</summary>
    public ReadOnlyMemory<byte> Address { get; init; }

    /// <summary>For how long the kernel may believe what it was told; the tree does not change but through it.</summary>
    public TimeSpan CacheLifetime { get; init; } = TimeSpan.FromDays(365);
}
