using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Generations that are kept and restored.</summary>
public sealed class HistoryTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(11, 100)]
    [InlineData(12, 100)]
    public void Every_generation_stays_what_it_was_through_random_edits_and_rollbacks(int seed, int rounds)
    {
        var image = Make();
        var random = new Random(seed);
        var edits = new RandomEdits(seed);
        var model = CommitTests.ModelOf(image);
        var expected = new Dictionary<long, string> { [1] = TreeText.Of(model, changes: true) };
        for (var round = 0; round < rounds; round++)
        {
            var generation = expected.Count + 1L;
            if (random.Next(4) == 0)
            {
                var back = random.Next(1, (int)generation);
                if (TryRestore(image, back, edits.Time()) is not { } restored)
                {
                    Assert.Equal(expected[back], expected[generation - 1]);
                    continue;
                }

                Assert.NotEqual(expected[back], expected[generation - 1]);
                Assert.Equal(generation, restored.Info.Generation);
                expected[generation] = expected[back];
                model = CommitTests.ModelOf(image);
            }
            else
            {
                edits.Apply(model, random.Next(1, 12));
                CommitTests.Commit(image, model, edits.Time());
                expected[generation] = TreeText.Of(model, changes: true);
                model.Rebase(SquashFsTree.Open(image));
            }

            Assert.Equal(expected[generation], Text(image, generation));
            var other = random.Next(1, (int)generation + 1);
            Assert.Equal(expected[other], Text(image, other));
            Assert.Empty(Verifier.Verify(image, 2).Findings);
        }

        Assert.All(expected, pair => Assert.Equal(pair.Value, Text(image, pair.Key)));
        var result = Verifier.Verify(image, 2);
        Assert.Empty(result.Findings);
        Assert.Equal(expected.Count, result.Generations);
    }

    [Fact]
    public void The_history_has_the_changes_of_each_generation()
    {
        var image = Make();
        var model = CommitTests.ModelOf(image);
        var file = model.New(EntryKind.File, new Timestamp(5, 6));
        file.Write(0, new byte[1000]);
        ModelTree.Link(model.Root, "added", file);
        model.Root.Children["removed"].Write(0, "changed too"u8.ToArray());
        CommitTests.Commit(image, model, new Timestamp(-7, 8), "first ü");
        model.Rebase(SquashFsTree.Open(image));
        model.Unlink(model.Root, "removed");
        CommitTests.Commit(image, model, new Timestamp(9), "second");
        Restore(image, 2, new Timestamp(10));

        var history = ImageHistory.Read(image);
        Assert.Equal([4, 3, 2, 1], history.Select(entry => entry.Number));
        Assert.Equal(["", "second", "first ü", "made"], history.Select(entry => entry.Message));
        Assert.Equal(new Timestamp(-7, 8), history[2].Time);
        Assert.Null(history[3].Difference);
        Assert.Equal(
            (1, 1000, 2, 11),
            (
                history[2].Difference!.Value.Added,
                history[2].Difference!.Value.AddedBytes,
                history[2].Difference!.Value.Changed,
                history[2].Difference!.Value.ChangedBytes));
        Assert.Equal((1, 11), (history[1].Difference!.Value.Removed, history[1].Difference!.Value.RemovedBytes));
        Assert.Equal((1, 11, 2L), (history[0].Difference!.Value.Added, history[0].Difference!.Value.AddedBytes, history[0].Restored));
        Assert.Null(history[1].Restored);
        Assert.Equal(ImageFault.NoGeneration, Assert.Throws<ImageException>(() => SquashFsTree.Open(image, 5)).Fault);
        Assert.Contains((ulong)file.Number, ImageHistory.FindDiffering(image, 1, 4, 1));
    }

    [Fact]
    public void Contents_of_one_length_and_time_differ_although_their_fragments_had_one_index()
    {
        var image = Make();
        Rewrite(image, 'a');
        Restore(image, 1, new Timestamp(2));
        Rewrite(image, 'b');
        Assert.Contains((ulong)CommitTests.ModelOf(image).Root.Children["removed"].Number, ImageHistory.FindDiffering(image, 2, 4, 1));
    }

    private static void Rewrite(string image, char letter)
    {
        var model = CommitTests.ModelOf(image);
        var file = model.Root.Children["removed"];
        file.Write(0, [.. Enumerable.Repeat((byte)letter, file.Content.Length)]);
        (file.Modified, file.Changed) = (new Timestamp(9), new Timestamp(9));
        CommitTests.Commit(image, model, new Timestamp(9));
    }

    [Fact]
    public void Damage_in_an_earlier_generation_is_named()
    {
        var image = Make();
        var model = CommitTests.ModelOf(image);
        model.Unlink(model.Root, "removed");
        CommitTests.Commit(image, model, new Timestamp(1));
        using (var file = new FileStream(image, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.Position = 200; // data of the first generation
            file.WriteByte(0x55);
        }

        Assert.Contains(Verifier.Verify(image, 1).Findings, finding => finding.Fault is ImageFault.Checksum);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Restoring_the_present_content_changes_nothing(bool inNewFile)
    {
        var image = Make();
        var model = CommitTests.ModelOf(image);
        model.Unlink(model.Root, "removed");
        CommitTests.Commit(image, model, new Timestamp(1));
        Restore(image, 1, new Timestamp(2));
        var before = File.ReadAllBytes(image);
        var files = Directory.GetFiles(Path.GetDirectoryName(image)!).Order(StringComparer.Ordinal).ToList();
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)!;
        var options = new CommitOptions { Threads = 2, Time = new Timestamp(3), InNewFile = inNewFile };
        Assert.Null(SquashFsCommit.Restore(folder, Path.GetFileName(image), 1, options));
        Assert.Null(SquashFsCommit.Restore(folder, Path.GetFileName(image), 3, options));
        Assert.Equal(before, File.ReadAllBytes(image));
        Assert.Equal(files, Directory.GetFiles(Path.GetDirectoryName(image)!).Order(StringComparer.Ordinal));
    }

    internal static CommitResult Restore(string image, long generation, Timestamp time) => TryRestore(image, generation, time)!;

    internal static CommitResult? TryRestore(string image, long generation, Timestamp time)
    {
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)!;
        return SquashFsCommit.Restore(folder, Path.GetFileName(image), generation, new CommitOptions { Threads = 2, Time = time });
    }

    private static string Text(string image, long generation)
    {
        using var tree = SquashFsTree.Open(image, generation);
        return TreeText.Of(tree, changes: true);
    }

    private string Make()
    {
        var source = _scratch.MakeDirectory("source");
        Tool.Shell($$"""
            cd '{{source}}'
            mkdir -p a/b/c empty
            seq 1 60000 > a/numbers; head -c 200000 /dev/urandom > a/noise; head -c 3000 /dev/urandom > a/b/short
            for i in $(seq 40); do echo "entry $i" > a/b/c/$i.py; done
            ln a/numbers a/b/hard; ln -s numbers a/link
            echo removed > removed
            touch -d '2001-02-03 04:05:06.789' a/b/c/7.py
            """);
        using var tree = DiskTree.Open(source);
        SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 2, Level = 1, Message = "made" });
        return _scratch["image"];
    }
}
