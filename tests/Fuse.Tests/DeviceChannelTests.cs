using System.Collections.Concurrent;
using System.Net.Sockets;
using CondaFuse.Fuse.Session;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using Microsoft.Win32.SafeHandles;

namespace CondaFuse.Fuse.Tests;

/// <summary>A sequenced-packet socket replaces the device: it transfers whole messages too.</summary>
public sealed class DeviceChannelTests : IDisposable
{
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(2);
    private readonly Socket _kernel;
    private readonly Socket _server;
    private readonly SafeFileHandle _handle;

    public DeviceChannelTests()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        _kernel = new Socket(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
        _kernel.Connect(new UnixDomainSocketEndPoint(path));
        _server = listener.Accept();
        _handle = new SafeFileHandle(_server.Handle, ownsHandle: false);
        File.Delete(path);
    }

    public void Dispose()
    {
        _handle.Dispose();
        _kernel.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    public void A_message_arrives_whole_and_the_reply_goes_back(int spinBudget)
    {
        using var channel = Open(spinBudget);
        _kernel.Send("request"u8);
        var buffer = new byte[100];
        Assert.Equal(7, channel.Receive(buffer));
        Assert.Equal("request"u8, buffer.AsSpan(0, 7));
        channel.Send("reply"u8);
        Assert.Equal(5, _kernel.Receive(buffer));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    public async Task Four_workers_get_every_message_exactly_once(int spinBudget)
    {
        using var channel = Open(spinBudget);
        var got = new ConcurrentBag<int>();
        var workers = StartWorkers(channel, 4, message => got.Add(BitConverter.ToInt32(message)));
        const int count = 20_000;
        for (var number = 0; number < count; number++)
        {
            // The second word is the opcode: every third message is a READ, which wakes another worker.
            _kernel.Send([.. BitConverter.GetBytes(number), (byte)(number % 3 == 0 ? 15 : 1), 0, 0, 0, .. new byte[32]]);
            if (number % 1000 == 0)
            {
                Thread.Sleep(2);
            }
        }

        Assert.True(SpinWait.SpinUntil(() => got.Count == count, Patient));
        channel.Stop();
        await Task.WhenAll(workers).WaitAsync(Patient);
        Assert.Equal(Enumerable.Range(0, count), got.Order());
    }

    [Fact]
    public async Task When_the_other_side_closes_those_who_sleep_are_not_woken_before_it_is_stopped()
    {
        using var channel = Open(0);
        var workers = StartWorkers(channel, 4, _ => { });
        Assert.True(SpinWait.SpinUntil(() => channel.Sleeping == 3, Patient));
        _kernel.Close();
        await Task.WhenAny(workers).WaitAsync(Patient);
        Assert.Equal(3, channel.Sleeping);
        Assert.Equal(1, workers.Count(worker => worker.IsCompleted));
        channel.Stop();
        await Task.WhenAll(workers).WaitAsync(Patient);
    }

    [Fact]
    public async Task All_workers_end_when_stopped_from_outside_whatever_they_wait_for()
    {
        for (var round = 0; round < 50; round++)
        {
            using var channel = Open(round % 2 == 0 ? 0 : 100_000);
            var workers = StartWorkers(channel, 4, _ => { });
            Thread.Sleep(round % 5);
            channel.Stop();
            await Task.WhenAll(workers).WaitAsync(Patient);
        }
    }

    [Theory]
    [InlineData(15)]
    [InlineData(20)]
    public async Task While_one_worker_is_at_work_on_a_read_or_a_sync_another_takes_the_next_request(byte opcode)
    {
        using var channel = Open(300);
        using var release = new ManualResetEventSlim();
        var answered = new ConcurrentBag<byte>();
        var workers = StartWorkers(channel, 2, message =>
        {
            if (message[4] == opcode)
            {
                release.Wait();
            }

            answered.Add(message[4]);
        });
        Thread.Sleep(50);
        _kernel.Send(Hex.Bytes("28000000 " + $"{opcode:X2}000000 0100000000000000 0100000000000000 00000000 00000000 00000000 00000000"));
        Thread.Sleep(50);
        _kernel.Send(Hex.Bytes("28000000 01000000 0200000000000000 0100000000000000 00000000 00000000 00000000 00000000"));
        Assert.True(SpinWait.SpinUntil(() => answered.Contains((byte)1), Patient));
        Assert.DoesNotContain(opcode, answered);
        release.Set();
        channel.Stop();
        await Task.WhenAll(workers).WaitAsync(Patient);
    }

    [Fact]
    public async Task A_slow_request_wakes_another_worker_and_the_last_worker_starts_more()
    {
        const byte create = 35;
        using var channel = Open(300);
        using var release = new ManualResetEventSlim();
        using var isShort = new ManualResetEventSlim();
        var looking = Task.Factory.StartNew(
            () => channel.LookAfterWorkers(isShort.Set), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var answered = new ConcurrentBag<byte>();
        var workers = StartWorkers(channel, 2, message =>
        {
            if (message[4] == create)
            {
                release.Wait();
            }

            answered.Add(message[4]);
        });
        Thread.Sleep(50);
        var creation = Hex.Bytes($"28000000 {create:X2}000000 0100000000000000 0100000000000000 00000000 00000000 00000000 00000000");
        _kernel.Send(creation);
        _kernel.Send(Hex.Bytes("28000000 01000000 0200000000000000 0100000000000000 00000000 00000000 00000000 00000000"));
        Assert.True(SpinWait.SpinUntil(() => answered.Contains((byte)1), Patient));
        _kernel.Send(creation);
        Assert.True(isShort.Wait(Patient));
        Assert.DoesNotContain(create, answered);
        release.Set();
        channel.Stop();
        await Task.WhenAll([.. workers, looking]).WaitAsync(Patient);
    }

    [Fact]
    public async Task Spare_workers_start_at_once_while_others_wait_for_the_storage()
    {
        const byte sync = 20;
        const int atOnce = 4;
        using var channel = Open(300, spares: 2);
        using var release = new ManualResetEventSlim();
        using var begun = new CountdownEvent(5);
        var workers = StartWorkers(channel, 4, _ =>
        {
            begun.Signal();
            release.Wait();
        });
        Thread.Sleep(50);
        for (var number = 0; number < 5; number++)
        {
            _kernel.Send(Hex.Bytes($"28000000 {sync:X2}000000 0100000000000000 0100000000000000 00000000 00000000 00000000 00000000"));
        }

        Assert.True(SpinWait.SpinUntil(() => begun.CurrentCount <= 5 - atOnce, Patient));
        Thread.Sleep(50);
        Assert.Equal(5 - atOnce, begun.CurrentCount);
        release.Set();
        Assert.True(begun.Wait(Patient));
        channel.Stop();
        await Task.WhenAll(workers).WaitAsync(Patient);
    }

    private static Task[] StartWorkers(DeviceChannel channel, int count, Action<byte[]> onMessage) =>
    [
        .. Enumerable.Range(0, count).Select(_ => Task.Factory.StartNew(
            () =>
            {
                var buffer = new byte[100];
                int length;
                while ((length = channel.Receive(buffer)) > 0)
                {
                    onMessage(buffer[..length]);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)),
    ];

    [Fact]
    public async Task It_becomes_idle_once_after_each_period_of_activity()
    {
        using var rested = new SemaphoreSlim(0);
        using var channel = new DeviceChannel(new MessageDevice(_handle), spinBudget: 0, spares: 0, () => rested.Release());
        var worker = StartWorkers(channel, 1, _ => { });
        for (var round = 0; round < 2; round++)
        {
            _kernel.Send("request"u8);
            Assert.True(await rested.WaitAsync(Patient));
            Assert.False(await rested.WaitAsync(DeviceChannel.RestsAfter * 1.5), "it rested twice");
        }

        channel.Stop();
        await Task.WhenAll(worker).WaitAsync(Patient);
    }

    private DeviceChannel Open(int spinBudget, int spares = 0) => new(new MessageDevice(_handle), spinBudget, spares);
}
