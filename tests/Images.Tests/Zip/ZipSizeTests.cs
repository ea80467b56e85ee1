using System.Runtime.CompilerServices;
using CondaFuse.Compression;
using CondaFuse.Images.Zip.Wire;

namespace CondaFuse.Images.Tests;

public sealed class ZipSizeTests
{
    [Fact]
    public void Structures_have_the_sizes_of_the_format()
    {
        Assert.Equal(30, Unsafe.SizeOf<RawLocalHeader>());
        Assert.Equal(46, Unsafe.SizeOf<RawCentralHeader>());
        Assert.Equal(22, Unsafe.SizeOf<RawEndRecord>());
        Assert.Equal(20, Unsafe.SizeOf<RawEnd64Locator>());
        Assert.Equal(56, Unsafe.SizeOf<RawEnd64Record>());
        Assert.Equal(48, Unsafe.SizeOf<RawZipFooter>());
        Assert.Equal(216, Unsafe.SizeOf<RawZipRecord>());
        Assert.Equal(28, Unsafe.SizeOf<RawOwnExtra>());
    }

    [Fact]
    public void The_checksum_is_CRC32() => Assert.Equal(0xCBF43926, Crc32.Append(Crc32.Append(0, "1234"u8), "56789"u8));

    [Fact]
    public void Checksums_of_parts_make_that_of_the_whole() =>
        Assert.Equal(0xCBF43926, Crc32.Join(Crc32.Append(0, "1234"u8), Crc32.Append(0, "56789"u8), 5));
}
