using System.Buffers.Binary;
using System.Text;
using CondaFuse.Compression;
using CondaFuse.Images.Zip;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Everything that the format allows, field by field.</summary>
public sealed class ZipFormTests : IDisposable
{
    private const uint Symlink = 0xA1FF;
    private const uint Directory = 0x41ED;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Numbers_follow_the_first_appearance_of_paths()
    {
        using var tree = Open(
            ZipForge.Write([new("b/c/file", "1"), new("b/", "") { Mode = Directory }, new("a", "2"), new("b/c/other", "3"), new("a", "4")]));
        Assert.Equal(
            (2ul, 3ul, 4ul, 5ul, 6ul),
            (Of(tree, "b").Inode, Of(tree, "b/c").Inode, Of(tree, "b/c/file").Inode, Of(tree, "a").Inode, Of(tree, "b/c/other").Inode));
        Assert.Equal(6ul, tree.HighestInode);
        Assert.Equal("4", Text(tree, "a"));
        for (ulong number = 1; number <= 6; number++)
        {
            Assert.True(tree.TryFindInode(number, out var node));
            Assert.Equal(number, tree.GetAttributes(node).Inode);
        }

        Assert.False(tree.TryFindInode(0, out _));
        Assert.False(tree.TryFindInode(7, out _));
        Assert.Equal(2ul, tree.GetParentInode(new NodeId(3)));
        Assert.Equal((3u, 3u, 2u), (tree.GetAttributes(NodeId.Root).LinkCount, Of(tree, "b").LinkCount, Of(tree, "b/c").LinkCount));
    }

    [Fact]
    public void Hard_links_and_specials_are_as_fuse_zip_writes_them()
    {
        byte[] times = [1, 0, 0, 0, 2, 0, 0, 0, 7, 0, 8, 0];
        ForgedEntry Link(string name, string target) =>
            new(name) { DosAttributes = 0x800, Extra = ZipForge.Field(0x0D, [.. times, .. Encoding.UTF8.GetBytes(target)]) };
        using var tree = Open(ZipForge.Write([
            Link("first", "d/file"), new("d/file", "content"), Link("chain", "first"),
            new("disk") { Mode = 0x61B0, Extra = ZipForge.Field(0x0D, [.. times, 8, 0, 0, 0, 17, 1, 0, 0]) },
            new("terminal") { Mode = 0x2190, Extra = ZipForge.Field(0x0D, [.. times, 4, 0, 0, 0, 64, 0, 0, 0]) },
            new("pipe") { Mode = 0x11A4 }, new("socket") { Mode = 0xC1ED }, Link("lost", "nowhere"), Link("x", "y"), Link("y", "x"),
        ]));
        var file = Of(tree, "d/file");
        Assert.Equal((3u, file.Inode, file.Inode), (file.LinkCount, Of(tree, "first").Inode, Of(tree, "chain").Inode));
        Assert.Equal("content", Text(tree, "chain"));
        Assert.False(tree.TryFindInode(2, out _)); // the number of "first" is unused
        Assert.Equal((EntryKind.BlockDevice, 8u, 273u), (Of(tree, "disk").Kind, Of(tree, "disk").DeviceMajor, Of(tree, "disk").DeviceMinor));
        Assert.Equal(
            (EntryKind.CharacterDevice, 4u, 64u), (Of(tree, "terminal").Kind, Of(tree, "terminal").DeviceMajor, Of(tree, "terminal").DeviceMinor));
        Assert.Equal((EntryKind.Fifo, EntryKind.Socket), (Of(tree, "pipe").Kind, Of(tree, "socket").Kind));
        Assert.Equal((7u, 8u, new Timestamp(2)), (Of(tree, "disk").UserId, Of(tree, "disk").GroupId, Of(tree, "disk").Modified));
        foreach (var broken in new[] { "lost", "x", "y" })
        {
            Assert.Equal(ImageFault.LinkTarget, Assert.Throws<ImageException>(() => Text(tree, broken)).Fault);
        }

        Assert.Equal(["/lost", "/x", "/y"], Verify().Findings.Select(finding => finding.Path));
    }

    [Fact]
    public void Owners_are_read_from_every_field_that_has_them()
    {
        using var tree = Open(ZipForge.Write([
            new("long", "1") { Extra = ZipForge.Field(0x7875, 1, 4, 1, 2, 0, 0, 8, 3, 4, 0, 0, 0, 0, 0, 0) },
            new("short", "2") { Extra = ZipForge.Field(0x7855), LocalExtra = ZipForge.Field(0x7855, 5, 1, 6, 0) },
            new("old", "3")
            {
                Extra = ZipForge.Field(0x5855, 1, 0, 0, 0, 2, 0, 0, 0),
                LocalExtra = ZipForge.Field(0x5855, 1, 0, 0, 0, 2, 0, 0, 0, 9, 0, 10, 0),
            },
            new("both", "4")
            {
                Extra = [.. ZipForge.Field(0x7875, 1, 1, 3, 1, 4), .. ZipForge.Field(0x7855)],
                LocalExtra = ZipForge.Field(0x7855, 5, 1, 6, 0),
            },
            new("overflowing", "5") { Extra = ZipForge.Field(0x7875, 1, 5, 1, 1, 1, 1, 1, 1, 1) },
        ]));
        Assert.Equal((0x201u, 0x403u), (Of(tree, "long").UserId, Of(tree, "long").GroupId));
        Assert.Equal((0x105u, 6u), (Of(tree, "short").UserId, Of(tree, "short").GroupId));
        Assert.Equal((9u, 10u), (Of(tree, "old").UserId, Of(tree, "old").GroupId));
        Assert.Equal((3u, 4u), (Of(tree, "both").UserId, Of(tree, "both").GroupId));
        Assert.Equal((0u, 0u), (Of(tree, "overflowing").UserId, Of(tree, "overflowing").GroupId));
    }

    [Fact]
    public void The_most_exact_times_are_used()
    {
        var ntfs = new byte[32];
        BinaryPrimitives.WriteUInt16LittleEndian(ntfs.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(ntfs.AsSpan(6), 24);
        BinaryPrimitives.WriteInt64LittleEndian(ntfs.AsSpan(8), 116_444_736_000_000_000 + 15_000_000_001);
        byte[] seconds = [1, 100, 0, 0, 0];
        using var tree = Open(ZipForge.Write([
            new("dos") { Date = 0x5021, Time = (3 << 11) | (4 << 5) | 2 }, new("no-date") { Date = 0 },
            new("unix") { Extra = ZipForge.Field(0x5455, seconds) },
            new("before") { Extra = ZipForge.Field(0x5455, 1, 255, 255, 255, 255) },
            new("far") { Date = ((2100 - 1980) << 9) | 0x21, Extra = ZipForge.Field(0x5455, 1, 0, 0, 0, 0xF0) },
            new("exact") { Extra = [.. ZipForge.Field(0x0A, ntfs), .. ZipForge.Field(0x5455, seconds)] },
            new("exact too") { Extra = [.. ZipForge.Field(0x5455, seconds), .. ZipForge.Field(0x0A, ntfs)] },
        ]));
        Assert.Equal(new Timestamp(1577836800 + (3 * 3600) + 240 + 4), Of(tree, "dos").Modified);
        Assert.Equal(new Timestamp(315532800), Of(tree, "no-date").Modified);
        Assert.Equal(new Timestamp(100), Of(tree, "unix").Modified);
        Assert.Equal(new Timestamp(-1), Of(tree, "before").Modified);
        Assert.Equal(new Timestamp(0xF0000000), Of(tree, "far").Modified);
        Assert.Equal(new Timestamp(1500, 100), Of(tree, "exact").Modified);
        Assert.Equal(new Timestamp(1500, 100), Of(tree, "exact too").Modified);
    }

    [Fact]
    public void Names_are_bytes_except_for_a_matching_unicode_path()
    {
        byte[] latin = [.. "caf"u8, 0xE9];
        byte[] Path(byte[] name) => ZipForge.Field(0x7075, [1, .. BitConverter.GetBytes(Crc32.Append(0, name)), .. "café"u8]);
        using var tree = Open(
            ZipForge.Write(
                [new(latin), new("x") { Extra = Path("x"u8.ToArray()) }, new("y") { Extra = Path("z"u8.ToArray()) }, new("./z/./w", "1")]));
        Assert.True(tree.TryLookup(NodeId.Root, latin, out _));
        Assert.Equal(EntryKind.File, Of(tree, "café").Kind);
        Assert.Equal(EntryKind.File, Of(tree, "y").Kind);
        Assert.Equal("1", Text(tree, "z/w"));
        Assert.False(tree.TryLookup(NodeId.Root, "x"u8, out _));
    }

    [Fact]
    public void Modes_of_other_systems_are_made_up()
    {
        using var tree = Open(ZipForge.Write([
            new("dos") { Host = 0, Mode = 0 }, new("read-only") { Host = 0, Mode = 0, DosAttributes = 1 },
            new("folder/") { Host = 0, Mode = 0, DosAttributes = 0x10 },
            new("unix-on-dos", "t") { Host = 0, Mode = Symlink }, new("nothing") { Mode = 0 }, new("no type") { Mode = 0x180 },
            new("bare directory") { Mode = Directory },
        ]));
        Assert.Equal((0x1A4, 0x124, 0x1ED), (Of(tree, "dos").Permissions, Of(tree, "read-only").Permissions, Of(tree, "folder").Permissions));
        Assert.Equal((EntryKind.Symlink, 0x1A4), (Of(tree, "unix-on-dos").Kind, Of(tree, "nothing").Permissions));
        Assert.Equal(
            (EntryKind.File, 0x180, EntryKind.Directory),
            (Of(tree, "no type").Kind, Of(tree, "no type").Permissions, Of(tree, "bare directory").Kind));
    }

    [Fact]
    public void Order_prefix_comment_and_zip64_make_no_difference()
    {
        ForgedEntry[] entries = [new("a/", "") { Mode = Directory }, new("a/b", "one"), new("c", "two"), new("link", "a/b") { Mode = Symlink }];
        var comment = Encoding.UTF8.GetBytes("a comment PK\u0005\u0006 with a signature and more than 22 bytes behind it");
        byte[] prefix = [.. Enumerable.Repeat((byte)7, 5000)];
        using var plain = Open(ZipForge.Write(entries));
        var expected = TreeText.Of(plain);
        foreach (var bytes in new[]
        {
            ZipForge.Write(entries, comment: comment), ZipForge.Write(entries, prefix: prefix),
            ZipForge.Write(entries, prefix: prefix, prefixIsKnown: true),
            ZipForge.Write(entries, zip64: true), ZipForge.Write(entries, zip64: true, prefix: prefix, comment: comment),
            [.. ZipForge.Write(entries), .. new byte[100_000]],
        })
        {
            using var tree = Open(bytes);
            Assert.Equal(expected, TreeText.Of(tree));
        }

        using var turned = Open(ZipForge.Write(entries, order: [3, 2, 1, 0]));
        Assert.Equal(WithoutNumbers(expected), WithoutNumbers(TreeText.Of(turned)));
        Assert.Equal(2ul, Of(turned, "link").Inode);

        using var empty = Open(ZipForge.Write([]));
        Assert.Equal("", TreeText.Of(empty));

        static string WithoutNumbers(string text) =>
            System.Text.RegularExpressions.Regex.Replace(
                text, @"#\d+", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void A_listing_can_be_continued_from_any_cookie()
    {
        using var tree = Open(ZipForge.Write([.. Enumerable.Range(0, 100).Select(i => new ForgedEntry($"f{i}"))]));
        var all = new TakingSink(1000);
        tree.ReadDirectory(NodeId.Root, 0, all);
        Assert.Equal(100, all.Taken.Count);
        for (var i = 0; i < 100; i++)
        {
            var rest = new TakingSink(1000);
            tree.ReadDirectory(NodeId.Root, all.Taken[i].Cookie, rest);
            Assert.Equal(all.Taken.Skip(i + 1), rest.Taken);
        }

        var behind = new TakingSink(1);
        tree.ReadDirectory(NodeId.Root, ulong.MaxValue, behind);
        Assert.Empty(behind.Taken);
    }

    [Fact]
    public void The_identity_is_that_of_the_content()
    {
        File.WriteAllBytes(_scratch["a"], ZipForge.Write([new("x", "1")]));
        File.Copy(_scratch["a"], _scratch["copy"]);
        File.WriteAllBytes(_scratch["b"], ZipForge.Write([new("x", "2")]));
        var info = GenerationInfo.Read(_scratch["a"]);
        Assert.Equal((0L, null), (info.Generation, info.MergedSegment));
        Assert.Equal(info, GenerationInfo.Read(_scratch["copy"]));
        Assert.NotEqual(info.Identity, GenerationInfo.Read(_scratch["b"]).Identity);
    }

    [Fact]
    public void The_format_is_recognized_by_the_content()
    {
        File.WriteAllBytes(_scratch["a.squashfs"], ZipForge.Write([new("x", "12345"), new("y", "")]));
        using var tree = ImageTree.Open(_scratch["a.squashfs"]);
        Assert.IsType<ZipTree>(tree);
        var summary = ImageSummary.Read(_scratch["a.squashfs"]);
        Assert.Equal(("zip", 2L, 5L, "none"), (summary.Format, summary.Inodes, summary.UncompressedBytes, summary.Compressor));
        File.WriteAllText(_scratch["text"], "neither");
        Assert.Equal(ImageFault.NotAnImage, Assert.Throws<ImageException>(() => ImageTree.Open(_scratch["text"])).Fault);
    }

    private VerifyResult Verify() => Verifier.Verify(_scratch["a.zip"], 2);

    private ZipTree Open(byte[] bytes)
    {
        File.WriteAllBytes(_scratch["a.zip"], bytes);
        return ZipTree.Open(_scratch["a.zip"]);
    }

    private static Attributes Of(ZipTree tree, string path)
    {
        var attributes = tree.GetAttributes(NodeId.Root);
        foreach (var name in path.Split('/'))
        {
            Assert.True(tree.TryLookup(attributes.Node, Encoding.UTF8.GetBytes(name), out attributes), path);
        }

        return attributes;
    }

    private static string Text(ZipTree tree, string path)
    {
        var room = new byte[100];
        return Encoding.UTF8.GetString(room, 0, tree.Read(Of(tree, path).Node, 0, room));
    }
}
