using System.Runtime.ExceptionServices;
using CondaFuse.Fuse.Requests;
using CondaFuse.Platform;

namespace CondaFuse.Fuse.Session;

/// <summary>Serves a channel with a few workers until the session ends.</summary>
/// <param name="channel">The connection to the kernel.</param>
/// <param name="sizes">Sizes of the messages.</param>
/// <param name="createDispatcher">Creates each worker's own dispatcher.</param>
/// <param name="onRefusedReply">Receives the failure of a reply that the kernel did not take; the calling process got EIO.</param>
public sealed class FuseSession(IFuseChannel channel, MessageSizes sizes, Func<Dispatcher> createDispatcher, Action<PlatformException> onRefusedReply)
{
    /// <summary>Maximum number of workers, however many of them wait for the storage.</summary>
    public const int MaxWorkers = 16;

    private const int StackBytes = 256 * 1024;
    private readonly object _gate = new(); // a monitor: a Lock has no Wait
    private readonly Stack<Worker> _prepared = new();
    private int _workers;
    private int _atWork;
    private bool _isOver;
    private bool _isGuarded; // false before the guard no longer counts as at work
    private Exception? _failure;

    /// <summary>Serves the channel; the calling thread is one of the workers.</summary>
    /// <param name="workers">How many requests are answered concurrently; at least 1.</param>
    /// <param name="onStarted">Called once, when every worker's memory is allocated and the first is about to receive. Its argument starts the other
    /// workers and may be called on another thread, because it takes longer than the first replies. Null starts them at once.</param>
    /// <param name="onGone">Called when no request is in progress and none can come. Sleeping workers are woken afterwards: that takes time, and a
    /// process that ends need not wait for it.</param>
    /// <exception cref="PlatformException">The device failed; all workers have ended.</exception>
    public void Run(int workers, Action<Action>? onStarted = null, Action? onGone = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        Prepare(workers);
        using var first = Take()!;
        if (onStarted is null)
        {
            StartOthers();
        }
        else
        {
            onStarted(StartOthers);
        }

        Attempt(() => Serve(first));
        WaitForRequests();
        if (_failure is null)
        {
            onGone?.Invoke();
        }

        channel.Stop();
        WaitForOthers();
        if (_failure is { } reason)
        {
            ExceptionDispatchInfo.Throw(reason);
        }
    }

    private void Prepare(int workers)
    {
        try
        {
            while (_prepared.Count < workers)
            {
                _prepared.Push(new Worker(sizes, createDispatcher()));
            }
        }
        catch
        {
            WaitForOthers();
            throw;
        }
    }

    private void StartOthers()
    {
        while (Take() is { } worker && TryStart(worker))
        {
        }

        if (TryCount())
        {
            TryStartThread(() => Attempt(Guard), "fuse guard");
        }
    }

    private void Guard()
    {
        SetGuarded(true);
        try
        {
            channel.LookAfterWorkers(TryStartWorker);
        }
        finally
        {
            SetGuarded(false);
        }
    }

    private void SetGuarded(bool isGuarded)
    {
        lock (_gate)
        {
            _isGuarded = isGuarded;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Starts another worker, unless there are enough.</summary>
    private void TryStartWorker()
    {
        if (Take() is { } prepared)
        {
            TryStart(prepared);
        }
        else if (Volatile.Read(ref _workers) < MaxWorkers && TryPrepare() is { } worker)
        {
            if (TryCount())
            {
                TryStart(worker);
            }
            else
            {
                worker.Dispose();
            }
        }
    }

    /// <summary>The next prepared worker, counted as busy; null if none is left.</summary>
    private Worker? Take()
    {
        lock (_gate)
        {
            return _prepared.Count > 0 && TryCount() ? _prepared.Pop() : null;
        }
    }

    private bool TryCount()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return false;
            }

            _workers++;
            _atWork++;
            return true;
        }
    }

    private Worker? TryPrepare()
    {
        try
        {
            return new Worker(sizes, createDispatcher());
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <returns>False if there is no memory for another thread: the existing workers continue.</returns>
    private bool TryStart(Worker worker)
    {
        if (TryStartThread(() => Work(worker), "fuse"))
        {
            return true;
        }

        worker.Dispose();
        return false;
    }

    private bool TryStartThread(Action work, string name)
    {
        try
        {
            new Thread(() => work(), StackBytes) { IsBackground = true, Name = name }.Start();
            return true;
        }
        catch (OutOfMemoryException)
        {
            Ended();
            return false;
        }
    }

    private void Work(Worker worker)
    {
        Attempt(() =>
        {
            Serve(worker);
            channel.Stop(); // the first worker may sleep
        });
        worker.Dispose(); // nobody waits for that
    }

    private void Attempt(Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // rethrown by Run
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            channel.Stop();
        }

        Ended();
    }

    private void Ended()
    {
        lock (_gate)
        {
            _atWork--;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Returns when every worker has ended, or sleeps. The guard starts none any more.</summary>
    private void WaitForRequests()
    {
        lock (_gate)
        {
            _isOver = true;
            while (_atWork - (_isGuarded ? 1 : 0) > channel.Sleeping)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    private void WaitForOthers()
    {
        lock (_gate)
        {
            _isOver = true;
            while (_atWork > 0)
            {
                Monitor.Wait(_gate);
            }
        }

        while (_prepared.TryPop(out var unused))
        {
            unused.Dispose();
        }
    }

    private void Serve(Worker worker)
    {
        var (request, reply, dispatcher) = (worker.Request, worker.Reply, worker.Dispatcher);
        int length;
        while ((length = channel.Receive(request.Span)) > 0)
        {
            var replied = dispatcher.Dispatch(request.Span[..length], reply.Span);
            if (replied > 0 && !TrySend(reply.Span[..replied]))
            {
                dispatcher.Revoke(request.Span[..length], reply.Span[..replied]);
            }
        }
    }

    private bool TrySend(ReadOnlySpan<byte> reply)
    {
        try
        {
            return channel.Send(reply);
        }
        catch (PlatformException exception)
        {
            onRefusedReply(exception);
            return false;
        }
    }

    /// <summary>The resources of a worker, allocated in advance so that lack of memory shows when the server starts.</summary>
    private sealed class Worker(MessageSizes sizes, Dispatcher dispatcher) : IDisposable
    {
        public NativeBuffer Request { get; } = new(0, sizes.Request);

        public NativeBuffer Reply { get; } = new(MessageSizes.ReplyHeader, sizes.Payload);

        public Dispatcher Dispatcher { get; } = dispatcher;

        public void Dispose()
        {
            Request.Dispose();
            Reply.Dispose();
        }
    }
}
