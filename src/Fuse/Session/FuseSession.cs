using System.Runtime.ExceptionServices;
using CondaFuse.Fuse.Requests;
using CondaFuse.Platform;

namespace CondaFuse.Fuse.Session;

/// <summary>Serves a channel with a few workers until there are no more requests.</summary>
/// <param name="channel">The way to the kernel.</param>
/// <param name="sizes">Sizes of the messages.</param>
/// <param name="createDispatcher">Makes each worker's own dispatcher.</param>
/// <param name="onRefusedReply">Told of a reply that the kernel did not take; whoever waits for it has got EIO.</param>
public sealed class FuseSession(IFuseChannel channel, MessageSizes sizes, Func<Dispatcher> createDispatcher, Action<PlatformException> onRefusedReply)
{
    private const int StackBytes = 256 * 1024;
    private Exception? _failure;
    private Action? _started;
    private int _starting;

    /// <summary>Serves; the calling thread is one of the workers.</summary>
    /// <param name="workers">How many requests are answered at once; at least 1.</param>
    /// <param name="onStarted">Called once, when every worker has its memory and is about to receive.</param>
    /// <exception cref="PlatformException">The device failed; all workers have ended.</exception>
    public void Run(int workers, Action? onStarted = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        _starting = workers;
        _started = onStarted;
        var others = new Thread[workers - 1];
        for (var index = 0; index < others.Length; index++)
        {
            others[index] = new Thread(Work, StackBytes) { IsBackground = true, Name = "fuse" };
            try
            {
                others[index].Start();
            }
            catch
            {
                channel.Stop();
                throw;
            }
        }

        Work();
        foreach (var other in others)
        {
            other.Join();
        }

        if (_failure is { } reason)
        {
            ExceptionDispatchInfo.Throw(reason);
        }
    }

    private void Work()
    {
        try
        {
            Serve();
        }
#pragma warning disable CA1031 // handed to Run's caller
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            channel.Stop();
        }
    }

    private void Serve()
    {
        using var request = new NativeBuffer(0, sizes.Request);
        using var reply = new NativeBuffer(MessageSizes.ReplyHeader, sizes.Payload);
        var dispatcher = createDispatcher();
        if (Interlocked.Decrement(ref _starting) == 0)
        {
            _started?.Invoke();
        }

        int length;
        while ((length = channel.Receive(request.Span)) > 0)
        {
            var replied = dispatcher.Dispatch(request.Span[..length], reply.Span);
            if (replied > 0 && !TrySend(reply.Span[..replied]))
            {
                dispatcher.TakeBack(request.Span[..length], reply.Span[..replied]);
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
}
