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
        Assert.Equal(32, Unsafe.SizeOf<IoctlRequest>());
        Assert.Equal(16, Unsafe.SizeOf<IoctlReply>());
        Assert.Equal(16, Unsafe.SizeOf<OpenReply>());
        Assert.Equal(24, Unsafe.SizeOf<DirectoryRecord>());
    }

    [Fact]
    public void Every_structure_that_changes_something_has_the_size_of_the_header_file()
    {
        Assert.Equal(88, Unsafe.SizeOf<SetAttributesRequest>());
        Assert.Equal(16, Unsafe.SizeOf<MakeNodeRequest>());
        Assert.Equal(8, Unsafe.SizeOf<MakeDirectoryRequest>());
        Assert.Equal(8, Unsafe.SizeOf<LinkRequest>());
        Assert.Equal(8, Unsafe.SizeOf<RenameRequest>());
        Assert.Equal(16, Unsafe.SizeOf<Rename2Request>());
        Assert.Equal(40, Unsafe.SizeOf<WriteRequest>());
        Assert.Equal(8, Unsafe.SizeOf<WriteReply>());
        Assert.Equal(32, Unsafe.SizeOf<AllocateRequest>());
        Assert.Equal(24, Unsafe.SizeOf<SeekRequest>());
        Assert.Equal(8, Unsafe.SizeOf<SeekReply>());
        Assert.Equal(56, Unsafe.SizeOf<CopyRangeRequest>());
        Assert.Equal(8, Unsafe.SizeOf<SetXattrRequest>());
        Assert.Equal(16, Unsafe.SizeOf<CreateRequest>());
        Assert.Equal(144, Unsafe.SizeOf<CreateReply>());
        Assert.Equal(8, Unsafe.SizeOf<ForgetRequest>());
        Assert.Equal(8, Unsafe.SizeOf<BatchForgetRequest>());
        Assert.Equal(16, Unsafe.SizeOf<ForgottenNode>());
        Assert.Equal(16, Unsafe.SizeOf<InvalidEntry>());
        Assert.Equal(24, Unsafe.SizeOf<InvalidNode>());
    }

    [Fact]
    public void Fields_have_the_offsets_of_the_header_file()
    {
        Assert.Equal(36, OffsetOf(new RequestHeader { ExtensionWords = 0xABCD }, (ushort)0xABCD));
        Assert.Equal(28, OffsetOf(new InitReply { TimeGranularity = 0x01020304 } with { MaxPages = 0xABCD }, (ushort)0xABCD));
        Assert.Equal(32, OffsetOf(new InitReply { Flags2 = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(60, OffsetOf(new NodeAttributes { Mode = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(76, OffsetOf(new NodeAttributes { Device = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(40, OffsetOf(new EntryReply { Attributes = new() { Inode = 0xABCDABCD } }, 0xABCDABCDul));
        Assert.Equal(16, OffsetOf(new AttributesReply { Attributes = new() { Inode = 0xABCDABCD } }, 0xABCDABCDul));
        Assert.Equal(44, OffsetOf(new StatFsReply { NameLength = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(16, OffsetOf(new SetAttributesRequest { Size = 0xABCDABCD }, 0xABCDABCDul));
        Assert.Equal(32, OffsetOf(new SetAttributesRequest { AccessSeconds = 0xABCDABCD }, 0xABCDABCDul));
        Assert.Equal(68, OffsetOf(new SetAttributesRequest { Mode = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(76, OffsetOf(new SetAttributesRequest { UserId = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(16, OffsetOf(new WriteRequest { Size = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(20, OffsetOf(new WriteRequest { WriteFlags = (WriteFlags)0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(24, OffsetOf(new AllocateRequest { Mode = (AllocateFlags)0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(16, OffsetOf(new CopyRangeRequest { TargetNode = 0xABCDABCD }, 0xABCDABCDul));
        Assert.Equal(4, OffsetOf(new CreateRequest { Mode = 0xABCDABCD }, 0xABCDABCD));
        Assert.Equal(16, OffsetOf(new ReadRequest { Size = 0xABCDABCD }, 0xABCDABCD));
    }

    [Theory]
    [InlineData(8, 1, 0x0801)]
    [InlineData(0xFFF, 0xFFFFF, 0xFFFFFFFF)]
    [InlineData(1, 0x12345, 0x12300145)]
    public void A_device_number_is_packed_as_the_kernel_does(uint major, uint minor, uint packed)
    {
        Assert.Equal(packed, DeviceNumber.Pack(major, minor));
        Assert.Equal((major, minor), (DeviceNumber.MajorOf(packed), DeviceNumber.MinorOf(packed)));
    }

    [Theory]
    [InlineData(FileType.Directory, 0x4000)]
    [InlineData(FileType.Regular, 0x8000)]
    [InlineData(FileType.Symlink, 0xA000)]
    [InlineData(FileType.Fifo, 0x1000)]
    public void A_type_becomes_the_bits_of_a_mode(FileType type, uint mode)
    {
        Assert.Equal(mode, type.ModeBits());
        Assert.Equal(type, FileTypes.OfMode(mode | 0x9ED));
    }

    private static int OffsetOf<T, TField>(T structure, TField value)
        where T : unmanaged
        where TField : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in structure));
        return bytes.IndexOf(MemoryMarshal.AsBytes(new ReadOnlySpan<TField>(in value)));
    }
}
