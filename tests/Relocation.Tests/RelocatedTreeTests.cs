using System.Text;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Relocation.Tests;

public sealed class RelocatedTreeTests : IDisposable
{
    private const string Old = "/old/env";

    private readonly MemoryTree _tree = new();

    public RelocatedTreeTests() => _tree.AddDirectory("env");

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Every_part_of_a_file_reads_as_the_whole_does()
    {
        var text = $"start {Old}/lib middle {Old} end, and more behind";
        var entry = Entry(_tree.AddFile("env/file", text), text);
        using var view = View([entry], "/a/longer/prefix");
        var whole = Encoding.UTF8.GetBytes(text.Replace(Old, "/a/longer/prefix", StringComparison.Ordinal));
        var node = _tree.Find("env/file");
        Assert.Equal(whole.Length, view.GetAttributes(node).Size);
        Assert.True(view.TryLookup(_tree.Find("env"), "file"u8, out var found));
        Assert.Equal(whole.Length, found.Size);
        for (var start = 0; start <= whole.Length + 1; start++)
        {
            for (var length = 1; length <= whole.Length; length++)
            {
                var part = new byte[length];
                var read = view.Read(node, start, part);
                Assert.Equal(whole.Skip(start).Take(length), part[..read]);
            }
        }
    }

    [Fact]
    public void A_symlink_into_the_prefix_moves_with_its_length()
    {
        var node = _tree.AddSymlink("env/link", $"{Old}/lib");
        using var view = View([Link(node, $"{Old}/lib", "link")], "/new");
        var target = new byte[100];
        Assert.Equal("/new/lib", Encoding.UTF8.GetString(target, 0, view.ReadLink(node, target)));
        Assert.Equal("/new/lib".Length, view.GetAttributes(node).Size);
        Assert.Equal(TreeFailure.RangeTooSmall, Assert.Throws<TreeException>(() => view.ReadLink(node, new byte[3])).Failure);
    }

    [Fact]
    public void An_impossible_symlink_target_stays()
    {
        var node = _tree.AddSymlink("env/link", $"{Old}/lib");
        using var view = View([Link(node, $"{Old}/lib", "link")], "/" + new string('x', 4094));
        Assert.Equal(["link"], view.Unchanged);
        Assert.Equal($"{Old}/lib".Length, view.GetAttributes(node).Size);
    }

    [Fact]
    public void Everything_else_is_the_tree_below()
    {
        var other = _tree.AddFile("env/other", Old);
        using var view = View([Entry(_tree.AddFile("env/file", Old), Old)], "/new");
        Assert.Equal(_tree.GetAttributes(other), view.GetAttributes(other));
        var content = new byte[100];
        Assert.Equal(Old, Encoding.UTF8.GetString(content, 0, view.Read(other, 0, content)));
    }

    [Fact]
    public void A_list_with_missing_entries_does_no_harm()
    {
        var file = _tree.AddFile("env/file", Old);
        var sound = Entry(file, Old);
        using var view = View([sound with { Inode = 4711 }, sound with { Prefix = 9 }, sound with { Size = -1 }], "/new");
        Assert.True(view.IsSame);
        Assert.Equal(Old.Length, view.GetAttributes(file).Size);
    }

    [Fact]
    public void A_table_is_read_as_it_was_written()
    {
        var node = _tree.AddFile("env/file", Old);
        var binary = Entry(node, Old) with
        {
            Spots = new PrefixSpots { Spots = [new PrefixSpot(0, PrefixForm.Utf16Big)], Strings = [new PrefixString(1, 300, 7)] },
        };
        var table = new PrefixTable(
            [Encoding.UTF8.GetBytes(Old), Encoding.UTF8.GetBytes("/placeholder")],
            [Entry(node, Old), binary, Link(_tree.AddSymlink("env/link", Old), Old, "link")], 17, HasMark: true);
        var bytes = PrefixTableFormat.Format(table);
        var read = PrefixTableFormat.TryParse(bytes)!;
        Assert.Equal(PrefixTableFormat.Format(read), bytes);
        Assert.Equal(
            (17UL, true, 2, 3, 300), (read.Metadata, read.HasMark, read.Prefixes.Count, read.Entries.Count, read.Entries[1].Spots.Strings![0].End));
    }

    [Theory]
    [InlineData(5, 1 << 19)]
    [InlineData((1 << 18) + 1, 1)]
    public void A_table_beyond_the_limits_is_refused(int entries, int spots)
    {
        var entry = Entry(_tree.AddFile("f", Old), Old) with
        {
            Spots = new PrefixSpots { Spots = [.. Enumerable.Range(0, spots).Select(at => new PrefixSpot(at, PrefixForm.Plain))] },
        };
        var table = new PrefixTable([Encoding.UTF8.GetBytes(Old)], [.. Enumerable.Repeat(entry, entries)], 1, HasMark: false);
        Assert.False(PrefixTableFormat.IsWithinLimits(table));
        Assert.Null(PrefixTableFormat.TryParse(PrefixTableFormat.Format(table)));
        Assert.Equal(1UL, PrefixTableFormat.TryParseHead(PrefixTableFormat.Format(table))!.Metadata);
    }

    [Fact]
    public void An_entry_of_another_kind_or_length_changes_nothing()
    {
        var file = _tree.AddFile("env/file", Old);
        var link = _tree.AddSymlink("env/link", Old);
        var sound = Entry(file, Old);
        using var view = View([sound with { Size = Old.Length + 1 }, sound with { Inode = _tree.GetAttributes(link).Inode }], "/new/prefix");
        Assert.Equal(Old.Length, view.GetAttributes(file).Size);
        Assert.Equal(Old.Length, view.GetAttributes(link).Size);
        var content = new byte[100];
        Assert.Equal(Old, Encoding.UTF8.GetString(content, 0, view.Read(file, 0, content)));
        Assert.Equal(Old, Encoding.UTF8.GetString(content, 0, view.ReadLink(link, content)));
        Assert.Empty(view.Differences);
    }

    [Fact]
    public void A_damaged_table_is_refused()
    {
        PrefixEntry[] entries = [Entry(_tree.AddFile("f", Old), Old)];
        var bytes = PrefixTableFormat.Format(new PrefixTable([Encoding.UTF8.GetBytes(Old)], entries, 1, HasMark: false));
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(PrefixTableFormat.TryParse(bytes.AsSpan(0, length)));
        }

        for (var at = 0; at < bytes.Length; at++)
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= 0x55;
            Assert.Null(PrefixTableFormat.TryParse(damaged));
        }
    }

    [Theory]
    [InlineData("/a/b\n", "/a/b")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("a/b", null)]
    [InlineData("/", null)]
    [InlineData("/a/", null)]
    [InlineData("/a\n/b", null)]
    [InlineData("", null)]
    public void A_mark_holds_one_absolute_path(string content, string? prefix) =>
        Assert.Equal(prefix, PrefixMark.TryParse(Encoding.UTF8.GetBytes(content)) is { } found ? Encoding.UTF8.GetString(found) : null);

    [Theory]
    [InlineData(1, true)]
    [InlineData(200, false)]
    public void A_read_of_a_record_hashes_a_limited_amount(int digests, bool isShown)
    {
        var text = Old + new string('x', 1 << 20);
        var entry = Entry(_tree.AddFile("env/file", text), text);
        var record = string.Concat(Enumerable.Repeat(Sha256.Of(Encoding.UTF8.GetBytes(text)), digests));
        var node = _tree.AddFile("env/record.json", record);
        var spots = Enumerable.Range(0, digests).Select(at => new DigestSpot(at * RelocatedRecord.Digits, entry.Inode));
        var table = new PrefixTable([Encoding.UTF8.GetBytes(Old)], [entry], 0, HasMark: false)
        {
            Digests = [new PrefixDigests(_tree.GetAttributes(node).Inode, record.Length, [.. spots])],
        };
        using var view = new RelocatedTree(new NumberedMemoryTree(_tree), table, "/new/prefix");
        var read = new byte[record.Length];
        Assert.Equal(read.Length, view.Read(node, 0, read));
        var shown = Sha256.Of(Encoding.UTF8.GetBytes(text.Replace(Old, "/new/prefix", StringComparison.Ordinal)));
        Assert.Equal(isShown ? shown : record, Encoding.ASCII.GetString(read));
    }

    private RelocatedTree View(PrefixEntry[] entries, string prefix) => new(
        new NumberedMemoryTree(_tree), new PrefixTable([Encoding.UTF8.GetBytes(Old)], entries, 0, HasMark: false), prefix);

    private PrefixEntry Entry(NodeId node, string content) =>
        new(_tree.GetAttributes(node).Inode, EntryKind.File, 0, Encoding.UTF8.GetByteCount(content), "file")
        {
            Spots = PrefixFinder.InText(Encoding.UTF8.GetBytes(content), PrefixText.Of(Old))!,
        };

    private PrefixEntry Link(NodeId node, string target, string path) =>
        new(_tree.GetAttributes(node).Inode, EntryKind.Symlink, 0, target.Length, path)
        {
            Spots = new PrefixSpots { Spots = [new PrefixSpot(0, PrefixForm.Plain)] }, Directory = 1, Name = Encoding.UTF8.GetBytes(path),
        };
}
