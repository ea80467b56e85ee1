using System.Globalization;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>After a crash, a full disk or a failing one during a commit, an image has either the old generation or the new one.</summary>
public sealed class CrashTests : IDisposable
{
    private const string Folder = "/archives";

    /// <summary>A commit must not overwrite anything from this offset on; the superblock is before it.</summary>
    private const int FirstBlock = 4096;

    private readonly Scratch _scratch = new();

    /// <summary>Number of workloads; set by the environment for a long run.</summary>
    private static int Workloads => int.Parse(Environment.GetEnvironmentVariable("CONDAFUSE_CRASH_WORKLOADS") ?? "25", CultureInfo.InvariantCulture);

    /// <summary>The first workload, so that several runs can share the work.</summary>
    private static int FirstWorkload => int.Parse(Environment.GetEnvironmentVariable("CONDAFUSE_CRASH_FIRST") ?? "0", CultureInfo.InvariantCulture);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void After_a_crash_at_any_point_the_image_is_the_old_generation_or_the_new_one()
    {
        var image = Make();
        foreach (var seed in Enumerable.Range(FirstWorkload, Workloads))
        {
            var random = new Random(seed);
            var (before, model) = Edit(image, seed);
            var storage = Storage(image, random);
            var disk = new CrashDisk(storage);
            Append(storage, model, seed);
            var after = TreeText.Of(model, changes: true);
            var switched = storage.Events.FindLastIndex(made => made.Kind == StorageEventKind.Write && made.Offset == 0);
            Check(disk, random, before, after, mayBeNew: false, mustBeNew: false, seed);
            for (var i = 0; i < storage.Events.Count; i++)
            {
                disk.Follow(storage.Events[i]);
                Check(disk, random, before, after, i >= switched, i > switched, seed);
            }
        }
    }

    [Fact]
    public void After_a_rollback_that_crashed_the_image_is_the_old_generation_or_the_new_one()
    {
        var image = Make();
        foreach (var seed in Enumerable.Range(FirstWorkload, Workloads))
        {
            var before = Copy(image, seed, out var current);
            var random = new Random(seed);
            var storage = Storage(_scratch["copy"], random);
            Follow(storage, random, current, before, seed, isSwitch: made => made.Kind == StorageEventKind.Write && made.Offset == 0, folder =>
                SquashFsCommit.Restore(folder, "image", 1, Options(seed)));
        }
    }

    [Fact]
    public void After_a_compaction_that_crashed_the_image_is_the_old_file_or_the_new_one()
    {
        var image = Make();
        foreach (var seed in Enumerable.Range(FirstWorkload, Math.Max(1, Workloads / 5)))
        {
            _ = Copy(image, seed, out _);
            using var tree = SquashFsTree.Open(_scratch["copy"]);
            var current = TreeText.Of(tree, changes: true);
            var random = new Random(seed);
            var storage = Storage(_scratch["copy"], random);
            var old = GenerationInfo.Read(_scratch["copy"]);
            var options = new PackOptions { Threads = 1, Level = 1, BlockSize = 4096, ChangeTimes = true, Continues = old };
            static bool IsSwitch(StorageEvent made) => made.Kind == StorageEventKind.Rename;
            Follow(storage, random, (current, old.Generation), (null, old.Generation + 1), seed, IsSwitch, folder =>
                SquashFsWriter.Write(tree, folder, "image", options));

            // It shows the same, apart from inode numbers and times of attribute changes.
            using var compacted = SquashFsTree.Open(_scratch["left"]);
            Assert.Equal(TreeText.Of(tree), TreeText.Of(compacted));
        }
    }

    [Fact]
    public void After_a_compaction_that_keeps_generations_crashed_the_image_is_the_old_file_or_the_new_one()
    {
        var image = Make();
        foreach (var seed in Enumerable.Range(FirstWorkload, Math.Max(1, Workloads / 5)))
        {
            _ = Copy(image, seed, out _);
            var random = new Random(seed);
            HistoryTests.Restore(_scratch["copy"], 1, new Timestamp(2));
            using var tree = SquashFsTree.Open(_scratch["copy"]);
            var text = TreeText.Of(tree, changes: true);
            var keep = random.Next(1, 3);
            Follow(
                Storage(_scratch["copy"], random), random, (text, 3), (text, keep), seed, made => made.Kind == StorageEventKind.Rename,
                folder => SquashFsCompaction.KeepNewest(folder, "image", new CompactionOptions { Threads = 1, Keep = keep }),
                path => ImageHistory.Read(path).Count);
        }
    }

    [Theory]
    [InlineData(Errno.ENOSPC, TreeFailure.NoSpace, true)]
    [InlineData(Errno.EIO, TreeFailure.Storage, true)]
    [InlineData(Errno.ENOSPC, TreeFailure.NoSpace, false)]
    [InlineData(Errno.EIO, TreeFailure.Storage, false)]
    public void After_any_storage_failure_of_a_compaction_the_image_is_the_old_file_or_the_new_one(Errno errno, TreeFailure failure, bool repacks)
    {
        _ = Copy(Make(), 3, out _);
        var image = _scratch["copy"];
        using var tree = SquashFsTree.Open(image);
        var text = TreeText.Of(tree, changes: true);
        var options = new PackOptions { Threads = 1, Level = 1, BlockSize = 4096, ChangeTimes = true, Continues = GenerationInfo.Read(image) };
        var (fails, isOver) = (0, false);
        for (; !isOver; fails++)
        {
            var storage = Storage(image, random: null);
            var call = 0;
            storage.Fails = _ => call++ == fails ? errno : Errno.None;
            using var folder = storage.TryOpenFolder(Folder)!;
            var thrown = Record.Exception(() =>
            {
                _ = repacks
                    ? (object)SquashFsWriter.Write(tree, folder, "image", options)
                    : SquashFsCompaction.KeepNewest(folder, "image", new CompactionOptions { Threads = 1, Keep = 1 });
            });
            isOver = thrown is null;
            Assert.True(isOver || thrown is TreeException { Failure: var told } && told == failure, $"call {fails}: {thrown}");
            Assert.Equal(["image"], storage.Folders[Folder].Keys);
            Assert.Equal(text, Text(storage.Folders[Folder]["image"].Bytes));
        }

        Assert.True(fails > 5, $"only {fails} calls");
    }

    [Theory]
    [InlineData(Errno.ENOSPC, TreeFailure.NoSpace, false)]
    [InlineData(Errno.EDQUOT, TreeFailure.QuotaExceeded, false)]
    [InlineData(Errno.EIO, TreeFailure.Storage, false)]
    [InlineData(Errno.EIO, TreeFailure.Storage, true)]
    public void After_any_storage_failure_the_old_generation_is_intact(Errno errno, TreeFailure failure, bool forEver)
    {
        var image = Make();
        var (before, model) = Edit(image, 7);
        var bytes = File.ReadAllBytes(image);
        var calls = Count(image, model);
        for (var fails = 0; fails < calls; fails++)
        {
            var storage = Storage(image, random: null);
            var call = 0;
            storage.Fails = _ => call++ == fails || (forEver && call > fails) ? errno : Errno.None;
            var thrown = Assert.Throws<TreeException>(() => Append(storage, model, 7));
            Assert.Equal(failure, thrown.Failure);
            var left = storage.Folders[Folder]["image"].Bytes;
            if (forEver)
            {
                Assert.True(left.Length >= bytes.Length && left[FirstBlock..bytes.Length].SequenceEqual(bytes.AsSpan(FirstBlock)), $"call {fails}");
            }
            else
            {
                Assert.True(left.SequenceEqual(bytes), $"the file is not as it was after call {fails} of {calls} failed");
            }
        }

        Assert.True(calls > 5, $"only {calls} calls");
        Assert.Equal(before, Text(bytes));
    }

    /// <summary>
    /// A new name. Existing files are not overwritten: a process started by another test holds .NET's lock of a file that was just closed, until it
    /// executes its program.
    /// </summary>
    private string Fresh(string name)
    {
        File.Delete(_scratch[name]);
        return _scratch[name];
    }

    /// <summary>A copy with a second generation.</summary>
    /// <returns>The content of the first generation.</returns>
    private string Copy(string image, int seed, out string current)
    {
        File.Copy(image, Fresh("copy"));
        var (before, model) = Edit(_scratch["copy"], seed);
        CommitTests.Commit(_scratch["copy"], model, new Timestamp(1));
        current = TreeText.Of(model, changes: true);
        return before;
    }

    private void Follow(
        RecordedStorage storage, Random random, string before, string after, int seed,
        Func<StorageEvent, bool> isSwitch, Action<IStorageFolder> action) =>
        Follow(storage, random, (before, null), (after, null), seed, isSwitch, action);

    /// <summary>Crashes after each call of an action.</summary>
    private void Follow(
        RecordedStorage storage, Random random, (string Text, long? Generation) before, (string? Text, long? Generation) after, int seed,
        Func<StorageEvent, bool> isSwitch, Action<IStorageFolder> action, Func<string, long>? mark = null)
    {
        mark ??= path => GenerationInfo.Read(path).Generation;
        var disk = new CrashDisk(storage);
        using (var folder = storage.TryOpenFolder(Folder)!)
        {
            action(folder);
        }

        var shownAtEnd = Text(storage.Folders[Folder]["image"].Bytes);
        Assert.Equal(after.Text ?? shownAtEnd, shownAtEnd);
        after.Text = shownAtEnd;
        var switched = storage.Events.FindLastIndex(made => isSwitch(made));
        for (var i = -1; i < storage.Events.Count; i++)
        {
            if (i >= 0)
            {
                disk.Follow(storage.Events[i]);
            }

            // Between the switch and the following sync, either is possible.
            foreach (var crash in (CrashKind[])[CrashKind.Kill, CrashKind.LoseAll, CrashKind.LoseSome])
            {
                var left = disk.After(crash, random).Folders[Folder]["image"];
                var shown = (Text: Text(left.Bytes), Generation: before.Generation is null ? (long?)null : mark(_scratch["left"]));
                Assert.True(shown == before || shown == after, $"seed {seed}, {crash} after {i}: the image is neither the old one nor the new one");
                Assert.True(shown == before || i >= switched, $"seed {seed}, {crash} after {i}: the new one before it was in force");
                Assert.True(shown == after || i <= switched, $"seed {seed}, {crash} after {i}: what was done is lost");
            }
        }
    }

    private static CommitOptions Options(int seed) => new() { Threads = 1, Time = new Timestamp(1000 + seed, 5) };

    private static void Append(RecordedStorage storage, ModelTree model, int seed)
    {
        using var folder = storage.TryOpenFolder(Folder)!;
        SquashFsCommit.Append(folder, "image", model, Options(seed));
    }

    /// <summary>The image in memory, sometimes with leftovers of an earlier crash at its end.</summary>
    private static RecordedStorage Storage(string image, Random? random)
    {
        var file = new StoredFile(1);
        file.Write(0, File.ReadAllBytes(image));
        if (random?.Next(3) == 0)
        {
            var rest = new byte[random.Next(1, 20_000)];
            random.NextBytes(rest);
            file.Write(file.Length, rest);
        }

        return new RecordedStorage([(Folder, [("image", file)])]);
    }

    private static int Count(string image, ModelTree model)
    {
        var storage = Storage(image, random: null);
        Append(storage, model, 7);
        return storage.Events.Count;
    }

    private static (string Before, ModelTree Model) Edit(string image, int seed)
    {
        var model = CommitTests.ModelOf(image);
        var before = TreeText.Of(model, changes: true);
        new RandomEdits(seed).Apply(model, new Random(seed).Next(1, 15));
        return (before, model);
    }

    private void Check(CrashDisk disk, Random random, string before, string after, bool mayBeNew, bool mustBeNew, int seed)
    {
        foreach (var crash in (CrashKind[])[CrashKind.Kill, CrashKind.LoseAll, CrashKind.LoseSome, CrashKind.LoseSome])
        {
            var left = disk.After(crash, random).Folders[Folder]["image"];
            var text = Text(left.Bytes);
            var isNew = text == after && (mustBeNew || before != after);
            Assert.True(isNew || text == before, $"seed {seed}, {crash}: the image is neither the old generation nor the new one");
            Assert.True(!isNew || mayBeNew, $"seed {seed}, {crash}: the new generation before it was in force");
            Assert.True(isNew || !mustBeNew, $"seed {seed}, {crash}: what was committed is lost");
        }
    }

    private string Text(ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(Fresh("left"), bytes);
        using var tree = SquashFsTree.Open(_scratch["left"]);
        return TreeText.Of(tree, changes: true);
    }

    private string Make()
    {
        var source = _scratch.MakeDirectory("source");
        Tool.Shell(
            $"cd '{source}' && mkdir -p a/b c && seq 1 3000 > a/numbers && head -c 9000 /dev/urandom > a/noise && echo x > a/b/x && ln a/b/x c/y && "
            + "ln -s x a/link");
        using var tree = DiskTree.Open(source);
        SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 1, Level = 1, BlockSize = 4096 });
        return _scratch["image"];
    }
}
