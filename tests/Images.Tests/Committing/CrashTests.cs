using System.Globalization;
using CondaFuse.Images.Disk;
using CondaFuse.Images.SquashFs;
using CondaFuse.Platform;
using CondaFuse.Tests.Shared;
using CondaFuse.Tree;

namespace CondaFuse.Images.Tests;

/// <summary>What a crash, a full disk or a broken one leaves of an image that is being appended to: the old generation or the new one.</summary>
public sealed class CrashTests : IDisposable
{
    private const string Folder = "/archives";

    /// <summary>Bytes behind the superblock's that a commit must never write.</summary>
    private const int FirstBlock = 4096;

    private readonly Scratch _scratch = new();

    /// <summary>How many workloads; more by the environment, for a long run.</summary>
    private static int Workloads => int.Parse(Environment.GetEnvironmentVariable("CONDAFUSE_CRASH_WORKLOADS") ?? "25", CultureInfo.InvariantCulture);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void After_a_crash_at_any_point_the_image_is_the_old_generation_or_the_new_one()
    {
        var image = Make();
        for (var seed = 0; seed < Workloads; seed++)
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
        var (before, model) = Edit(image, 99);
        CommitTests.Commit(image, model, new Timestamp(1));
        var current = TreeText.Of(model, changes: true);
        var random = new Random(1);
        var storage = Storage(image, random);
        var disk = new CrashDisk(storage);
        using (var folder = storage.TryOpenFolder(Folder)!)
        {
            SquashFsCommit.Restore(folder, "image", 1, Options(2));
        }

        foreach (var made in storage.Events)
        {
            disk.Follow(made);
            Check(disk, random, current, before, mayBeNew: true, mustBeNew: false, seed: 99);
        }

        Check(disk, random, current, before, mayBeNew: true, mustBeNew: true, seed: 99);
    }

    [Theory]
    [InlineData(Errno.ENOSPC, TreeFailure.NoSpace, false)]
    [InlineData(Errno.EDQUOT, TreeFailure.QuotaExceeded, false)]
    [InlineData(Errno.EIO, TreeFailure.Storage, false)]
    [InlineData(Errno.EIO, TreeFailure.Storage, true)]
    public void Whatever_the_storage_refuses_the_old_generation_is_whole(Errno errno, TreeFailure failure, bool forEver)
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

    private static CommitOptions Options(int seed) => new() { Threads = 1, Time = new Timestamp(1000 + seed, 5) };

    private static void Append(RecordedStorage storage, ModelTree model, int seed)
    {
        using var folder = storage.TryOpenFolder(Folder)!;
        SquashFsCommit.Append(folder, "image", model, Options(seed));
    }

    /// <summary>The image in memory; now and then with what an earlier crash left behind its end.</summary>
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
        File.WriteAllBytes(_scratch["left"], bytes);
        using var tree = SquashFsTree.Open(_scratch["left"]);
        return TreeText.Of(tree, changes: true);
    }

    private string Make()
    {
        var source = _scratch.MakeDirectory("source");
        Tool.Shell($"cd '{source}' && mkdir -p a/b c && seq 1 3000 > a/numbers && head -c 9000 /dev/urandom > a/noise && echo x > a/b/x && ln a/b/x c/y && ln -s x a/link");
        using var tree = DiskTree.Open(source);
        SquashFsWriter.Write(tree, _scratch["image"], new PackOptions { Threads = 1, Level = 1, BlockSize = 4096 });
        return _scratch["image"];
    }
}
