using CondaFuse.Images.Blocks;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>The claims of an image do not determine the cost of reading it. Allocations and reads are counted; nothing is timed.</summary>
public sealed class CostTests : IDisposable
{
    private const int InodeCountAt = 4;
    private const int FragmentCountAt = 16;
    private const int ExportTableAt = 88;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_claimed_number_of_inodes_takes_no_memory()
    {
        var image = Written(new MemoryTree());
        BitConverter.TryWriteBytes(image.AsSpan(InodeCountAt), 400_000_000u);
        BitConverter.TryWriteBytes(image.AsSpan(ExportTableAt), ulong.MaxValue);
        File.WriteAllBytes(_scratch["forged"], image);

        Assert.Equal(ImageFault.InodeCount, FaultOf(() => ContentVerification.Demand(_scratch["forged"], 1, default), maxBytes: 1 << 20));
    }

    [Fact]
    public void A_claimed_number_of_fragments_takes_no_memory()
    {
        var image = Written(new MemoryTree());
        BitConverter.TryWriteBytes(image.AsSpan(FragmentCountAt), 1_000_000u);
        // the start of directories, in the middle of existing data
        BitConverter.TryWriteBytes(image.AsSpan(FragmentCountAt + 64), BitConverter.ToUInt64(image, 72));
        File.WriteAllBytes(_scratch["forged"], image);

        Assert.Equal(ImageFault.TablePlace, FaultOf(() => ContentVerification.Demand(_scratch["forged"], 1, default), maxBytes: 1 << 20));
    }

    [Fact]
    public void Attributes_whose_names_are_longer_than_Linux_lists_are_damage()
    {
        var tree = new MemoryTree();
        var file = tree.AddFile("f", "content");
        for (var i = 0; i < 300; i++)
        {
            tree.SetXattr(file, $"user.{i:d250}", []);
        }

        File.WriteAllBytes(_scratch["many"], Written(tree));

        var finding = Assert.Single(Verifier.Verify(_scratch["many"], 1).Findings);
        Assert.Equal((ImageFault.Xattr, "f"), (finding.Fault, finding.Path));
    }

    [Fact]
    public void Each_attribute_of_a_set_is_read_once()
    {
        var tree = new MemoryTree();
        var file = tree.AddFile("f", "content");
        for (var i = 0; i < 500; i++)
        {
            tree.SetXattr(file, $"user.{i:d6}", BitConverter.GetBytes(i));
        }

        File.WriteAllBytes(_scratch["many"], Written(tree));
        using var image = SquashFsTree.Open(_scratch["many"]);
        Assert.True(image.TryLookup(NodeId.Root, "f"u8, out var found));
        var seen = new List<int>();
        image.VisitXattrs(found.Node, (_, value) => seen.Add(BitConverter.ToInt32(value)));

        Assert.Equal(Enumerable.Range(0, 500), seen);
        Assert.True(Verifier.Verify(_scratch["many"], 1).IsSound);
    }

    [Fact]
    public void The_paths_of_a_deep_archive_are_not_held()
    {
        const int levels = 16_000;
        var deep = new ForgedEntry(string.Concat(Enumerable.Repeat("a/", levels)) + "b");
        File.WriteAllBytes(_scratch["deep.zip"], ZipForge.Write([deep]));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = Verifier.Verify(_scratch["deep.zip"], 1);

        Assert.True(result.IsSound);
        Assert.Equal(levels + 2, result.Counts.Total);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 20);
    }

    [Fact]
    public void A_stored_block_after_a_hole_is_found_in_one_step()
    {
        var content = new byte[(5 << 20) + 7];
        content[3 << 20] = 1;
        var tree = new MemoryTree();
        tree.AddFile("f", content);
        File.WriteAllBytes(_scratch["sparse"], Written(tree));
        using var image = SquashFsTree.Open(_scratch["sparse"]);
        Assert.True(image.TryLookup(NodeId.Root, "f"u8, out var file));

        Assert.Equal(3 << 20, image.NextContent(file.Node, 0));
        Assert.Equal((3 << 20) + 5, image.NextContent(file.Node, (3 << 20) + 5));
        Assert.InRange(image.NextContent(file.Node, (3 << 20) + (128 << 10)), 5 << 20, content.Length);
        var verified = Verifier.Verify(_scratch["sparse"], 1);
        Assert.True(verified.IsSound);
        Assert.Equal(content.Length, verified.ContentBytes);
    }

    [Fact]
    public void A_path_is_the_names_on_its_way() =>
        Assert.Equal("a/b", new EntryPath(new EntryPath(EntryPath.Root, "a"u8.ToArray()), "b"u8.ToArray()).ToString());

    private byte[] Written(IReadableTree tree)
    {
        SquashFsWriter.Write(tree, _scratch["written"], new PackOptions { Threads = 1 });
        return File.ReadAllBytes(_scratch["written"]);
    }

    private static ImageFault FaultOf(Action action, long maxBytes)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Assert.Throws<ImageException>(action).Fault;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, maxBytes);
        return fault;
    }
}
