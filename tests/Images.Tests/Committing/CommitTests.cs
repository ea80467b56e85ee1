using CondaFuse.Compression;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Appended generations, read by our reader and by other tools.</summary>
public sealed class CommitTests(OddSource odd) : IClassFixture<OddSource>, IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(1, "zstd", 131072, 4)]
    [InlineData(2, "zstd", 4096, 3)]
    [InlineData(3, "xz", 131072, 2)]
    [InlineData(4, "gzip", 65536, 2)]
    [InlineData(5, "lz4", 131072, 2)]
    [InlineData(6, "none", 131072, 2)]
    public void Every_generation_is_what_the_changed_tree_was(int seed, string codec, int blockSize, int rounds)
    {
        var image = Pack(odd.Path, _scratch["image"], codec, blockSize);
        var edits = new RandomEdits(seed);
        var model = ModelOf(image);
        for (var round = 1; round <= rounds; round++)
        {
            edits.Apply(model, 60);
            var before = File.ReadAllBytes(image);
            Commit(image, model, edits.Time());
            var expected = TreeText.Of(model, changes: true);

            using var tree = SquashFsTree.Open(image);
            Assert.Equal(expected, TreeText.Of(tree, changes: true));
            Assert.Equal(1 + round, GenerationInfo.Read(image).Generation);
            Assert.Empty(Verifier.Verify(image, 2).Findings);
            Assert.True(File.ReadAllBytes(image).AsSpan(4096, before.Length - 4096).SequenceEqual(before.AsSpan(4096)), "old bytes changed");
            model = ModelOf(image);
        }
    }

    [RootFact]
    public void Appended_blocks_respect_the_dictionary_size_of_the_image()
    {
        var image = _scratch["image"];
        Tool.Run("mksquashfs", odd.Path, image, "-quiet", "-no-progress", "-comp", "xz", "-Xdict-size", "8192", "-Xbcj", "x86", "-b", "65536");
        var model = ModelOf(image);
        new RandomEdits(7).Apply(model, 60);
        Commit(image, model, new Timestamp(1_700_000_000));

        // The kernel's decoder has 8192 bytes for the dictionary, and refuses blocks that need more.
        using var mount = new KernelMount(image, _scratch.MakeDirectory("mount"));
        using var tree = SquashFsTree.Open(image);
        Assert.Equal(TreeText.Of(tree, exactTimes: false), TreeText.OfDisk(mount.Directory, exactTimes: false));
    }

    internal static CommitResult Commit(string image, ILayeredTree tree, Timestamp time, string message = "")
    {
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)!;
        return SquashFsCommit.Append(folder, Path.GetFileName(image), tree, new CommitOptions { Threads = 2, Time = time, Message = message });
    }

    internal static ModelTree ModelOf(string image) => new(SquashFsTree.Open(image));

    internal static string Pack(string source, string image, string codec, int blockSize)
    {
        using var tree = DiskTree.Open(source);
        SquashFsWriter.Write(
            tree, image, new PackOptions { Threads = 2, Compressor = Codecs.Find(codec)!, Level = codec == "none" ? 0 : 2, BlockSize = blockSize });
        return image;
    }
}
