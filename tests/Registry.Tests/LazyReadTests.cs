using CondaFuse.Images;
using CondaFuse.Images.Remote;
using CondaFuse.Images.SquashFs;
using CondaFuse.Tree;

namespace CondaFuse.Registry.Tests;

/// <summary>Reading an image that is in a registry, through the cache and the fetcher.</summary>
public class LazyReadTests
{
    [Fact]
    public void A_blob_is_opened_once_however_much_of_it_is_fetched()
    {
        using var bench = new LazyBench(4_000_000);
        var file = bench.Open();
        for (var at = file.Length - 1; at > 0; at -= RemoteImage.LeafBytes) // backwards, so that each request is short
        {
            file.ReadAt(at, new byte[1]);
        }

        // The fetcher is in this process too, and opens a blob to read and to write.
        var opened = Directory.EnumerateFiles("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget)
            .Where(target => target?.StartsWith(bench.Workshop["cache/blobs/"], StringComparison.Ordinal) == true).ToList();
        Assert.All(opened.GroupBy(target => target), group => Assert.InRange(group.Count(), 1, 3));
        Assert.NotEmpty(opened);
    }

    [Fact]
    public void The_bytes_are_those_of_the_archive_and_are_fetched_once()
    {
        using var bench = new LazyBench();
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open()));
        AssertNothingTwice(bench);
        bench.Registry.Calls.Clear();
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open(), block: 1_000_000));
        Assert.Equal(["GET /v2/team/env/manifests/latest"], bench.Registry.Methods().Where(call => call.StartsWith("GET", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_image_is_opened_with_a_small_part_of_its_bytes()
    {
        using var bench = new LazyBench(bytes: 8_000_000);
        using var tree = ImageTree.Open(bench.Describe());
        Assert.True(tree.TryLookup(NodeId.Root, "env"u8, out var directory));
        Assert.True(tree.TryLookup(directory.Node, "data"u8, out var file));
        Assert.Equal(8_000_000, file.Size);
        Assert.InRange(bench.Ranges().Sum(range => range.End - range.Start), 1, 600_000);
    }

    [Fact]
    public void Many_readers_at_once_fetch_no_byte_twice()
    {
        using var bench = new LazyBench(bytes: 3_000_000);
        var description = bench.Describe();
        var files = Enumerable.Range(0, 32).Select(_ => bench.Open(description)).ToList();
        var expected = File.ReadAllBytes(bench.Image);
        var threads = files.Select((file, number) => new Thread(() => Assert.Equal(expected, LazyBench.ReadAll(file, 10_000 + (number * 5_000)))))
            .ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        AssertNothingTwice(bench);
    }

    [Fact]
    public void Damage_in_the_cache_is_noticed_and_fetched_again()
    {
        using var bench = new LazyBench();
        var description = bench.Describe();
        var expected = File.ReadAllBytes(bench.Image);
        Assert.Equal(expected, LazyBench.ReadAll(bench.Open(description)));
        var random = new Random(1);
        for (var round = 0; round < 20; round++)
        {
            foreach (var path in bench.DataFiles())
            {
                using var file = File.OpenWrite(path);
                file.Position = random.Next((int)file.Length);
                file.WriteByte((byte)random.Next(256));
            }

            Assert.Equal(expected, LazyBench.ReadAll(bench.Open(description)));
        }
    }

    [Fact]
    public void Marks_in_the_map_are_only_hints()
    {
        using var bench = new LazyBench();
        var description = bench.Describe();
        foreach (var path in bench.DataFiles())
        {
            File.WriteAllBytes($"{path}.map", [.. Enumerable.Repeat((byte)1, 1000)]);
        }

        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open(description)));
        bench.DataFiles().ToList().ForEach(path => File.WriteAllBytes($"{path}.map", []));
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open(description)));
    }

    [Fact]
    public void A_cache_that_cannot_be_written_costs_only_the_cache()
    {
        using var bench = new LazyBench();
        var description = bench.Describe();
        var data = bench.DataFiles().Single(path => new FileInfo(path).Length > 500_000);
        File.Delete(data);
        File.Delete($"{data}.map");
        Directory.CreateDirectory($"{data}.map"); // nothing can be marked
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open(Refreshed(bench, description))));
    }

    [Fact]
    public void A_cache_that_is_removed_is_made_again()
    {
        using var bench = new LazyBench();
        var file = bench.Open();
        LazyBench.ReadAll(file);
        foreach (var path in Directory.EnumerateFiles(bench.Workshop["cache/blobs"]))
        {
            File.Delete(path);
        }

        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open()));
        Directory.Delete(bench.Workshop["cache/blobs"], recursive: true);
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open()));
        Directory.Delete(bench.Workshop["cache/blobs"], recursive: true);
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(file)); // it still has the removed files open
    }

    [Fact]
    public void A_lower_cache_is_used_and_not_trusted()
    {
        using var bench = new LazyBench();
        LazyBench.ReadAll(bench.Open());
        (bench.CacheFolder, bench.LowerFolder) = ("other", "cache");
        var description = bench.Describe();
        bench.Registry.Calls.Clear();
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open(description)));
        Assert.Empty(bench.Ranges());

        bench.CacheFolder = "cache";
        foreach (var path in bench.DataFiles())
        {
            File.WriteAllBytes(path, new byte[new FileInfo(path).Length]);
        }

        bench.CacheFolder = "third";
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open(bench.Describe())));
        Assert.NotEmpty(bench.Ranges());
    }

    [Fact]
    public void A_cache_above_its_limit_evicts_what_was_mounted_longest_ago()
    {
        using var bench = new LazyBench { CacheBytes = 1_500_000 };
        var first = bench.Describe();
        LazyBench.ReadAll(bench.Open(first));
        foreach (var reference in Directory.EnumerateFiles(bench.Workshop["cache/references"]))
        {
            File.SetLastWriteTimeUtc(reference, DateTime.UnixEpoch.AddDays(1));
        }

        var other = $"{bench.Registry.Host}/team/env:other";
        bench.Workshop.Push(RegistryReference.Parse(other), bench.Workshop.Make("other", bytes: 1_000_000, seed: 2));
        var second = bench.Describe(other);
        LazyBench.ReadAll(bench.Open(second));
        using var cache = BlobCache.Open(bench.Workshop["cache"]);
        Assert.True(SpinWait.SpinUntil(() => cache.BlobBytes().Values.Sum() <= bench.CacheBytes, TimeSpan.FromSeconds(60)));
        bench.Registry.Calls.Clear();
        LazyBench.ReadAll(bench.Open(second));
        Assert.Empty(bench.Ranges());
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open(first)));
        Assert.NotEmpty(bench.Ranges());
    }

    [Fact]
    public void Parts_are_fetched_ahead_in_few_requests()
    {
        using var bench = new LazyBench(bytes: 5_000_000);
        var file = bench.Open();
        bench.Registry.Calls.Clear();
        file.Fetch([new StoredRange(100_000, 1_000_000), new StoredRange(1_200_000, 100), new StoredRange(1_250_000, 100)], () => false);
        var range = Assert.Single(bench.Ranges(), range => range.Start < 2_000_000); // the neighbours of the tables may still arrive
        Assert.Equal((65536, 1_310_720), (range.Start, range.End));
        Assert.Empty(file.RunsOf([new StoredRange(0, StoredImage.HeadBytes)]));
    }

    [Fact]
    public void A_description_that_others_could_write_is_refused()
    {
        using var bench = new LazyBench();
        var description = bench.Describe();
        File.SetUnixFileMode(description, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        var refusal = Assert.Throws<ImageException>(() => SquashFsTree.Open(description));
        Assert.Contains("must belong to you alone", refusal.Message, StringComparison.Ordinal);
        File.SetUnixFileMode(description, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var whole = File.ReadAllBytes(description);
        for (var length = 8; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(description, whole[..length]);
            Assert.Throws<ImageException>(() => RemoteDescription.Read(description));
        }
    }

    [Fact]
    public void Without_network_only_what_was_fetched_can_be_read()
    {
        using var bench = new LazyBench(bytes: 5_000_000);
        var image = RemoteDescription.Read(bench.Describe());
        string description;
        using (var cache = BlobCache.Open(bench.Workshop["cache"]))
        {
            Assert.Equal(image.ManifestDigest, cache.DigestOf(bench.Registry.Reference.ToString()));
            Assert.Null(cache.DigestOf("another"));
            description = cache.Describe("env", image with { IsOffline = true });
        }

        var file = bench.Open(description);
        var tail = new byte[4096];
        Assert.Equal(tail.Length, file.ReadAt(file.Length - tail.Length, tail));
        Assert.Equal(File.ReadAllBytes(bench.Image)[^4096..], tail);
        var failure = Assert.Throws<FetchException>(() => file.ReadAt(1_000_000, tail));
        Assert.Contains("--offline", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>The same description as another file, which the fetcher opens again.</summary>
    private static string Refreshed(LazyBench bench, string description)
    {
        using var cache = BlobCache.Open(bench.Workshop["cache"]);
        return cache.Describe("env", RemoteDescription.Read(description) with { Timeout = TimeSpan.FromSeconds(59) });
    }

    private static void AssertNothingTwice(LazyBench bench)
    {
        foreach (var blob in bench.Ranges().GroupBy(range => range.Path))
        {
            var ranges = blob.OrderBy(range => range.Start).ToList();
            Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start, $"{pair.First} and {pair.Second}"));
        }
    }
}
