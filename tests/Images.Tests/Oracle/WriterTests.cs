using CondaFuse.Compression;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;

namespace CondaFuse.Images.Tests;

/// <summary>Our images, read by other tools.</summary>
public sealed class WriterTests(OddSource odd) : IClassFixture<OddSource>, IDisposable
{
    private readonly Scratch _scratch = new();

    public static TheoryData<string, int> EveryCodec() => new()
    {
        { "zstd", 131072 }, { "zstd", 4096 }, { "zstd", 1048576 }, { "xz", 131072 }, { "gzip", 65536 }, { "lz4", 131072 }, { "none", 131072 },
        { "xz bcj=x86,arm dict-size=49152", 131072 },
    };

    public void Dispose() => _scratch.Dispose();

    [Trait("Needs", "root")]
    [Theory]
    [MemberData(nameof(EveryCodec))]
    public void Our_images_are_read_to_the_nanosecond(string codec, int blockSize)
    {
        Pack(odd.Path, _scratch["image"], codec, blockSize);

        using var tree = SquashFsTree.Open(_scratch["image"]);
        Assert.Equal(TreeText.OfDisk(odd.Path), TreeText.Of(tree));
    }

    [Trait("Needs", "root")]
    [Theory]
    [MemberData(nameof(EveryCodec))]
    public void Unsquashfs_extracts_what_was_packed(string codec, int blockSize)
    {
        Pack(odd.Path, _scratch["image"], codec, blockSize);

        Tool.Run("unsquashfs", "-no-progress", "-quiet", "-d", _scratch["out"], _scratch["image"]);
        Assert.Equal(InSeconds(odd.Path), InSeconds(_scratch["out"]));
    }

    [RootTheory]
    [MemberData(nameof(EveryCodec))]
    public void The_kernel_mounts_what_was_packed(string codec, int blockSize)
    {
        Pack(odd.Path, _scratch["image"], codec, blockSize);

        using var mount = new KernelMount(_scratch["image"], _scratch.MakeDirectory("mount"));
        Assert.Equal(InSeconds(odd.Path), InSeconds(mount.Directory));
    }

    [Trait("Needs", "root")]
    [Fact]
    public void Squashfuse_mounts_what_was_packed()
    {
        Pack(odd.Path, _scratch["image"], "zstd", 131072);
        var mount = _scratch.MakeDirectory("mount");
        Tool.Run("squashfuse", _scratch["image"], mount);
        try
        {
            // squashfuse 0.1.105 swaps trusted and security attributes, and gives hard links different inode numbers.
            Assert.Equal(
                TreeText.OfDisk(odd.Path, exactTimes: false, xattrs: false, links: false),
                TreeText.OfDisk(mount, exactTimes: false, xattrs: false, links: false));
        }
        finally
        {
            Tool.Run("fusermount3", "-u", mount);
        }
    }

    private static string InSeconds(string directory) => TreeText.OfDisk(directory, exactTimes: false);

    private static PackResult Pack(string source, string target, string codec, int blockSize, int threads = 4)
    {
        var words = codec.Split(' ');
        var compressor = words.Skip(1)
            .Select(word => word.Split('='))
            .Aggregate(Codecs.Find(words[0])!, (chosen, option) => chosen.With(option[0], option[1]));
        using var tree = DiskTree.Open(source);
        return SquashFsWriter.Write(
            tree, target, new PackOptions { Threads = threads, Compressor = compressor, Level = codec == "none" ? 0 : 2, BlockSize = blockSize });
    }
}
