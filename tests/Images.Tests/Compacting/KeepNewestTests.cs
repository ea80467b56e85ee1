using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>Images that are rewritten with their newest generations.</summary>
public sealed class KeepNewestTests(OddSource odd) : IClassFixture<OddSource>, IDisposable
{
    private const int NoiseBytes = 3_000_000;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(1, "zstd", 131072)]
    [InlineData(2, "zstd", 4096)]
    [InlineData(3, "xz", 65536)]
    [InlineData(4, "none", 131072)]
    public void Every_kept_generation_stays_what_it_was_through_random_histories(int seed, string codec, int blockSize)
    {
        var image = CommitTests.Pack(odd.Path, _scratch["image"], codec, blockSize);
        var random = new Random(seed);
        var edits = new RandomEdits(seed);
        var expected = new Dictionary<long, string> { [1] = Text(image, 1) };
        for (var round = 0; round < 6; round++)
        {
            for (var commits = random.Next(1, 5); commits > 0; commits--)
            {
                var generation = Edit(image, edits, random, expected);
                Assert.Equal(expected[generation], Text(image, generation));
            }

            var keep = random.Next(1, 5);
            var before = ImageHistory.Read(image);
            var length = new FileInfo(image).Length;
            var result = Keep(image, keep);
            Assert.Equal(before.Count <= keep, result is null);
            var after = ImageHistory.Read(image);
            Assert.Equal(before.Take(keep).Select(Bare), after.Select(Bare));
            Assert.True(new FileInfo(image).Length <= length, "it became longer");
            Assert.All(after, entry => Assert.Equal(expected[entry.Number], Text(image, entry.Number)));
            var verified = Verifier.Verify(image, 2);
            Assert.Empty(verified.Findings);
            Assert.Equal(Math.Min(keep, before.Count), verified.Generations);
        }
    }

    [Fact]
    public void Changes_that_build_on_a_kept_generation_still_fit()
    {
        var image = CommitTests.Pack(odd.Path, _scratch["image"], "zstd", 131072);
        var edits = new RandomEdits(5);
        var model = CommitTests.ModelOf(image);
        edits.Apply(model, 40);
        CommitTests.Commit(image, model, edits.Time());
        model = CommitTests.ModelOf(image);
        var identity = GenerationInfo.Read(image);
        edits.Apply(model, 40);
        Assert.NotNull(Keep(image, 1));
        Assert.Equal(identity, GenerationInfo.Read(image));

        // The model has the numbers of the former file.
        CommitTests.Commit(image, model, edits.Time());
        Assert.Equal(TreeText.Of(model, changes: true), Text(image, 3));
        Assert.Empty(Verifier.Verify(image, 2).Findings);
    }

    [Fact]
    public void Content_restored_by_a_kept_rollback_is_stored_once_and_the_difference_is_unchanged()
    {
        var image = CommitTests.Pack(odd.Path, _scratch["image"], "zstd", 131072);
        AddNoiseAndRemoveIt(image);
        HistoryTests.Restore(image, 2, new Timestamp(6, 7));
        var length = new FileInfo(image).Length;
        Assert.Equal(3, Keep(image, 3)!.Kept.Count);
        Assert.InRange(new FileInfo(image).Length, NoiseBytes, length);
        Assert.Equal([4, 3, 2], ImageHistory.Read(image).Select(entry => entry.Number));
        Assert.Equal(2, ImageHistory.Read(image)[0].Restored);
        Assert.Equal(("noise", 1), (ImageHistory.Read(image)[2].Message, ImageHistory.Read(image)[2].Difference!.Value.Added));

        // Unchanged content is not reported as changed, although fragments have other indices now.
        Assert.Equal(2, ImageHistory.FindDiffering(image, 2, 3, 1).Count);
        Assert.Empty(ImageHistory.FindDiffering(image, 2, 4, 1));
    }

    [Trait("Needs", "root")]
    [Theory]
    [InlineData("-comp", "zstd")]
    [InlineData("-comp", "gzip", "-always-use-fragments", "-b", "16384")]
    [InlineData("-comp", "xz", "-no-fragments", "-no-exports")]
    [InlineData("-comp", "zstd", "-noD", "-noF", "-noI", "-b", "1M")]
    public void Generations_on_other_tools_images_stay_unchanged(params string[] options)
    {
        var image = _scratch["image"];
        Tool.Run("mksquashfs", [odd.Path, image, "-quiet", "-no-progress", .. options]);
        var edits = new RandomEdits(3);
        var expected = new Dictionary<long, string>();
        for (var generation = 1; generation <= 3; generation++)
        {
            var model = CommitTests.ModelOf(image);
            edits.Apply(model, 30);
            CommitTests.Commit(image, model, edits.Time());
            expected[generation] = TreeText.Of(model, changes: true);
        }

        Assert.Null(Keep(image, 4));
        foreach (var keep in (int[])[3, 2, 1])
        {
            Assert.Equal(Enumerable.Range(4 - keep, keep).Reverse().Select(number => (long)number), Keep(image, keep)!.Kept);
            Assert.All(ImageHistory.Read(image), entry => Assert.Equal(expected[entry.Number], Text(image, entry.Number)));
            Assert.Empty(Verifier.Verify(image, 2).Findings);
            Tool.Run("unsquashfs", "-no-progress", "-quiet", "-d", _scratch[$"out{keep}"], image);
        }
    }

    [Trait("Needs", "root")]
    [Fact]
    public void Unsquashfs_and_7z_read_the_newest()
    {
        var image = NewestTwo();
        Tool.Run("unsquashfs", "-no-progress", "-quiet", "-d", _scratch["out"], image);
        Tool.Run("7z", "t", "-bso0", image);
    }

    [RootFact]
    public void The_kernel_reads_the_newest()
    {
        var image = NewestTwo();
        using var mount = new KernelMount(image, _scratch.MakeDirectory("mount"));
        using var tree = SquashFsTree.Open(image);
        Assert.Equal(TreeText.Of(tree, exactTimes: false), TreeText.OfDisk(mount.Directory, exactTimes: false));
    }

    /// <summary>An image of five generations, reduced to the newest two.</summary>
    private string NewestTwo()
    {
        var image = CommitTests.Pack(odd.Path, _scratch["image"], "zstd", 131072);
        var edits = new RandomEdits(9);
        for (var commits = 0; commits < 4; commits++)
        {
            var model = CommitTests.ModelOf(image);
            edits.Apply(model, 60);
            CommitTests.Commit(image, model, new Timestamp(1_700_000_000 + commits));
        }

        Assert.NotNull(Keep(image, 2));
        return image;
    }

    [Fact]
    public void Damage_is_reported_and_nothing_is_written()
    {
        var image = CommitTests.Pack(odd.Path, _scratch["image"], "zstd", 131072);
        for (var commits = 0; commits < 2; commits++)
        {
            var model = CommitTests.ModelOf(image);
            model.Root.Permissions ^= 1;
            model.Root.IsDirty = true;
            CommitTests.Commit(image, model, new Timestamp(1));
        }

        var bytes = File.ReadAllBytes(image);
        bytes[200] ^= 0x55;
        File.Delete(image);
        File.WriteAllBytes(image, bytes);
        Assert.Equal(ImageFault.Checksum, Assert.Throws<ImageException>(() => Keep(image, 2)).Fault);
        Assert.Equal(bytes, File.ReadAllBytes(image));
        Assert.Equal(["image"], Directory.GetFiles(Path.GetDirectoryName(image)!).Select(Path.GetFileName));
    }

    [Fact]
    public void A_refused_or_cancelled_compaction_changes_nothing()
    {
        var image = CommitTests.Pack(odd.Path, _scratch["image"], "zstd", 131072);
        var model = CommitTests.ModelOf(image);
        model.Root.IsDirty = true;
        CommitTests.Commit(image, model, new Timestamp(1));
        var bytes = File.ReadAllBytes(image);
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)!;
        var options = new CompactionOptions { Threads = 1, Keep = 1 };
        Assert.Throws<InvalidOperationException>(
            () => SquashFsCompaction.KeepNewest(folder, "image", options with { Publishing = () => throw new InvalidOperationException() }));
        Assert.Throws<OperationCanceledException>(
            () => SquashFsCompaction.KeepNewest(folder, "image", options, cancellation: new CancellationToken(canceled: true)));
        Assert.Equal(bytes, File.ReadAllBytes(image));
        Assert.Equal(["image"], Directory.GetFiles(Path.GetDirectoryName(image)!).Select(Path.GetFileName));
    }

    [Fact]
    public void The_space_freed_by_a_compaction_is_known_before()
    {
        var image = CommitTests.Pack(odd.Path, _scratch["image"], "zstd", 131072);
        AddNoiseAndRemoveIt(image);
        Assert.True(SquashFsCompaction.UnneededBytes(image, 1, 1) > NoiseBytes);
        Assert.True(SquashFsCompaction.UnneededBytes(image, 2, 1) < NoiseBytes, "the predecessor needs it");
        var model = CommitTests.ModelOf(image);
        model.Root.IsDirty = true;
        CommitTests.Commit(image, model, new Timestamp(6, 7));
        var unneeded = SquashFsCompaction.UnneededBytes(image, 2, 1);
        var length = new FileInfo(image).Length;
        Keep(image, 2);
        Assert.InRange(length - new FileInfo(image).Length, NoiseBytes, unneeded + 20_000);
        Assert.InRange(SquashFsCompaction.UnneededBytes(image, 2, 1), 0, 0);
    }

    /// <summary>Adds two generations: one with a file of noise, and one without it.</summary>
    private static void AddNoiseAndRemoveIt(string image)
    {
        var model = CommitTests.ModelOf(image);
        var noise = new byte[NoiseBytes];
        new Random(1).NextBytes(noise);
        var file = model.New(EntryKind.File, new Timestamp(1, 1));
        file.Write(0, noise);
        ModelTree.Link(model.Root, "noise", file);
        CommitTests.Commit(image, model, new Timestamp(2, 3), "noise");
        model = CommitTests.ModelOf(image);
        model.Unlink(model.Root, "noise");
        CommitTests.Commit(image, model, new Timestamp(4, 5), "none");
    }

    private static long Edit(string image, RandomEdits edits, Random random, Dictionary<long, string> expected)
    {
        var held = ImageHistory.Read(image).Select(entry => entry.Number).ToList();
        var generation = held[0] + 1;
        if (held.Count > 1 && random.Next(3) == 0)
        {
            var back = held[random.Next(1, held.Count)];
            if (HistoryTests.TryRestore(image, back, edits.Time()) is not null)
            {
                expected[generation] = expected[back];
                return generation;
            }
        }

        var model = CommitTests.ModelOf(image);
        edits.Apply(model, random.Next(1, 40));
        CommitTests.Commit(image, model, edits.Time(), $"message {generation}");
        expected[generation] = TreeText.Of(model, changes: true);
        return generation;
    }

    /// <summary>The entry without its position in the file.</summary>
    private static GenerationEntry Bare(GenerationEntry entry) => entry with { EndBytes = 0, DeadBytes = 0 };

    internal static CompactionResult? Keep(string image, int keep)
    {
        using var folder = new DiskStorage().TryOpenFolder(Path.GetDirectoryName(image)!)!;
        return SquashFsCompaction.KeepNewest(folder, Path.GetFileName(image), new CompactionOptions { Threads = 2, Keep = keep });
    }

    private static string Text(string image, long generation)
    {
        using var tree = SquashFsTree.Open(image, generation);
        return TreeText.Of(tree, changes: true);
    }
}
