using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Content that an image has already is not stored again.</summary>
public sealed class KnownContentTests : IDisposable
{
    private const int Length = 500;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_short_file_is_found_whatever_its_name_among_many_of_its_length()
    {
        var image = Make();
        var model = CommitTests.ModelOf(image);
        Add(model, "copy", Noise(40));
        Assert.Equal(0, CommitTests.Commit(image, model, new Timestamp(1)).DataBytes);
        model = CommitTests.ModelOf(image);
        Add(model, "other", Noise(99));
        Assert.True(CommitTests.Commit(image, model, new Timestamp(2)).DataBytes > 0);
        Assert.Empty(Verifier.Verify(image, 1).Findings);
    }

    [Fact]
    public void Short_files_of_any_generation_are_found()
    {
        var image = Make();
        AddPackage(image, 1);
        var model = CommitTests.ModelOf(image);
        RemoveModules(model);
        CommitTests.Commit(image, model, new Timestamp(2));
        AddSomeOfThePackage(image, 0);
    }

    [Fact]
    public void Short_files_of_a_generation_that_was_undone_are_found()
    {
        var image = Make();
        AddPackage(image, 1);
        HistoryTests.Restore(image, 1, new Timestamp(2));
        AddSomeOfThePackage(image, 0);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(1, 1)]
    public void Short_files_are_found_after_a_compaction(int keep, int newBytes)
    {
        var image = Make();
        AddPackage(image, 1);
        var model = CommitTests.ModelOf(image);
        RemoveModules(model);
        CommitTests.Commit(image, model, new Timestamp(2));
        Assert.NotNull(KeepNewestTests.Keep(image, keep));
        AddSomeOfThePackage(image, newBytes);
        model = CommitTests.ModelOf(image);
        Add(model, "copy of what is there", Noise(7));
        Assert.Equal(0, CommitTests.Commit(image, model, new Timestamp(4)).DataBytes);
    }

    [Fact]
    public void The_end_of_a_long_file_is_found()
    {
        const int blockSize = 4096;
        var source = _scratch.MakeDirectory("long");
        var content = Enumerable.Range(0, 10).SelectMany(Noise).ToArray();
        File.WriteAllBytes(Path.Combine(source, "long"), content);
        File.WriteAllBytes(Path.Combine(source, "end"), content[blockSize..]);
        using (var tree = DiskTree.Open(source))
        {
            SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 1, BlockSize = blockSize });
        }

        var model = CommitTests.ModelOf(_scratch["image"]);
        var file = model.Root.Children["end"];
        file.Write(0, content);
        Assert.Equal(0, CommitTests.Commit(_scratch["image"], model, new Timestamp(1)).DataBytes);
        Assert.Empty(Verifier.Verify(_scratch["image"], 1).Findings);
    }

    [Fact]
    public void A_file_of_another_tools_image_is_found_at_its_path()
    {
        var source = _scratch.MakeDirectory("foreign");
        File.WriteAllBytes(Path.Combine(source, "f"), Noise(1));
        Tool.Shell($"mksquashfs '{source}' '{_scratch["image"]}' -comp zstd -quiet -no-progress");
        var model = CommitTests.ModelOf(_scratch["image"]);
        model.Unlink(model.Root, "f");
        Add(model, "f", Noise(1));
        Assert.Equal(0, CommitTests.Commit(_scratch["image"], model, new Timestamp(1)).DataBytes);
        Assert.Empty(Verifier.Verify(_scratch["image"], 1).Findings);
    }

    [Fact]
    public void Short_files_that_are_removed_and_restored_are_stored_once()
    {
        var image = Make();
        var before = AddPackage(image, 1);
        var model = CommitTests.ModelOf(image);
        RemoveModules(model);
        CommitTests.Commit(image, model, new Timestamp(2));
        var again = AddPackage(image, 3);
        Assert.True(before.DataBytes > 0);
        Assert.Equal(0, again.DataBytes);
        Assert.Empty(Verifier.Verify(image, 1).Findings);
        Assert.True(again.DeadBytes < before.ImageBytes + again.GrownBytes, $"{again.DeadBytes} dead");
    }

    [Fact]
    public void Blocks_that_do_not_change_are_not_decompressed()
    {
        // They are damaged meanwhile: decompressing one would fail, and storing it again would move it.
        var source = _scratch.MakeDirectory("long");
        File.WriteAllText(Path.Combine(source, "long"), string.Concat(Enumerable.Range(0, 200_000).Select(number => $"{number}\n")));
        File.WriteAllText(Path.Combine(source, "short"), "short");
        using (var tree = DiskTree.Open(source))
        {
            SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 1 });
        }

        var model = CommitTests.ModelOf(_scratch["image"]);
        var sound = File.ReadAllBytes(_scratch["image"]);
        var damaged = (Start: 200, Length: 5000);
        Overwrite(_scratch["image"], damaged.Start, Enumerable.Repeat((byte)0xff, damaged.Length).ToArray());
        Assert.NotEmpty(Verifier.Verify(_scratch["image"], 1).Findings);

        ModelTree.Link(model.Root, "renamed", model.Root.Children["long"]);
        model.Unlink(model.Root, "long");
        Add(model, "new", Noise(1));
        CommitTests.Commit(_scratch["image"], model, new Timestamp(2));
        Overwrite(_scratch["image"], damaged.Start, sound.AsSpan(damaged.Start, damaged.Length).ToArray());
        Assert.Empty(Verifier.Verify(_scratch["image"], 1).Findings);
        using var after = SquashFsTree.Open(_scratch["image"]);
        Assert.Equal(TreeText.Of(model, changes: true), TreeText.Of(after, changes: true));
    }

    private static void Overwrite(string image, long position, byte[] bytes)
    {
        using var file = new FileStream(image, FileMode.Open, FileAccess.Write, FileShare.ReadWrite); // other processes have it open
        file.Position = position;
        file.Write(bytes);
    }

    private static void RemoveModules(ModelTree model)
    {
        foreach (var name in model.Root.Children.Keys.Where(name => name.StartsWith("module", StringComparison.Ordinal)).ToList())
        {
            model.Unlink(model.Root, name);
        }
    }

    /// <summary>Adds them in another order, under other names.</summary>
    private static void AddSomeOfThePackage(string image, int newBytes)
    {
        var model = CommitTests.ModelOf(image);
        foreach (var i in (int[])[17, 3, 11])
        {
            Add(model, $"again{i}", Noise(1000 + i));
        }

        var result = CommitTests.Commit(image, model, new Timestamp(3));
        Assert.Equal(newBytes > 0, result.DataBytes > 0);
        Assert.Empty(Verifier.Verify(image, 1).Findings);
        using var tree = SquashFsTree.Open(image);
        Assert.Equal(TreeText.Of(model, changes: true), TreeText.Of(tree, changes: true));
    }

    private static CommitResult AddPackage(string image, int time)
    {
        var model = CommitTests.ModelOf(image);
        for (var i = 0; i < 20; i++)
        {
            Add(model, $"module{i}.py", Noise(1000 + i));
        }

        var result = CommitTests.Commit(image, model, new Timestamp(time));
        using var tree = SquashFsTree.Open(image);
        Assert.Equal(TreeText.Of(model, changes: true), TreeText.Of(tree, changes: true));
        return result;
    }

    private static void Add(ModelTree model, string name, byte[] content)
    {
        var file = model.New(EntryKind.File, new Timestamp(5));
        file.Write(0, content);
        ModelTree.Link(model.Root, name, file);
    }

    private static byte[] Noise(int seed)
    {
        var bytes = new byte[Length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Many files of the same length.</summary>
    private string Make()
    {
        var source = _scratch.MakeDirectory("source");
        for (var i = 0; i < 60; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(source, $"d{i:00}")).FullName;
            File.WriteAllBytes(Path.Combine(folder, i == 40 ? "needle" : $"name{i}"), Noise(i));
        }

        using var tree = DiskTree.Open(source);
        SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 1, Level = 1 });
        return _scratch["image"];
    }
}
