using System.Collections.Concurrent;
using CondaFuse.Fuse.Session;
using CondaFuse.Platform;

namespace CondaFuse.Tests.Shared;

/// <summary>Replaces the kernel: delivers the given requests, and keeps the replies.</summary>
internal sealed class MemoryChannel(params byte[][] requests) : IFuseChannel
{
    private readonly ConcurrentQueue<byte[]> _waiting = new(requests);
    private volatile bool _stopped;

    public ConcurrentQueue<byte[]> Replies { get; } = new();

    public Func<byte[], Errno> Refuses { get; init; } = _ => Errno.None;

    public Func<byte[], bool> Drops { get; init; } = _ => false;

    public Exception? FailsReceiving { get; init; }

    public bool WaitsForStop { get; init; }

    public int Receive(Span<byte> buffer)
    {
        if (!_stopped && _waiting.TryDequeue(out var request))
        {
            request.CopyTo(buffer);
            return request.Length;
        }

        if (FailsReceiving is { } failure)
        {
            throw failure;
        }

        SpinWait.SpinUntil(() => _stopped || !WaitsForStop);
        return 0;
    }

    public bool Send(ReadOnlySpan<byte> reply)
    {
        var copy = reply.ToArray();
        if (Drops(copy))
        {
            return false;
        }

        if (Refuses(copy) is not Errno.None and var errno)
        {
            throw new PlatformException(errno, "write");
        }

        Replies.Enqueue(copy);
        return true;
    }

    public void LookAfterWorkers(Action startAnother)
    {
    }

    public void Stop() => _stopped = true;
}
