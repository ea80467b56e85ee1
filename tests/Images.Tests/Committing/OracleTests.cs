using CondaFuse.Images.SquashFs;

namespace CondaFuse.Images.Tests;

/// <summary>Other tools read appended generations as we do.</summary>
public sealed class OracleTests(OddSource odd) : IClassFixture<OddSource>, IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Seven_zip_lists_every_generation(int seed) => EveryGeneration(seed, (image, _) => SevenZipLists(image));

    [RootTheory]
    [InlineData(21)]
    [InlineData(22)]
    public void The_kernel_unsquashfs_and_squashfuse_read_every_generation(int seed) => EveryGeneration(seed, Compare);

    private void EveryGeneration(int seed, Action<string, int> compare)
    {
        var image = CommitTests.Pack(odd.Path, _scratch["image"], "zstd", 131072);
        var edits = new RandomEdits(seed);
        for (var round = 0; round < 3; round++)
        {
            var model = CommitTests.ModelOf(image);
            edits.Apply(model, 80);
            CommitTests.Commit(image, model, edits.Time());
            compare(image, round);
        }
    }

    [Trait("Needs", "root")]
    [Theory]
    [InlineData("mksquashfs-zstd")]
    [InlineData("mksquashfs-no-exports-no-pad")]
    [InlineData("mksquashfs-no-fragments")]
    [InlineData("tar2sqfs")]
    public void Generations_appended_to_another_tools_image_are_listed_by_7z(string maker) =>
        AppendToOther(maker, (image, _) => SevenZipLists(image));

    [RootTheory]
    [InlineData("mksquashfs-zstd")]
    [InlineData("mksquashfs-no-exports-no-pad")]
    [InlineData("mksquashfs-no-fragments")]
    [InlineData("tar2sqfs")]
    public void Generations_appended_to_another_tools_image_are_read_by_all(string maker) => AppendToOther(maker, Compare);

    private void AppendToOther(string maker, Action<string, int> compare)
    {
        var image = _scratch["image"];
        Tool.Shell(maker switch
        {
            "mksquashfs-zstd" => $"mksquashfs '{odd.Path}' '{image}' -comp zstd -Xcompression-level 3 -quiet -no-progress",
            "mksquashfs-no-exports-no-pad" => $"mksquashfs '{odd.Path}' '{image}' -comp gzip -b 64K -no-exports -nopad -quiet -no-progress",
            "mksquashfs-no-fragments" => $"mksquashfs '{odd.Path}' '{image}' -comp xz -no-fragments -quiet -no-progress",
            _ => $"tar -C '{odd.Path}' --format=pax --xattrs --exclude='socket' -cf - . | tar2sqfs -q -c zstd '{image}'",
        });
        var before = File.ReadAllBytes(image);
        using (var foreign = SquashFsTree.Open(image))
        {
            // Changes beside an image refer to inode numbers, even if it has no table of them.
            Assert.True(foreign.TryLookup(CondaFuse.Tree.NodeId.Root, "plain"u8, out var plain));
            Assert.True(foreign.TryFindInode(plain.Inode, out var node));
            Assert.Equal(plain, foreign.GetAttributes(node));
            Assert.False(foreign.TryFindInode(1_000_000, out _));
        }

        var edits = new RandomEdits(31);
        for (var round = 1; round <= 2; round++)
        {
            var model = CommitTests.ModelOf(image);
            edits.Apply(model, 60);
            var result = CommitTests.Commit(image, model, edits.Time());
            Assert.Equal(round, result.Info.Generation);
            using var tree = SquashFsTree.Open(image);
            Assert.Equal(TreeText.Of(model, changes: true), TreeText.Of(tree, changes: true));
            Assert.Empty(Verifier.Verify(image, 2).Findings);
            compare(image, round);
        }

        HistoryTests.Restore(image, 0, edits.Time());
        using var original = SquashFsTree.Open(image, 0);
        using var restored = SquashFsTree.Open(image);
        Assert.Equal(TreeText.Of(original, changes: true), TreeText.Of(restored, changes: true));
        Assert.True(File.ReadAllBytes(image).AsSpan(4096, before.Length - 4096).SequenceEqual(before.AsSpan(4096)), "old bytes changed");
        compare(image, 3);
    }

    private static void SevenZipLists(string image)
    {
        var list = Tool.Run("7z", "l", "-slt", image);
        Assert.DoesNotContain("ERROR", list, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Type = SquashFS", list, StringComparison.Ordinal);
    }

    /// <summary>Includes mounting, and extracting owners, which only root may do.</summary>
    private void Compare(string image, int round)
    {
        using var tree = SquashFsTree.Open(image);
        var expected = TreeText.Of(tree, exactTimes: false);
        using (var mount = new KernelMount(image, _scratch.MakeDirectory($"kernel{round}")))
        {
            Assert.Equal(expected, TreeText.OfDisk(mount.Directory, exactTimes: false));
        }

        Tool.Run("unsquashfs", "-no-progress", "-quiet", "-d", _scratch[$"out{round}"], image);
        Assert.Equal(expected, TreeText.OfDisk(_scratch[$"out{round}"], exactTimes: false));
        var fuse = _scratch.MakeDirectory($"fuse{round}");
        Tool.Run("squashfuse", image, fuse);
        try
        {
            Assert.Equal(
                TreeText.Of(tree, exactTimes: false, xattrs: false, links: false),
                TreeText.OfDisk(fuse, exactTimes: false, xattrs: false, links: false));
        }
        finally
        {
            Tool.Run("fusermount3", "-u", fuse);
        }
    }
}
