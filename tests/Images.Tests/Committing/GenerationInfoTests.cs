using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;

namespace CondaFuse.Images.Tests;

/// <summary>The information about an image that the journal needs.</summary>
public sealed class GenerationInfoTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_new_image_is_generation_1_of_its_identity_without_a_merged_segment()
    {
        File.WriteAllText(Path.Combine(_scratch.MakeDirectory("source"), "file"), "content");
        using var tree = DiskTree.Open(_scratch["source"]);
        var result = SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 1, Message = "ü and more" });

        Assert.Equal(new GenerationInfo(result.Identity, 1, MergedSegment: null), GenerationInfo.Read(_scratch["image"]));
        Assert.Equal("ü and more", ImageSummary.Read(_scratch["image"]).Message);
    }

    [Fact]
    public void Another_tools_image_is_generation_0_and_identified_by_its_superblock()
    {
        File.WriteAllText(Path.Combine(_scratch.MakeDirectory("source"), "file"), "content");
        Tool.Run(
            "mksquashfs",
            _scratch["source"],
            _scratch["image"],
            "-quiet",
            "-no-progress",
            "-mkfs-time",
            "1000000000",
            "-all-time",
            "1000000000",
            "-all-root");
        Tool.Run(
            "mksquashfs",
            _scratch["source"],
            _scratch["other"],
            "-quiet",
            "-no-progress",
            "-mkfs-time",
            "1000000001",
            "-all-time",
            "1000000000",
            "-all-root");

        var info = GenerationInfo.Read(_scratch["image"]);
        Assert.Equal((0, null), (info.Generation, info.MergedSegment));
        Assert.NotEqual(info.Identity, GenerationInfo.Read(_scratch["other"]).Identity);
        File.Copy(_scratch["image"], _scratch["copy"]);
        Assert.Equal(info, GenerationInfo.Read(_scratch["copy"]));
    }
}
