using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Session;
using CondaFuse.Fuse.Wire;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Fuse.Tests;

public sealed class FuseSessionTests
{
    private const string StatFs = "28000000 11000000 0E00000000000000 0100000000000000 00000000 00000000 00000000 00000000";
    private const string Destroy = "28000000 26000000 0F00000000000000 0000000000000000 00000000 00000000 00000000 00000000";
    private const string Forget = "30000000 02000000 1000000000000000 0500000000000000 00000000 00000000 00000000 00000000 0100000000000000";

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Every_request_gets_its_reply_and_then_the_session_ends(int workers)
    {
        var channel = new MemoryChannel([.. Enumerable.Repeat(Hex.Bytes(StatFs), 500), .. Enumerable.Repeat(Hex.Bytes(Forget), 500)]);
        Run(channel, workers);
        Assert.Equal(500, channel.Replies.Count);
        Assert.All(channel.Replies, reply => Assert.Equal(Hex.Bytes("10000000 DAFFFFFF 0E00000000000000"), reply));
    }

    [Fact]
    public void A_refused_reply_is_reported_and_the_next_request_is_served()
    {
        var told = new List<string>();
        var channel = new MemoryChannel(Hex.Bytes(StatFs), Hex.Bytes(Destroy))
        {
            Refuses = reply => reply[8] == 0x0E ? Errno.EINVAL : Errno.None,
        };
        Run(channel, 1, exception => told.Add(exception.Call));
        Assert.Equal(["write"], told);
        Assert.Equal(Hex.Bytes("10000000 00000000 0F00000000000000"), Assert.Single(channel.Replies));
    }

    [Fact]
    public void A_dropped_reply_is_revoked_unless_it_was_a_failure()
    {
        var handler = new CountingHandler();
        var channel = new MemoryChannel(Hex.Bytes(StatFs), Hex.Bytes(StatFs), Hex.Bytes(Destroy)) { Drops = _ => true };
        new FuseSession(
            channel, MessageSizes.Reading, () => new Dispatcher([(Opcode.StatFs, handler)], (_, exception) => throw exception), _ => { }).Run(1);
        Assert.Equal((2, 2), (handler.Answers, handler.Revoked));
        Assert.Empty(channel.Replies);
    }

    [Fact]
    public void A_refused_reply_is_revoked_too()
    {
        var handler = new CountingHandler();
        var channel = new MemoryChannel(Hex.Bytes(StatFs)) { Refuses = _ => Errno.EINVAL };
        new FuseSession(
            channel, MessageSizes.Reading, () => new Dispatcher([(Opcode.StatFs, handler)], (_, exception) => throw exception), _ => { }).Run(1);
        Assert.Equal(1, handler.Revoked);
    }

    [Fact]
    public void A_failing_channel_ends_all_workers_and_the_caller_gets_the_reason()
    {
        var channel = new MemoryChannel { FailsReceiving = new PlatformException(Errno.EIO, "read") };
        Assert.Equal("read", Assert.Throws<PlatformException>(() => Run(channel, 3)).Call);
    }

    [Fact]
    public async Task Stopping_the_channel_ends_the_session()
    {
        var channel = new MemoryChannel { WaitsForStop = true };
        var run = Task.Run(() => Run(channel, 2));
        await Task.Delay(50);
        Assert.False(run.IsCompleted);
        channel.Stop();
        await run.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void Its_end_is_reported_before_those_who_sleep_are_woken()
    {
        var channel = new SleepyChannel(expected: 2);
        var (sleeping, isStopped) = (-1, true);
        Session(channel, ProtocolAnswers.All).Run(3, onGone: () => (sleeping, isStopped) = (channel.Sleeping, channel.IsStopped));
        Assert.Equal((2, false), (sleeping, isStopped));
        Assert.True(channel.IsStopped);
        Assert.Equal(0, channel.Sleeping);
    }

    [Fact]
    public void Its_end_is_reported_when_no_request_is_in_progress()
    {
        var handler = new SlowHandler();
        var channel = new SleepyChannel(expected: 1, Hex.Bytes(StatFs))
        {
            WaitsBesides = handler.Began.Task, WhenAsked = () => handler.MayEnd.TrySetResult(),
        };
        var isDone = false;
        Session(channel, [(Opcode.StatFs, handler)]).Run(3, onGone: () => isDone = handler.IsDone);
        Assert.True(isDone);
    }

    [Fact]
    public void A_session_that_failed_is_not_reported_as_ended()
    {
        var channel = new MemoryChannel { FailsReceiving = new PlatformException(Errno.EIO, "read") };
        Assert.Throws<PlatformException>(() => Session(channel, ProtocolAnswers.All).Run(1, onGone: () => Assert.Fail("it was")));
    }

    private static FuseSession Session(IFuseChannel channel, IEnumerable<(Opcode Opcode, IRequestHandler Handler)> handlers) =>
        new(channel, MessageSizes.Reading, () => new Dispatcher(handlers, (_, exception) => throw exception), exception => throw exception);

    /// <summary>The thread that made it ends the session, once that many others sleep, until it is stopped.</summary>
    private sealed class SleepyChannel(int expected, params byte[][] requests) : IFuseChannel
    {
        private readonly int _first = Environment.CurrentManagedThreadId;
        private readonly System.Collections.Concurrent.ConcurrentQueue<byte[]> _requests = new(requests);
        private readonly TaskCompletionSource _stop = new();
        private volatile bool _ended;
        private int _sleeping;

        public Task? WaitsBesides { get; init; }

        public Action? WhenAsked { get; init; }

        public bool IsStopped => _stop.Task.IsCompleted;

        public int Sleeping
        {
            get
            {
                WhenAsked?.Invoke();
                return Volatile.Read(ref _sleeping);
            }
        }

        public int Receive(Span<byte> buffer)
        {
            if (Environment.CurrentManagedThreadId == _first)
            {
                Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _sleeping) == expected, TimeSpan.FromSeconds(20)));
                WaitsBesides?.Wait();
                _ended = true;
                return 0;
            }

            if (_requests.TryDequeue(out var request))
            {
                request.CopyTo(buffer);
                return request.Length;
            }

            if (_ended)
            {
                return 0;
            }

            Interlocked.Increment(ref _sleeping);
            _stop.Task.Wait();
            Interlocked.Decrement(ref _sleeping);
            return 0;
        }

        public bool Send(ReadOnlySpan<byte> reply) => true;

        public void LookAfterWorkers(Action startAnother)
        {
        }

        public void Stop() => _stop.TrySetResult();
    }

    private sealed class SlowHandler : IRequestHandler
    {
        public TaskCompletionSource Began { get; } = new();

        public TaskCompletionSource MayEnd { get; } = new();

        public bool IsDone { get; private set; }

        public Answer Handle(in Request request, Span<byte> payload)
        {
            Began.SetResult();
            MayEnd.Task.Wait();
            Thread.Sleep(20); // a session that does not wait for it ends meanwhile
            IsDone = true;
            return Answer.Payload(0);
        }
    }

    private static void Run(IFuseChannel channel, int workers, Action<PlatformException>? onRefusedReply = null) =>
        new FuseSession(
            channel,
            MessageSizes.Reading,
            () => new Dispatcher(ProtocolAnswers.All, (_, exception) => throw exception),
            onRefusedReply ?? (exception => throw exception)).Run(workers);

    private sealed class CountingHandler : IRevocableHandler
    {
        public int Answers { get; private set; }

        public int Revoked { get; private set; }

        public Answer Handle(in Request request, Span<byte> payload)
        {
            Answers++;
            payload[0] = 42;
            return Answer.Payload(1);
        }

        public void Revoke(ReadOnlySpan<byte> payload) => Revoked += payload.SequenceEqual([(byte)42]) ? 1 : 100;
    }
}
