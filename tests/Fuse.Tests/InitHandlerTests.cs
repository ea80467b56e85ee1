using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Fuse.Tests;

public sealed class InitHandlerTests
{
    private const Capabilities Wanted = Capabilities.AsyncRead | Capabilities.NoOpen | Capabilities.MaxPages | Capabilities.Extended;
    private readonly Connection _connection = new();

    [Fact]
    public void A_newer_kernel_is_answered_with_7_40_and_64_bytes()
    {
        // Linux 6.18: 7.45, 128 KiB readahead, all flags of the first word.
        var reply = Answer(Init(7, 45, 0x20000, 0xFFFFFFFF, 0xFFFFFFFF));
        Assert.Equal(
            Hex.Bytes(
                """
                50000000 00000000 0200000000000000
                07000000 28000000 00000200 01004240   # 7.40, 128 KiB, ASYNC_READ NO_OPEN MAX_PAGES INIT_EXT
                4000 3000 00100000 01000000           # 64 in the background, congested at 48, writes of 4096, nanoseconds
                2000 0000 00000000                    # 32 pages
                00000000 00000000 00000000 00000000 00000000 00000000 00000000
                """),
            reply);
        Assert.Equal(Wanted, _connection.Capabilities);
    }

    [Fact]
    public void A_writable_tree_gets_requests_of_a_mebibyte()
    {
        var reply = MemoryMarshal.Read<InitReply>(Answer(Init(7, 45, 0x20000, 0xFFFFFFFF, 0xFFFFFFFF), MessageSizes.Writing).AsSpan(16));
        Assert.Equal(0x100000u, reply.MaxWrite);
        Assert.Equal(256, reply.MaxPages);
        Assert.True(MessageSizes.Writing.Request >= 0x100000 + 80);
    }

    [Fact]
    public void An_older_kernel_is_answered_with_its_own_minor_and_what_it_offers()
    {
        // Before 7.36 the body has 16 bytes.
        var message = Hex.Bytes(
            """
            38000000 1A000000 0200000000000000 0000000000000000 00000000 00000000 00000000 00000000
            07000000 17000000 00000200 01000200
            """);
        var reply = MemoryMarshal.Read<InitReply>(Answer(message).AsSpan(16));
        Assert.Equal(23u, reply.Minor);
        Assert.Equal(Capabilities.AsyncRead | Capabilities.NoOpen, _connection.Capabilities);
        Assert.Equal(0u, reply.Flags2);
    }

    [Fact]
    public void Another_major_version_is_refused() =>
        Assert.Equal(Hex.Bytes("10000000 B9FFFFFF 0200000000000000"), Answer(Init(8, 0, 0, 0, 0)));

    [Fact]
    public void A_body_that_is_too_short_is_EINVAL() =>
        Assert.Equal(
            Hex.Bytes("10000000 EAFFFFFF 0200000000000000"),
            Answer(Hex.Bytes("2C000000 1A000000 0200000000000000 0000000000000000 00000000 00000000 00000000 00000000 07000000")));

    private static byte[] Init(params uint[] words)
    {
        var message = new byte[40 + 64];
        MemoryMarshal.Write(message, new RequestHeader { Length = (uint)message.Length, Opcode = Opcode.Init, Unique = 2 });
        MemoryMarshal.AsBytes(words.AsSpan()).CopyTo(message.AsSpan(Unsafe.SizeOf<RequestHeader>()));
        return message;
    }

    private byte[] Answer(byte[] message, MessageSizes? sizes = null)
    {
        var reply = new byte[MessageSizes.Reading.Reply];
        var dispatcher = new Dispatcher(
            [(Opcode.Init, new InitHandler(Wanted, sizes ?? MessageSizes.Reading, _connection))], (_, exception) => throw exception);
        return reply[..dispatcher.Dispatch(message, reply)];
    }
}
