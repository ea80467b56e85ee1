using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

public sealed class ExtractorTests(OddSource odd) : IClassFixture<OddSource>, IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Trait("Needs", "root")]
    [Fact]
    public void Extraction_reproduces_the_packed_tree_to_the_nanosecond()
    {
        using (var tree = DiskTree.Open(odd.Path))
        {
            SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 2, Level = 1 });
        }

        using var image = SquashFsTree.Open(_scratch["image"]);
        var result = Extractor.Extract(
            image, _scratch["out"], new ExtractOptions { Threads = 3, KeepOwners = Rights.IsRoot, PreserveSpecial = true });

        Assert.Equal(TreeText.OfDisk(odd.Path), TreeText.OfDisk(_scratch["out"]));
        Assert.Empty(result.Warnings);
        var summary = ImageSummary.Read(_scratch["image"]);
        Assert.Equal(summary.Counts, result.Counts);
        Assert.Equal(summary.UncompressedBytes, result.ContentBytes);
    }

    [Fact]
    public void Privileged_attributes_are_dropped_unless_requested()
    {
        var tree = new MemoryTree();
        var program = tree.AddFile("su", "#!");
        tree.Change(program, attributes => attributes with { Permissions = 0xDED, UserId = Identity.UserId, GroupId = Identity.GroupId }); // 6755
        tree.SetXattr(program, "user.kept", "1"u8.ToArray());
        tree.SetXattr(program, "security.capability", [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        tree.SetXattr(program, "trusted.overlay.opaque", "y"u8.ToArray());
        tree.AddSpecial("mem", EntryKind.CharacterDevice, 1, 1);
        tree.AddSpecial("disk", EntryKind.BlockDevice, 8, 0);
        tree.AddSpecial("pipe", EntryKind.Fifo);

        var result = Extractor.Extract(tree, _scratch["out"], new ExtractOptions { Threads = 1, KeepOwners = Rights.IsRoot });

        Assert.Equal(["pipe", "su"], Directory.GetFileSystemEntries(_scratch["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal((UnixFileMode)0x1ED, File.GetUnixFileMode(_scratch["out/su"]));
        Assert.Equal("user.kept\n", Tool.Run("python3", "-c", "import os, sys; print(*os.listxattr(sys.argv[1]))", _scratch["out/su"]));
        Assert.Equal(3, result.Warnings.Count);
    }

    [Fact]
    public void Holes_are_extracted_without_being_read()
    {
        const long length = 3L << 40;
        var tree = new HoleTree(length);

        Extractor.Extract(tree, _scratch["out"], new ExtractOptions { Threads = 1, KeepOwners = false });

        Assert.Equal(length, new FileInfo(_scratch["out/hole"]).Length);
        Assert.Equal(0, tree.Reads);
    }

    [Fact]
    public void A_directory_that_is_not_empty_is_refused()
    {
        File.WriteAllText(Path.Combine(_scratch.MakeDirectory("out"), "mine"), "");
        using var tree = DiskTree.Open(odd.Path);

        Assert.Throws<TreeException>(() => Extractor.Extract(tree, _scratch["out"], new ExtractOptions { Threads = 1, KeepOwners = false }));
        Assert.Single(Directory.EnumerateFileSystemEntries(_scratch["out"]));
    }

    [Fact]
    public void A_listing_on_disk_can_be_continued_at_every_entry()
    {
        using var tree = DiskTree.Open(odd.Path);
        Assert.True(tree.TryLookup(NodeId.Root, "many"u8, out var many));
        var all = new TakingSink(int.MaxValue);
        tree.ReadDirectory(many.Node, 0, all);
        Assert.Equal(3000, all.Taken.Count);
        for (var i = 0; i < all.Taken.Count; i += 97)
        {
            var rest = new TakingSink(3);
            tree.ReadDirectory(many.Node, all.Taken[i].Cookie, rest);
            Assert.Equal(all.Taken.Skip(i + 1).Take(3), rest.Taken);
        }

        Assert.Equal(tree.GetAttributes(NodeId.Root).Inode, tree.GetParentInode(many.Node));
        Assert.Equal(tree.GetAttributes(NodeId.Root).Inode, tree.GetParentInode(NodeId.Root));
        Assert.False(tree.TryLookup(NodeId.Root, "not there"u8, out _));
        Assert.False(tree.TryLookup(NodeId.Root, ".."u8, out _));
    }
}
