using System.Buffers.Binary;
using CondaFuse.Compression;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;

namespace CondaFuse.Images.Tests;

/// <summary>The verifier's findings for intact and damaged images.</summary>
public sealed class VerifierTests : IDisposable
{
    private const int Seed = 4711;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("zstd")]
    [InlineData("xz")]
    [InlineData("gzip")]
    [InlineData("lz4")]
    [InlineData("none")]
    public void Our_image_is_intact(string codec)
    {
        Pack(OddTree.Make(_scratch["odd"]), codec, 131072);

        var result = Verifier.Verify(_scratch["image"], 2);
        Assert.Empty(result.Findings);
        var summary = ImageSummary.Read(_scratch["image"]);
        Assert.Equal(summary.Counts, result.Counts);
        Assert.Equal(summary.UncompressedBytes, result.ContentBytes);
        Assert.True(result.CheckedBlocks > 0);
    }

    [Theory]
    [InlineData("-comp gzip")]
    [InlineData("-comp xz -always-use-fragments -no-exports")]
    public void An_image_of_mksquashfs_is_intact(string options)
    {
        Tool.Shell($"mksquashfs '{OddTree.Make(_scratch["odd"])}' '{_scratch["image"]}' -no-progress -quiet {options}");

        Assert.Empty(Verifier.Verify(_scratch["image"], 2).Findings);
    }

    [Fact]
    public void Every_damaged_byte_is_noticed()
    {
        var sound = Pack(Small(), "zstd", 4096);
        Assert.True(Verifier.Verify(_scratch["image"], 1).IsSound);
        var inodes = BinaryPrimitives.ReadInt32LittleEndian(sound.AsSpan(64));
        var used = BinaryPrimitives.ReadInt32LittleEndian(sound.AsSpan(40));
        var random = new Random(Seed);
        for (var round = 0; round < 400; round++)
        {
            var offset = random.Next(used);
            if ((offset >= inodes - 64 && offset < inodes) || (offset >= 96 && offset < 102))
            {
                continue; // a damaged footer makes it a foreign image; the compressor's options are only displayed
            }

            var image = sound.ToArray();
            image[offset] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(_scratch["hurt"], image);
            Assert.False(Verifier.Verify(_scratch["hurt"], 1).IsSound, $"byte {offset} of {used}, inodes at {inodes}");
        }
    }

    [Fact]
    public void The_file_whose_content_is_damaged_is_named()
    {
        var image = Pack(Small(), "none", 4096);
        var at = image.AsSpan().IndexOf("11111\n"u8);
        image[at] = (byte)'x';
        File.WriteAllBytes(_scratch["hurt"], image);

        var finding = Assert.Single(Verifier.Verify(_scratch["hurt"], 2).Findings);
        Assert.Equal((ImageFault.Checksum, "a/numbers"), (finding.Fault, finding.Path));
    }

    [Fact]
    public void A_file_that_is_not_an_image_is_one_finding()
    {
        File.WriteAllText(_scratch["image"], "PK");

        Assert.Equal(ImageFault.NotAnImage, Assert.Single(Verifier.Verify(_scratch["image"], 1).Findings).Fault);
    }

    private string Small()
    {
        var source = _scratch.MakeDirectory("small");
        Tool.Shell(
            $"cd '{source}' && mkdir a && seq 1 20000 > a/numbers && printf hello > a/hello && ln -s hello a/link && touch -d '2020-01-02 "
            + "03:04:05.678' a/hello");
        return source;
    }

    private byte[] Pack(string source, string codec, int blockSize)
    {
        using var tree = DiskTree.Open(source);
        var found = Codecs.Find(codec)!;
        SquashFsWriter.Write(
            tree, _scratch["image"], new PackOptions { Threads = 2, Compressor = found, Level = found.Levels.Lowest, BlockSize = blockSize });
        return File.ReadAllBytes(_scratch["image"]);
    }
}
