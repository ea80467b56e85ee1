using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Session;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Serving.Changing;
using CondaFuse.Serving.Handlers;
using CondaFuse.Tree;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Serving;

/// <summary>Serves a tree to the kernel. The tree stays its opener's.</summary>
public sealed class TreeServer
{
    private const int SyncingWorkers = 2;
    private readonly ServingOptions options;
    private readonly FaultLog log;
    private readonly Func<Connection, IEnumerable<(Opcode Opcode, IRequestHandler Handler)>> createHandlers;
    private readonly MessageSizes sizes;
    private readonly int spares; // so many may wait for the storage while the others go on
    private readonly Lock gate = new();
    private IFuseChannel? running;
    private bool stopped;

    /// <summary>Prepares to serve a tree that is only read; also one that could be changed. To be mounted read-only.</summary>
    public TreeServer(IReadableTree tree, ServingOptions options)
        : this(options, MessageSizes.Reading)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var served = new ServedTree(tree, options, log);
        createHandlers = connection => ReadOnlyHandlers.Create(served, connection);
    }

    /// <summary>Prepares to serve a tree that is changed, by nobody but those who ask through this server.</summary>
    public TreeServer(IWritableTree tree, ServingOptions options)
        : this(options, MessageSizes.Writing)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var served = new ServedWritableTree(tree, options, log);
        spares = SyncingWorkers;
        createHandlers = connection => WritableHandlers.Create(served, connection);
    }

    private TreeServer(ServingOptions options, MessageSizes sizes)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.sizes = sizes;
        log = new FaultLog(options.Log);
        createHandlers = _ => [];
    }

    /// <summary>Serves until the file system is unmounted or <see cref="Stop"/> is called.</summary>
    /// <param name="fuseDevice">
    /// <c>/dev/fuse</c>, mounted with this descriptor; stays the caller's. Made non-blocking. Closing it while still mounted
    /// makes every access fail with ENOTCONN.
    /// </param>
    /// <param name="onStarted">Called once, when all workers have what they need and answer.</param>
    /// <exception cref="PlatformException">The device failed.</exception>
    public void Run(SafeFileHandle fuseDevice, Action? onStarted = null)
    {
        using var channel = new DeviceChannel(new MessageDevice(fuseDevice), options.Patience, spares);
        Run(channel, onStarted);
    }

    /// <summary>
    /// Makes <see cref="Run(SafeFileHandle, Action?)"/> return once the requests in hand are answered; the mount stays, and nobody answers it. To be
    /// called after the mount was detached, or when the process has to end. May be called from any thread, before or after too.
    /// </summary>
    public void Stop()
    {
        lock (gate)
        {
            stopped = true;
            running?.Stop();
        }
    }

    internal void Run(IFuseChannel channel, Action? onStarted = null)
    {
        if (!TryBegin(channel))
        {
            return;
        }

        try
        {
            using var idle = new IdleMemory(options.Clock);
            var connection = new Connection();
            new FuseSession(channel, sizes, () => new Dispatcher(createHandlers(connection), OnFault), OnRefusedReply).Run(options.Threads + spares, onStarted);
        }
        finally
        {
            lock (gate)
            {
                running = null;
            }
        }
    }

    private bool TryBegin(IFuseChannel channel)
    {
        lock (gate)
        {
            running = stopped ? null : channel;
            return !stopped;
        }
    }

    private void OnFault(Opcode opcode, Exception exception) => log.Write($"{opcode}: {exception.GetType().Name}: {exception.Message}");

    private void OnRefusedReply(PlatformException exception) => log.Write($"A reply was refused: {exception.Message}");
}
