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
