using System.Text;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>What is used first lies together, in the order of the list, at the end of the content.</summary>
public sealed class FirstUseLayoutTests : IDisposable
{
    private const int Directories = 12;
    private const int FilesEach = 40;

    private readonly Scratch _scratch = new();
    private readonly string _source;

    public FirstUseLayoutTests()
    {
        _source = _scratch.MakeDirectory("source");
        var random = new Random(1);
        for (var directory = 0; directory < Directories; directory++)
        {
            Directory.CreateDirectory(Path.Combine(_source, $"d{directory}"));
            for (var file = 0; file < FilesEach; file++)
            {
                // Half of it can be compressed; every eighth file has several blocks.
                var content = new byte[file % 8 == 0 ? 150_000 : random.Next(1, 20_000)];
                random.NextBytes(content.AsSpan(0, content.Length / 2));
                File.WriteAllBytes(Path.Combine(_source, $"d{directory}", $"f{file}{(file % 2 == 0 ? ".pyc" : ".so")}"), content);
            }
        }
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_listed_files_lie_after_all_others_in_the_order_of_the_list()
    {
        UsedRange[] used = [Used("d7/f8.pyc"), Used("d2/f16.pyc"), Used("d7/f3.so"), Used("d2/f1.so"), Used("d7/f5.so"), Used("d11/f0.pyc")];
        Pack("image", used);
        using var image = SquashFsTree.Open(_scratch["image"]);
        var listed = used.Select(range => Parts(image, range)).ToList();
        var first = listed.SelectMany(parts => parts).Min(part => part.Offset);
        Assert.True(listed[0][0].Offset < listed[1][0].Offset && listed[1][^1].Offset < listed[5][0].Offset, "not in the order of the list");
        Assert.Equal(listed[2].Single(), listed[3].Single()); // one fragment, shared with none of the others
        foreach (var other in Every().Except(used.Select(Text)))
        {
            Assert.All(Parts(image, Used(other)), part => Assert.True(part.Offset + part.Length <= first, other));
        }

        Assert.InRange(image.Tables.Offset - first, 1, 6 * 150_000);
        Assert.Equal(used.Select(Text), image.ReadFirstUses()!.Select(Text));
    }

    [Fact]
    public void The_directories_of_the_listed_files_come_last_in_the_tables()
    {
        Pack("image", [Used("d3/f1.so")]);
        using var image = SquashFsTree.Open(_scratch["image"]);
        var numbers = Enumerable.Range(0, Directories).ToDictionary(number => number, number => Find(image, $"d{number}/f1.so").Inode);
        Assert.Equal(numbers.Values.Max(), numbers[3]); // inodes are numbered in the order of the table
    }

    [Fact]
    public void The_same_list_gives_the_same_bytes_with_any_number_of_threads()
    {
        var used = Every().Where((_, index) => index % 7 == 3).Reverse().Select(Used).ToArray();
        Pack("one", used, threads: 1);
        Pack("four", used, threads: 4);
        Assert.Equal(File.ReadAllBytes(_scratch["one"]), File.ReadAllBytes(_scratch["four"]));
        using (var tree = SquashFsTree.Open(_scratch["one"]))
        {
            SquashFsWriter.Write(tree, _scratch["again"], new PackOptions { Threads = 2, Level = 1, FirstUses = tree.ReadFirstUses()! });
        }

        Assert.Equal(File.ReadAllBytes(_scratch["one"]), File.ReadAllBytes(_scratch["again"]));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(20)]
    [InlineData(1)]
    public void Any_list_keeps_the_content_and_costs_at_most_one_percent(int step)
    {
        Pack("plain", []);
        Pack("image", [.. Every().Where((_, index) => index % step == 0).Reverse().Select(Used)]);
        Assert.InRange(new FileInfo(_scratch["image"]).Length, 1, new FileInfo(_scratch["plain"]).Length * 101 / 100);
        Assert.Empty(Verifier.Verify(_scratch["image"], 2).Findings);
        using var image = SquashFsTree.Open(_scratch["image"]);
        Assert.Equal(TreeText.OfDisk(_source), TreeText.Of(image));
        Tool.Run("unsquashfs", "-no-progress", "-quiet", "-d", _scratch["out"], _scratch["image"]);
        Tool.Run("diff", "-r", _source, _scratch["out"]);
    }

    [Fact]
    [Trait("Needs", "root")]
    public void The_kernel_reads_it()
    {
        Pack("image", [.. Every().Where((_, index) => index % 5 == 0).Select(Used)]);
        using var mount = new KernelMount(_scratch["image"], _scratch.MakeDirectory("mount"));
        Tool.Run("diff", "-r", _source, mount.Directory);
    }

    [Fact]
    public void Paths_that_do_not_exist_or_lead_through_files_change_nothing()
    {
        Pack("plain", []);
        Pack("image", [Used("none"), Used("d1"), Used("d1/f1.so/x"), Used("d1/none/f1"), Used("d99/f1.so")]);
        using var plain = SquashFsTree.Open(_scratch["plain"]);
        using var image = SquashFsTree.Open(_scratch["image"]);
        Assert.All(Every(), path => Assert.Equal(Parts(plain, Used(path)), Parts(image, Used(path))));
    }

    [Fact]
    public void Under_another_directory_the_list_has_the_paths_of_the_image()
    {
        using (var tree = DiskTree.Open(_source))
        {
            var options = new PackOptions { Threads = 1, Level = 1, ArcRoot = "a/b", FirstUses = [Used("d1/f1.so")] };
            SquashFsWriter.Write(tree, _scratch["image"], options);
        }

        using var image = SquashFsTree.Open(_scratch["image"]);
        Assert.Equal(["a/b/d1/f1.so"], image.ReadFirstUses()!.Select(Text));
        Assert.NotEmpty(Parts(image, Used("a/b/d1/f1.so")));
    }

    [Fact]
    public void Commits_rollbacks_and_compaction_carry_the_list_and_move_no_block()
    {
        var path = _scratch["image"];
        Pack("image", [Used("d1/f1.so"), Used("d2/f8.pyc")]);
        var edits = new RandomEdits(3);
        var before = File.ReadAllBytes(path);
        Commit([]);
        Assert.Equal(["d1/f1.so", "d2/f8.pyc"], Listed());
        Assert.Equal(before[96..], File.ReadAllBytes(path)[96..before.Length]);
        Commit([Used("d5/f8.pyc")]);
        Assert.Equal(["d5/f8.pyc"], Listed());
        Assert.Equal(before[96..], File.ReadAllBytes(path)[96..before.Length]);

        var storage = new DiskStorage();
        using (var folder = storage.TryOpenFolder(_scratch.Root)!)
        {
            SquashFsCommit.Restore(folder, "image", 2, new CommitOptions { Threads = 1, Time = edits.Time() });
        }

        Assert.Equal(["d1/f1.so", "d2/f8.pyc"], Listed());
        using (var folder = storage.TryOpenFolder(_scratch.Root)!)
        {
            Assert.NotNull(SquashFsCompaction.KeepNewest(folder, "image", new CompactionOptions { Threads = 1, Keep = 2 }));
        }

        Assert.Equal(["d1/f1.so", "d2/f8.pyc"], Listed());
        Assert.Equal(["d5/f8.pyc"], Listed(3));
        Assert.Empty(Verifier.Verify(path, 2).Findings);

        void Commit(UsedRange[] used)
        {
            var model = CommitTests.ModelOf(path);
            edits.Apply(model, 20);
            using var folder = new DiskStorage().TryOpenFolder(_scratch.Root)!;
            SquashFsCommit.Append(folder, "image", model, new CommitOptions { Threads = 2, Time = edits.Time(), FirstUses = used });
        }

        IEnumerable<string> Listed(long? generation = null)
        {
            using var tree = generation is { } number ? SquashFsTree.Open(path, number) : SquashFsTree.Open(path);
            return tree.ReadFirstUses()!.Select(Text);
        }
    }

    private static UsedRange Used(string path) => new(Encoding.UTF8.GetBytes(path), 0, 1 << 20);

    private static string Text(UsedRange range) => Encoding.UTF8.GetString(range.Path.Span);

    private static Attributes Find(SquashFsTree image, string path)
    {
        var found = image.GetAttributes(NodeId.Root);
        foreach (var name in path.Split('/'))
        {
            Assert.True(image.TryLookup(found.Node, Encoding.UTF8.GetBytes(name), out found), path);
        }

        return found;
    }

    private static List<StoredRange> Parts(SquashFsTree image, UsedRange range)
    {
        var parts = new List<StoredRange>();
        image.Locate(Find(image, Text(range)).Node, range.Offset, range.Length, parts);
        Assert.NotEmpty(parts);
        return parts;
    }

    private static IEnumerable<string> Every() =>
        from directory in Enumerable.Range(0, Directories)
        from file in Enumerable.Range(0, FilesEach)
        select $"d{directory}/f{file}{(file % 2 == 0 ? ".pyc" : ".so")}";

    private void Pack(string image, UsedRange[] used, int threads = 2)
    {
        using var tree = DiskTree.Open(_source);
        SquashFsWriter.Write(tree, _scratch[image], new PackOptions { Threads = threads, Level = 1, FirstUses = used });
    }
}
