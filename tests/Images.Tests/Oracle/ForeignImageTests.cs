using System.Text;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Other tools' images, read by our reader.</summary>
public sealed class ForeignImageTests(TimelySource odd) : IClassFixture<TimelySource>, IDisposable
{
    private readonly Scratch _scratch = new();

    public static TheoryData<string> Variants() => new(
        "-comp gzip", "-comp xz", "-comp lz4", "-comp lz4 -Xhc", "-comp zstd", "-comp zstd -Xcompression-level 3", "-comp gzip -Xcompression-level 1",
        "-no-fragments", "-always-use-fragments", "-b 4096", "-b 1M -comp zstd", "-noI -noD -noF -noX -noId", "-noI -comp xz", "-no-exports",
        "-nopad", "-no-sparse", "-no-duplicates", "-comp xz -Xbcj x86", "-comp zstd -b 4096 -always-use-fragments");

    public void Dispose() => _scratch.Dispose();

    [Trait("Needs", "root")]
    [Theory]
    [MemberData(nameof(Variants))]
    public void What_mksquashfs_writes_is_read(string options)
    {
        Mksquashfs(odd.Path, _scratch["image"], options);

        using var tree = SquashFsTree.Open(_scratch["image"]);
        Assert.Equal(TreeText.OfDisk(odd.Path, exactTimes: false), TreeText.Of(tree, exactTimes: false));
    }

    [Trait("Needs", "root")]
    [Theory]
    [InlineData("zstd")]
    [InlineData("xz")]
    [InlineData("gzip")]
    [InlineData("lz4")]
    public void What_tar2sqfs_writes_is_read(string codec)
    {
        Tool.Shell(
            $"cd '{odd.Path}' && tar --format=posix --xattrs --xattrs-include='*' --sort=name --exclude=socket -cf - . | tar2sqfs -q -c {codec} "
            + $"'{_scratch["image"]}'");

        using var tree = SquashFsTree.Open(_scratch["image"]);
        var expected = TreeText.OfDisk(odd.Path, exactTimes: false, xattrs: false);
        Assert.Equal(WithoutSockets(expected), WithoutSockets(TreeText.Of(tree, exactTimes: false, xattrs: false)));
    }

    [Trait("Needs", "root")]
    [Fact]
    public void Without_xattrs_none_are_listed()
    {
        Mksquashfs(odd.Path, _scratch["image"], "-no-xattrs");

        using var tree = SquashFsTree.Open(_scratch["image"]);
        Assert.Equal(TreeText.OfDisk(odd.Path, exactTimes: false, xattrs: false), TreeText.Of(tree, exactTimes: false, xattrs: false));
        Assert.True(tree.TryLookup(NodeId.Root, "empty"u8, out var attributes));
        Assert.Equal(0, tree.ListXattrs(attributes.Node, []));
    }

    [Fact]
    public void An_empty_image_is_an_empty_directory()
    {
        Mksquashfs(_scratch.MakeDirectory("nothing"), _scratch["image"], "");

        using var tree = SquashFsTree.Open(_scratch["image"]);
        Assert.Equal("", TreeText.Of(tree));
        Assert.False(tree.TryLookup(NodeId.Root, "a"u8, out _));
        Assert.Equal(tree.GetAttributes(NodeId.Root).Inode, tree.GetParentInode(NodeId.Root));
    }

    [Theory]
    [InlineData("lzo")]
    [InlineData("lzma")]
    public void An_unsupported_compressor_is_named(string codec)
    {
        if (Tool.TryRun("mksquashfs", odd.Path, _scratch["image"], "-comp", codec, "-no-progress", "-quiet").Code != 0)
        {
            return; // not every mksquashfs supports it
        }

        var exception = Assert.Throws<ImageException>(() => SquashFsTree.Open(_scratch["image"]));
        Assert.Equal(ImageFault.Compressor, exception.Fault);
        Assert.Contains(codec, exception.Message, StringComparison.Ordinal);
        Assert.Equal(codec, ImageSummary.Read(_scratch["image"]).Compressor);
    }

    [Fact]
    public void A_foreign_image_has_a_summary_without_private_fields()
    {
        Mksquashfs(odd.Path, _scratch["image"], "-comp xz -b 64K -mkfs-time 1000000000");

        var summary = ImageSummary.Read(_scratch["image"]);
        Assert.Equal(("squashfs", "xz", 65536), (summary.Format, summary.Compressor, summary.BlockSize));
        Assert.Equal(new Timestamp(1000000000), summary.ModificationTime);
        Assert.Equal(new FileInfo(_scratch["image"]).Length, summary.FileBytes);
        Assert.Null(summary.UncompressedBytes);
        Assert.Null(summary.Generation);
    }

    [Fact]
    public void A_listing_can_be_continued_at_every_entry_even_without_bookmarks()
    {
        Mksquashfs(odd.Path, _scratch["image"], "");
        using var tree = SquashFsTree.Open(_scratch["image"]);
        foreach (var name in new[] { "many", "long", "plain" })
        {
            Assert.True(tree.TryLookup(NodeId.Root, Encoding.ASCII.GetBytes(name), out var directory));
            var all = new TakingSink(int.MaxValue);
            tree.ReadDirectory(directory.Node, 0, all);
            for (var i = 0; i < all.Taken.Count; i++)
            {
                using var fresh = i % 100 == 0 ? SquashFsTree.Open(_scratch["image"]) : null;
                var rest = new TakingSink(3);
                (fresh ?? tree).ReadDirectory(directory.Node, all.Taken[i].Cookie, rest);
                Assert.Equal(all.Taken.Skip(i + 1).Take(3), rest.Taken);
            }

            Assert.All(all.Taken, taken => Assert.True(taken.Cookie >= DirectoryEntry.FirstCookie));
            Assert.Equal(all.Taken.Count, all.Taken.Select(taken => taken.Cookie).Distinct().Count());
        }
    }

    [Fact]
    public void Inodes_are_found_by_their_numbers()
    {
        Mksquashfs(odd.Path, _scratch["image"], "");
        using var tree = SquashFsTree.Open(_scratch["image"]);
        for (ulong number = 1; number <= (ulong)tree.Totals.Entries; number++)
        {
            Assert.True(tree.TryFindInode(number, out var node));
            Assert.Equal(number, tree.GetAttributes(node).Inode);
        }

        Assert.False(tree.TryFindInode(0, out _));
        Assert.False(tree.TryFindInode((ulong)tree.Totals.Entries + 1, out _));
    }

    [Fact]
    public void Operations_on_the_wrong_kind_of_entry_are_refused()
    {
        Mksquashfs(odd.Path, _scratch["image"], "");
        using var tree = SquashFsTree.Open(_scratch["image"]);
        Assert.True(tree.TryLookup(NodeId.Root, "plain"u8, out var plain));
        Assert.True(tree.TryLookup(plain.Node, "hello"u8, out var hello));

        Assert.Equal(TreeFailure.NotADirectory, Assert.Throws<TreeException>(() => tree.TryLookup(hello.Node, "x"u8, out _)).Failure);
        Assert.Equal(TreeFailure.IsADirectory, Assert.Throws<TreeException>(() => tree.Read(plain.Node, 0, new byte[1])).Failure);
        Assert.Equal(TreeFailure.WrongKind, Assert.Throws<TreeException>(() => tree.ReadLink(hello.Node, new byte[1])).Failure);
        Assert.False(tree.TryLookup(plain.Node, new byte[256], out _));
        Assert.Equal(0, tree.Read(hello.Node, 5, new byte[1]));
        Assert.Equal(0, tree.Read(hello.Node, long.MaxValue, new byte[1]));
    }

    [Fact]
    public void Any_part_of_a_file_is_read_from_several_threads_at_once()
    {
        Mksquashfs(odd.Path, _scratch["image"], "-b 4096 -always-use-fragments -comp zstd");
        var expected = File.ReadAllBytes(Path.Combine(odd.Path, "plain", "holes-between"));
        using var tree = SquashFsTree.Open(_scratch["image"]);
        Assert.True(tree.TryLookup(NodeId.Root, "plain"u8, out var plain));
        Assert.True(tree.TryLookup(plain.Node, "holes-between"u8, out var file));

        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            var random = new Random(thread);
            for (var round = 0; round < 500; round++)
            {
                var offset = random.Next(expected.Length + 10);
                var room = new byte[random.Next(20000)];
                var read = tree.Read(file.Node, offset, room);
                Assert.Equal(Math.Clamp(expected.Length - offset, 0, room.Length), read);
                Assert.True(expected.AsSpan(Math.Min(offset, expected.Length), read).SequenceEqual(room.AsSpan(0, read)));
            }
        });
    }

    private static string WithoutSockets(string lines) =>
        string.Join(
            '\n',
            lines.Split('\n')
                .Where(line => !line.Contains(" Socket ", StringComparison.Ordinal))
                .Select(
                    line =>
                        System.Text.RegularExpressions.Regex.Replace(
                            line, " #-?[0-9]+ ", " ", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromMinutes(2))));

    private static void Mksquashfs(string source, string target, string options) =>
        Tool.Shell($"mksquashfs '{source}' '{target}' -no-progress -quiet {options}");
}
