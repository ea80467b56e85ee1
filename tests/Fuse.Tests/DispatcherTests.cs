using CondaFuse.Fuse.Requests;
using CondaFuse.Fuse.Wire;
using CondaFuse.Tests.Shared;

namespace CondaFuse.Fuse.Tests;

public sealed class DispatcherTests
{
    private const string UnknownRequest =
        """
        28000000 F0DE0000 0700000000000000 0100000000000000   # 40 bytes, opcode 0xDEF0, number 7, node 1
        E8030000 E8030000 2A000000 0000 0000                  # user 1000, group 1000, process 42
        """;

    private readonly List<string> _faults = [];
    private readonly byte[] _reply = new byte[MessageSizes.Reading.Reply];

    [Fact]
    public void An_unknown_opcode_is_ENOSYS()
    {
        Assert.Equal(
            Hex.Bytes("10000000 DAFFFFFF 0700000000000000"),
            Answer(Hex.Bytes(UnknownRequest)));
    }

    [Fact]
    public void An_opcode_without_a_handler_is_ENOSYS()
    {
        Assert.Equal(
            Hex.Bytes("10000000 DAFFFFFF 0900000000000000"),
            Answer(Hex.Bytes("28000000 22000000 0900000000000000 0100000000000000 00000000 00000000 00000000 00000000")));
    }

    [Fact]
    public void TCGETS_is_ENOTTY()
    {
        const string ioctl =
            """
            48000000 27000000 0A00000000000000 0500000000000000 00000000 00000000 01000000 00000000
            0000000000000000 00000000 01540000 0000000000000000 00000000 3C000000   # TCGETS
            """;
        Assert.Equal(Hex.Bytes("10000000 E7FFFFFF 0A00000000000000"), Answer(Hex.Bytes(ioctl)));
    }

    [Theory]
    [InlineData("30000000 02000000 0B00000000000000 0500000000000000 00000000 00000000 00000000 00000000 0100000000000000")]
    [InlineData("40000000 2A000000 0C00000000000000 0000000000000000 00000000 00000000 00000000 00000000 01000000 00000000 0500000000000000 "
        + "0100000000000000")]
    public void FORGET_and_BATCH_FORGET_get_no_reply(string request) => Assert.Empty(Answer(Hex.Bytes(request)));

    [Fact]
    public void INTERRUPT_is_ENOSYS_so_that_the_kernel_sends_no_more()
    {
        const string interrupt =
            "30000000 24000000 0B00000000000000 0000000000000000 00000000 00000000 00000000 00000000 0A00000000000000";
        Assert.Equal(Hex.Bytes("10000000 DAFFFFFF 0B00000000000000"), Answer(Hex.Bytes(interrupt)));
    }

    [Fact]
    public void DESTROY_is_done() =>
        Assert.Equal(
            Hex.Bytes("10000000 00000000 0D00000000000000"),
            Answer(Hex.Bytes("28000000 26000000 0D00000000000000 0000000000000000 00000000 00000000 00000000 00000000")));

    [Fact]
    public void An_exception_that_escapes_a_handler_is_EIO_and_reported()
    {
        Assert.Equal(
            Hex.Bytes("10000000 FBFFFFFF 0E00000000000000"),
            Answer(
                Hex.Bytes("28000000 11000000 0E00000000000000 0100000000000000 00000000 00000000 00000000 00000000"),
                (Opcode.StatFs, new Throwing())));
        Assert.Equal(["StatFs: by design"], _faults);
    }

    [Fact]
    public void The_payload_follows_the_header()
    {
        Assert.Equal(
            Hex.Bytes("14000000 00000000 0E00000000000000 BEBAFECA"),
            Answer(
                Hex.Bytes("28000000 11000000 0E00000000000000 0100000000000000 00000000 00000000 00000000 00000000"),
                (Opcode.StatFs, new Telling())));
    }

    [Theory]
    [InlineData("28000000")]
    [InlineData("29000000 11000000 0E00000000000000 0100000000000000 00000000 00000000 00000000 00000000")]
    [InlineData("28000000 11000000 0E00000000000000 0100000000000000 00000000 00000000 00000000 0100 0000")]
    public void A_request_that_does_not_fit_its_header_gets_no_reply_and_is_reported(string request)
    {
        Assert.Empty(Answer(Hex.Bytes(request)));
        Assert.Single(_faults);
    }

    [Fact]
    public void Extensions_do_not_count_as_body()
    {
        const string request =
            "38000000 11000000 0E00000000000000 0100000000000000 00000000 00000000 00000000 0100 0000 1122334455667788 0102030405060708";
        Assert.True(Request.TryParse(Hex.Bytes(request), out var parsed));
        Assert.Equal(Hex.Bytes("1122334455667788"), parsed.Body.ToArray());
    }

    [Fact]
    public void A_name_ends_at_its_NUL_and_what_follows_is_read_on()
    {
        Assert.True(Request.TryParse(
            Hex.Bytes("2F000000 16000000 0E00000000000000 0100000000000000 00000000 00000000 00000000 00000000 6162 00 63 00 64 65"),
            out var parsed));
        var body = parsed.Read();
        Assert.True(body.TryReadName(out var first));
        Assert.Equal("ab"u8, first);
        Assert.True(body.TryReadName(out var second));
        Assert.Equal("c"u8, second);
        Assert.False(body.TryReadName(out _));
        Assert.False(body.TryRead<uint>(out _));
    }

    private byte[] Answer(byte[] message, params (Opcode, IRequestHandler)[] handlers)
    {
        var dispatcher = new Dispatcher([.. ProtocolAnswers.All, .. handlers], (opcode, exception) => _faults.Add($"{opcode}: {exception.Message}"));
        return _reply[..dispatcher.Dispatch(message, _reply)];
    }

    private sealed class Throwing : IRequestHandler
    {
        public Answer Handle(in Request request, Span<byte> payload) => throw new InvalidOperationException("by design");
    }

    private sealed class Telling : IRequestHandler
    {
        public Answer Handle(in Request request, Span<byte> payload) => Requests.Answer.Value(payload, 0xCAFEBABE);
    }
}
