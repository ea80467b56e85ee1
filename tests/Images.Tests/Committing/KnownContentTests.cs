using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Content that an image holds already is not stored again.</summary>
public sealed class KnownContentTests : IDisposable
{
    private const int Length = 500;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_short_file_is_found_by_its_name_among_many_of_its_length()
    {
        var image = Make();
        var model = CommitTests.ModelOf(image);
        Add(model, "needle", Noise(40));
        Assert.Equal(0, CommitTests.Commit(image, model, new Timestamp(1)).DataBytes);
        model = CommitTests.ModelOf(image);
        Add(model, "other", Noise(99));
        Assert.True(CommitTests.Commit(image, model, new Timestamp(2)).DataBytes > 0);
        Assert.Empty(Verifier.Verify(image, 1).Findings);
    }

    [Fact]
    public void Short_files_that_were_removed_and_come_back_are_stored_once()
    {
        var image = Make();
        var before = AddPackage(image, 1);
        var model = CommitTests.ModelOf(image);
        foreach (var name in model.Root.Children.Keys.Where(name => name.StartsWith("module", StringComparison.Ordinal)).ToList())
        {
            model.Unlink(model.Root, name);
        }

        CommitTests.Commit(image, model, new Timestamp(2));
        var again = AddPackage(image, 3);
        Assert.True(before.DataBytes > 0);
        Assert.Equal(0, again.DataBytes);
        Assert.Empty(Verifier.Verify(image, 1).Findings);
        Assert.True(again.DeadBytes < before.ImageBytes + again.GrownBytes, $"{again.DeadBytes} dead");
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

    /// <summary>Many files of one length.</summary>
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
