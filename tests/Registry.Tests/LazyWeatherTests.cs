using CondaFuse.Images.Remote;

namespace CondaFuse.Registry.Tests;

/// <summary>Reading from registries that fail, lie or are slow: a sentence, never wrong bytes, and an end.</summary>
public class LazyWeatherTests
{
    private static bool IsForPart(HttpCall call) => call.Header("Range") is not null;

    [Fact]
    public void A_fetcher_that_is_stopped_before_it_listens_ends()
    {
        using var workshop = new Workshop();
        using var runtime = CondaFuse.Platform.PrivateFolder.OpenOrMake(workshop["run"]);
        using var fetcher = new Fetching.Fetcher(runtime, TimeProvider.System);
        fetcher.Stop();
        fetcher.Run();
        Assert.DoesNotContain(FetcherClient.SocketName, runtime.List());
    }

    [Fact]
    public void A_registry_that_is_gone_and_back_can_be_read_again()
    {
        using var bench = new LazyBench();
        var file = bench.Open();
        bench.Registry.Intercept = _ => HttpReply.HangUp;
        var failure = Assert.Throws<FetchException>(() => LazyBench.ReadAll(file));
        Assert.Equal("Unreachable", failure.Kind);
        bench.Registry.Intercept = null;
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(file));
    }

    [Fact]
    public void A_whole_blob_in_place_of_a_part_is_kept()
    {
        using var bench = new LazyBench();
        var file = bench.Open();
        bench.Registry.IgnoresRanges = true;
        bench.Registry.Calls.Clear();
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(file));
        Assert.Single(bench.Ranges());
    }

    [Fact]
    public void Other_content_is_refused()
    {
        using var bench = new LazyBench();
        var file = bench.Open();
        bench.Registry.Intercept = call => IsForPart(call) ? Changed(bench, call) : null;
        var failure = Assert.Throws<FetchException>(() => LazyBench.ReadAll(file));
        Assert.Contains("are not what its digest says", failure.Message, StringComparison.Ordinal);
        bench.Registry.Intercept = null;
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(file));
    }

    [Fact]
    public void Another_part_than_was_requested_is_refused()
    {
        using var bench = new LazyBench();
        var file = bench.Open();
        bench.Registry.Intercept = call => IsForPart(call)
            ? new HttpReply(206, new byte[65536]) { Headers = { ["Content-Range"] = "bytes 7-65542/1000000" } } : null;
        Assert.Contains(
            "another part of a blob", Assert.Throws<FetchException>(() => LazyBench.ReadAll(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_blob_that_is_gone_is_explained_by_retention()
    {
        using var bench = new LazyBench();
        var file = bench.Open();
        bench.Registry.Intercept = call => IsForPart(call) ? FakeRegistry.Error(404, "BLOB_UNKNOWN", "blob unknown") : null;
        var failure = Assert.Throws<FetchException>(() => LazyBench.ReadAll(file));
        Assert.Contains("retention", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public void A_failure_that_passes_is_not_noticed(int status)
    {
        using var bench = new LazyBench();
        var failed = 0;
        bench.Registry.Intercept = _ => Interlocked.Increment(ref failed) % 2 == 1
            ? new HttpReply(status) { Headers = { ["Retry-After"] = "0" } } : null;
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(bench.Open()));
    }

    [Fact]
    public void A_connection_that_breaks_is_continued_after_the_last_leaf()
    {
        using var bench = new LazyBench();
        var file = bench.Open();
        var cuts = 0;
        bench.Registry.Intercept = call => IsForPart(call) && Interlocked.Increment(ref cuts) == 1
            ? Cut(bench, call, 140_000) : null;
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(file));
    }

    [Fact]
    public void A_body_that_never_comes_ends_with_a_sentence()
    {
        using var bench = new LazyBench(timeout: TimeSpan.FromSeconds(2));
        var file = bench.Open();
        bench.Registry.Intercept = call => IsForPart(call) ? Stalled(bench, call) : null;
        var failure = Assert.Throws<FetchException>(() => LazyBench.ReadAll(file));
        Assert.Contains("2 s", failure.Message, StringComparison.Ordinal);
        bench.Registry.Intercept = null;
        Assert.Equal(File.ReadAllBytes(bench.Image), LazyBench.ReadAll(file));
    }

    [Fact]
    public void What_does_not_exist_is_said_with_a_hint()
    {
        using var bench = new LazyBench();
        var failure = Assert.Throws<FetchException>(() => bench.Describe($"{bench.Registry.Host}/team/env:none"));
        Assert.Equal("NotFound", failure.Kind);
        Assert.Contains("condafuse tags", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_for_leaves_that_do_not_exist_is_refused()
    {
        using var bench = new LazyBench();
        var description = bench.Describe();
        foreach (var (part, leaf, count) in new[] { ("9", "0", "1"), ("0", "999", "1"), ("0", "0", "999"), ("-1", "0", "1"), ("0", "x", "1") })
        {
            Assert.Throws<FetchException>(() => bench.Client.Ask(["fetch", description, part, leaf, count, "now"], bench.Timeout));
        }

        Assert.Throws<FetchException>(() => bench.Client.Ask(["something"], bench.Timeout));
    }

    private static (byte[] Part, string Range) PartFor(LazyBench bench, HttpCall call)
    {
        var ends = call.Header("Range")!["bytes=".Length..].Split('-').Select(int.Parse).ToList();
        var blob = bench.Registry.Blobs[call.Path.Split('/')[^1]];
        return (blob[ends[0]..(ends[1] + 1)], $"bytes {ends[0]}-{ends[1]}/{blob.Length}");
    }

    private static HttpReply Changed(LazyBench bench, HttpCall call)
    {
        var (part, range) = PartFor(bench, call);
        part[^1] ^= 1;
        return new HttpReply(206, part) { Headers = { ["Content-Range"] = range } };
    }

    private static HttpReply Stalled(LazyBench bench, HttpCall call)
    {
        var (part, range) = PartFor(bench, call);
        return new HttpReply(206, part) { Headers = { ["Content-Range"] = range }, IsStalled = true };
    }

    private static HttpReply Cut(LazyBench bench, HttpCall call, int after)
    {
        var (part, range) = PartFor(bench, call);
        return new HttpReply(206, part) { Headers = { ["Content-Range"] = range }, CutAfter = after };
    }
}
