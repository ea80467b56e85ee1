using System.Runtime.CompilerServices;
using CondaFuse.Images.SquashFs.Wire;
using CondaFuse.Platform;

namespace CondaFuse.Images.Tests;

public sealed class SizeTests
{
    [Fact]
    public void Structures_have_the_sizes_of_the_format()
    {
        Assert.Equal(96, Unsafe.SizeOf<RawSuperblock>());
        Assert.Equal(16, Unsafe.SizeOf<RawInodeHeader>());
        Assert.Equal(16, Unsafe.SizeOf<RawDirectory>());
        Assert.Equal(24, Unsafe.SizeOf<RawExtendedDirectory>());
        Assert.Equal(16, Unsafe.SizeOf<RawFile>());
        Assert.Equal(40, Unsafe.SizeOf<RawExtendedFile>());
        Assert.Equal(8, Unsafe.SizeOf<RawSymlink>());
        Assert.Equal(8, Unsafe.SizeOf<RawDevice>());
        Assert.Equal(4, Unsafe.SizeOf<RawIpc>());
        Assert.Equal(12, Unsafe.SizeOf<RawDirectoryHeader>());
        Assert.Equal(8, Unsafe.SizeOf<RawDirectoryEntry>());
        Assert.Equal(12, Unsafe.SizeOf<RawDirectoryIndex>());
        Assert.Equal(16, Unsafe.SizeOf<RawFragment>());
        Assert.Equal(16, Unsafe.SizeOf<RawXattrTable>());
        Assert.Equal(16, Unsafe.SizeOf<RawXattrSet>());
        Assert.Equal(4, Unsafe.SizeOf<RawXattrName>());
    }

    [Fact]
    public void Structures_of_the_private_record_have_the_sizes_of_the_format()
    {
        Assert.Equal(64, Unsafe.SizeOf<RawFooter>());
        Assert.Equal(320, Unsafe.SizeOf<RawRecord>());
        Assert.Equal(128, Unsafe.SizeOf<RawRecordTail>());
        Assert.Equal(8, Unsafe.SizeOf<RawPiece>());
        Assert.Equal(56, Unsafe.SizeOf<RawCounts>());
        Assert.Equal(8, Unsafe.SizeOf<RawBlockChecksum>());
    }

    [Fact]
    public void The_checksum_is_CRC32C() => Assert.Equal(0xE3069283, Crc32C.Of("123456789"u8));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 3, 0x103)]
    [InlineData(4095, 1048575, 0xFFFFFFFF)]
    [InlineData(10, 300, 0x100A2C)]
    public void Device_numbers_are_packed_as_Linux_does(uint major, uint minor, uint packed)
    {
        Assert.Equal(packed, DeviceNumber.Encode(major, minor));
        Assert.Equal((major, minor), DeviceNumber.Decode(packed));
    }
}
