using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests.Reading;

/// <summary>An image that is overwritten in place while it is open, as by <c>cp</c>: each read returns the right content or a fault.</summary>
public sealed class OverwrittenImageTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, string> Replacements()
    {
        var all = new TheoryData<string, string>();
        foreach (var format in (string[])["zstd", "none", "mksquashfs", "zip", "zip -0"])
        {
            foreach (var by in (string[])["one changed file", "smaller", "larger", "no image", "nothing"])
            {
                all.Add(format, by);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Replacements))]
    public void Each_read_is_right_or_a_fault(string format, string by)
    {
        var image = Pack(format, Source("first", 400, "content"), "image");
        using var tree = ImageTree.Open(image);
        var files = Files(tree);
        var known = files[7];
        Assert.Equal(known.Text, Read(tree, known.Node));
        var length = new FileInfo(image).Length;
        var replacement = by switch
        {
            "one changed file" => Pack(format, Source("second", 400, "c0ntent"), "replacement"),
            "smaller" => Pack(format, Source("second", 40, "other"), "replacement"),
            "larger" => Pack(format, Source("second", 900, "other"), "replacement"),
            "no image" => Made("replacement", new byte[length]),
            _ => Made("replacement", []),
        };

        Tool.Run("cp", replacement, image);

        var faults = files.Select(file => FaultOf(() => Assert.Equal(file.Text, Read(tree, file.Node)))).ToList();
        Assert.All(faults, fault => Assert.Contains(fault, (ImageFault?[])[null, ImageFault.Overwritten]));
        Assert.Contains(ImageFault.Overwritten, faults);

        // If the old content is restored, it can be read again.
        Tool.Run("cp", Pack(format, _scratch["first"], "again"), image);
        Assert.All(files, file => Assert.Equal(file.Text, Read(tree, file.Node)));
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("mksquashfs")]
    public void Commits_by_other_processes_are_no_damage(string format)
    {
        var image = Pack(format, Source("first", 400, "content"), "image");
        using var tree = SquashFsTree.Open(image);
        var files = Files(tree);
        for (var round = 1; round <= 3; round++)
        {
            var model = CommitTests.ModelOf(image);
            new RandomEdits(round).Apply(model, 20);
            CommitTests.Commit(image, model, new Timestamp(round));
            Assert.All(files, file => Assert.Equal(file.Text, Read(tree, file.Node)));
        }

        // The image is renamed, and a new file put in its place: the open image is unaffected.
        using var folder = new DiskStorage().TryOpenFolder(_scratch.Root)!;
        SquashFsCommit.Restore(folder, "image", generation: 1, new CommitOptions { Threads = 1, Time = new Timestamp(9), InNewFile = true });
        Assert.All(files, file => Assert.Equal(file.Text, Read(tree, file.Node)));
    }

    [Fact]
    public void A_generation_missing_from_a_replaced_history_is_damage()
    {
        var image = Pack("zstd", Source("first", 400, "content"), "image");
        Tool.Run("cp", image, _scratch["fork"]);
        foreach (var (path, seed) in ((string, int)[])[(image, 1), (_scratch["fork"], 2)])
        {
            var model = CommitTests.ModelOf(path);
            new RandomEdits(seed).Apply(model, 1);
            CommitTests.Commit(path, model, new Timestamp(seed));
        }

        using var tree = SquashFsTree.Open(image);
        var files = Files(tree);
        var changed = new ModelTree(tree);
        new RandomEdits(3).Apply(changed, 1);
        Tool.Run("cp", _scratch["fork"], image);
        Assert.Equal(TreeFailure.Exists, Assert.Throws<TreeException>(() => CommitTests.Commit(image, changed, new Timestamp(3))).Failure);
        Assert.Equal(File.ReadAllBytes(_scratch["fork"]), File.ReadAllBytes(image));
        Assert.Contains(ImageFault.Overwritten, files.Select(file => FaultOf(() => Assert.Equal(file.Text, Read(tree, file.Node)))));
    }

    private static ImageFault? FaultOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (ImageException exception)
        {
            return exception.Fault;
        }
    }

    /// <summary>All files with their content: more than the cache holds.</summary>
    private static List<(NodeId Node, string Text)> Files(IReadableTree tree)
    {
        Assert.True(tree.TryLookup(NodeId.Root, "files"u8, out var directory));
        var names = new EntryCollector();
        tree.ReadDirectory(directory.Node, 0, names);
        return [.. names.Entries.Select(entry => (entry.Node, Read(tree, entry.Node)))];
    }

    private static string Read(IReadableTree tree, NodeId file)
    {
        var room = new byte[tree.GetAttributes(file).Size];
        Assert.Equal(room.Length, tree.Read(file, 0, room));
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(room));
    }

    /// <summary>A directory with files that do not compress and differ from each other; one of them contains a word.</summary>
    private string Source(string name, int files, string word)
    {
        var random = new Random(4711);
        Directory.CreateDirectory(_scratch[$"{name}/files"]);
        for (var i = 0; i < files; i++)
        {
            var content = new byte[5000 + (i % 100 * 137)];
            random.NextBytes(content);
            System.Text.Encoding.ASCII.GetBytes(i == files - 1 ? word : "same   ").CopyTo(content, 500);
            File.WriteAllBytes(_scratch[$"{name}/files/{i:d4}"], content);
        }

        Tool.Shell($"find '{_scratch[name]}' -exec touch -d '2020-01-02 UTC' {{}} +");
        return _scratch[name];
    }

    private string Made(string name, byte[] content)
    {
        File.WriteAllBytes(_scratch[name], content);
        return _scratch[name];
    }

    private string Pack(string format, string source, string name)
    {
        var path = _scratch[name];
        File.Delete(path);
        switch (format)
        {
            case "mksquashfs":
                Tool.Run("mksquashfs", source, path, "-quiet", "-no-progress", "-comp", "zstd", "-processors", "1", "-mkfs-time",
                    name == "replacement" ? "1" : "0");
                return path;
            case "zip" or "zip -0":
                Tool.Shell($"cd '{source}' && zip -q -X -r {(format == "zip" ? "-9" : "-0")} '{path}.zip' files && mv '{path}.zip' '{path}'");
                return path;
            default:
                return CommitTests.Pack(source, path, format, 131072);
        }
    }
}
