using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Serving.Tests;

public sealed class TreeServerTests
{
    private const string StatFs = "28000000 11000000 0800000000000000 0100000000000000 00000000 00000000 00000000 00000000";
    private static readonly TimeSpan Patient = TimeSpan.FromMinutes(2);

    [Fact]
    public void It_serves_until_there_are_no_more_requests()
    {
        var channel = new MemoryChannel([.. Enumerable.Repeat(Hex.Bytes(StatFs), 100)]);
        using var tree = new MemoryTree();
        new TreeServer(tree, new()).Serve(channel);
        Assert.Equal(100, channel.Replies.Count);
        Assert.All(channel.Replies, reply => Assert.Equal(96, reply.Length));
    }

    [Theory]
    [InlineData(null, 32)]
    [InlineData(1024 * 1024, 256)]
    public void The_kernel_may_read_as_much_at_once_as_the_options_say(int? bytes, int pages)
    {
        var channel = new MemoryChannel(
            Hex.Bytes("38000000 1A000000 0800000000000000 0000000000000000 00000000 00000000 00000000 00000000 07000000 2D000000 00000200 FFFFFFFF"));
        using var tree = new MemoryTree();
        new TreeServer(tree, new() { MaxReadBytes = bytes }).Serve(channel);
        Assert.Equal(pages, MemoryMarshal.Read<InitReply>(Assert.Single(channel.Replies).AsSpan(Unsafe.SizeOf<ReplyHeader>())).MaxPages);
    }

    [Fact]
    public async Task Stop_ends_it_from_another_thread()
    {
        using var tree = new MemoryTree();
        var server = new TreeServer(tree, new());
        var run = Task.Run(() => server.Serve(new MemoryChannel { WaitsForStop = true }));
        await Task.Delay(50);
        Assert.False(run.IsCompleted);
        server.Stop();
        await run.WaitAsync(Patient);
        server.Stop();
    }

    [Fact]
    public void Stopped_before_it_runs_it_answers_nothing()
    {
        using var tree = new MemoryTree();
        var server = new TreeServer(tree, new());
        server.Stop();
        var channel = new MemoryChannel(Hex.Bytes(StatFs));
        server.Serve(channel);
        Assert.Empty(channel.Replies);
    }

    [Fact]
    public void Answering_allocates_nothing()
    {
        var tree = new MemoryTree();
        var file = tree.AddFile("file", new byte[100_000]).Value;
        tree.AddDirectory("d");
        tree.AddSymlink("l", "file");
        var kernel = new Kernel(tree);
        byte[][] requests =
        [
            Hex.Bytes("2D000000 01000000 0200000000000000 0100000000000000 00000000 00000000 00000000 00000000 66696C6500"),
            Hex.Bytes("38000000 03000000 0300000000000000 0200000000000000 00000000 00000000 00000000 00000000 00000000 00000000 0000000000000000"),
            Hex.Bytes("28000000 05000000 0400000000000000 0400000000000000 00000000 00000000 00000000 00000000"),
            Hex.Bytes(
                "50000000 0F000000 0500000000000000 0200000000000000 00000000 00000000 00000000 00000000 0000000000000000 0000000000000000 00000200 "
                + "00000000 0000000000000000 00000000 00000000"),
            Hex.Bytes(
                "50000000 2C000000 0700000000000000 0100000000000000 00000000 00000000 00000000 00000000 0000000000000000 0000000000000000 00100000 "
                + "00000000 0000000000000000 00000000 00000000"),
        ];
        Assert.Equal(2ul, file);
        Assert.All(requests, request => Assert.Equal(0, BitConverter.ToInt32(kernel.Exchange(request), 4)));

        // The runtime may allocate once when it recompiles the methods; the cost of a request occurs every time.
        Assert.InRange(Enumerable.Range(0, 5).Min(_ => Allocated(kernel, requests)), 0, 1000);
    }

    private static long Allocated(Kernel kernel, byte[][] requests)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
        {
            foreach (var request in requests)
            {
                kernel.Dispatch(request);
            }
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
