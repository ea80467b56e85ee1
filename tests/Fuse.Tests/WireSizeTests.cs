using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CondaFuse.Fuse.Wire;

namespace CondaFuse.Fuse.Tests;

/// <summary>Sizes and offsets of <c>linux/fuse.h</c>.</summary>
public sealed class WireSizeTests
{
    [Fact]
    public void Every_structure_has_the_size_of_the_header_file()
    {
        Assert.Equal(40, Unsafe.SizeOf<RequestHeader>());
        Assert.Equal(16, Unsafe.SizeOf<ReplyHeader>());
        Assert.Equal(16, Unsafe.SizeOf<InitRequest>());
        Assert.Equal(64, Unsafe.SizeOf<InitReply>());
        Assert.Equal(88, Unsafe.SizeOf<NodeAttributes>());
        Assert.Equal(104, Unsafe.SizeOf<AttributesReply>());
        Assert.Equal(128, Unsafe.SizeOf<EntryReply>());
        Assert.Equal(40, Unsafe.SizeOf<ReadRequest>());
        Assert.Equal(80, Unsafe.SizeOf<StatFsReply>());
        Assert.Equal(8, Unsafe.SizeOf<XattrRequest>());
        Assert.Equal(8, Unsafe.SizeOf<XattrLengthReply>());
        Assert.Equal(16, Unsafe.SizeOf<OpenReply>());
        Assert.Equal(24, Unsafe.SizeOf<DirectoryRecord>());
    }

    [Fact]
    public void Fields_lie_where_the_header_file_puts_them()
    {
        Assert.Equal(36, OffsetOf(new RequestHeader { ExtensionWords = 0xABCD }, (ushort)0xABCD));
        Assert.Equal(28, OffsetOf(new InitReply { TimeGranularity = 0x01020304 } with { MaxPages = 0xABCD }, (ushort)0xABCD));
        Assert.Equal(32, OffsetOf(new InitReply { Flags2 = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(60, OffsetOf(new NodeAttributes { Mode = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(76, OffsetOf(new NodeAttributes { Device = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(40, OffsetOf(new EntryReply { Attributes = new() { Inode = 0xABCDABCD } }, 0xABCDABCDul));
        Assert.Equal(16, OffsetOf(new AttributesReply { Attributes = new() { Inode = 0xABCDABCD } }, 0xABCDABCDul));
        Assert.Equal(44, OffsetOf(new StatFsReply { NameLength = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(16, OffsetOf(new ReadRequest { Size = 0xABCDABCD }, 0xABCDABCD));
    }

    [Theory]
    [InlineData(8, 1, 0x0801)]
    [InlineData(0xFFF, 0xFFFFF, 0xFFFFFFFF)]
    [InlineData(1, 0x12345, 0x12300145)]
    public void A_device_number_is_packed_as_the_kernel_does(uint major, uint minor, uint packed) =>
        Assert.Equal(packed, DeviceNumber.Pack(major, minor));

    [Theory]
    [InlineData(FileType.Directory, 0x4000)]
    [InlineData(FileType.Regular, 0x8000)]
    [InlineData(FileType.Symlink, 0xA000)]
    [InlineData(FileType.Fifo, 0x1000)]
    public void A_type_becomes_the_bits_of_a_mode(FileType type, uint mode) => Assert.Equal(mode, type.ModeBits());

    private static int OffsetOf<T, TField>(T structure, TField value)
        where T : unmanaged
        where TField : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in structure));
        return bytes.IndexOf(MemoryMarshal.AsBytes(new ReadOnlySpan<TField>(in value)));
    }
}
