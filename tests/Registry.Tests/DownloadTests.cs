namespace CondaFuse.Registry.Tests;

/// <summary>Downloads in bad weather, and from hostile registries.</summary>
public sealed class DownloadTests : IDisposable
{
    private const string Config = "application/vnd.condafuse.environment.config.v1+json";
    private const string Index = "application/vnd.condafuse.environment.index.v1";
    private const string Data = "application/vnd.condafuse.environment.data.v1";
    private readonly FakeRegistry _registry = new();
    private readonly Workshop _workshop = new();
    private readonly string _image;

    public DownloadTests()
    {
        _image = _workshop.Make("a", bytes: 1_000_000);
        _workshop.Push(_registry.Reference, _image);
        _registry.Calls.Clear();
    }

    public void Dispose()
    {
        _registry.Dispose();
        _workshop.Dispose();
    }

    /// <summary>The call for the blob with the content.</summary>
    private static bool IsForData(HttpCall call, FakeRegistry registry) =>
        call.Method == "GET" && call.Path.Contains("/blobs/sha256:", StringComparison.Ordinal)
        && registry.Blobs[call.Path.Split('/')[^1]].Length > 500_000;

    [Fact]
    public void A_connection_that_breaks_is_continued_after_the_last_leaf_that_was_verified()
    {
        var cuts = 0;
        _registry.Intercept = call => IsForData(call, _registry) && Interlocked.Increment(ref cuts) == 1
            ? new HttpReply(200, _registry.Blobs[call.Path.Split('/')[^1]]) { CutAfter = 500_000 } : null;
        Pulled();
        var second = _registry.Calls.Last(call => IsForData(call, _registry));
        Assert.StartsWith($"bytes={7 * 65536}-", second.Header("Range"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_registry_may_answer_a_range_with_the_whole_blob()
    {
        _registry.IgnoresRanges = true;
        var bytes = File.ReadAllBytes(_image);
        bytes[400_000] ^= 1;
        File.WriteAllBytes(_workshop["known"], bytes);
        _workshop.Pull(_registry.Reference, "b", known: _workshop["known"]);
        Assert.Equal(File.ReadAllBytes(_image), File.ReadAllBytes(_workshop["b"]));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public void A_failure_that_passes_is_not_noticed(int status)
    {
        var failed = 0;
        _registry.Intercept = _ => Interlocked.Increment(ref failed) % 2 == 1
            ? new HttpReply(status) { Headers = { ["Retry-After"] = "0" } } : null;
        Pulled();
    }

    [Fact]
    public void A_registry_that_asks_for_a_long_pause_is_not_waited_for_longer_than_the_limit()
    {
        var policy = new RetryPolicy { FirstPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(60) };
        Assert.Equal(TimeSpan.FromSeconds(60), policy.Pause(1, TimeSpan.FromHours(3)));
        Assert.Equal(TimeSpan.FromSeconds(30), policy.Pause(1, TimeSpan.FromSeconds(30)));
        Assert.InRange(policy.Pause(3, asked: null), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4));
        Assert.InRange(policy.Pause(100, asked: null), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData(403, RegistryFault.Denied, "the registry denies access (403, no)")]
    [InlineData(404, RegistryFault.NotFound, "the registry has no")]
    [InlineData(418, RegistryFault.Refused, "the registry answered 418, no")]
    [InlineData(500, RegistryFault.Unreachable, "overloaded or broken (500, no)")]
    public void A_failure_that_stays_is_named(int status, object fault, string message)
    {
        _registry.Intercept = _ => FakeRegistry.Error(status, "X", "no");
        var failure = Assert.Throws<RegistryException>(() => _workshop.Pull(_registry.Reference, "b"));
        Assert.Equal(fault, failure.Fault);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_blob_that_is_gone_is_a_matter_of_retention()
    {
        _registry.Intercept = call => IsForData(call, _registry) ? FakeRegistry.Error(404, "BLOB_UNKNOWN", "") : null;
        var failure = Assert.Throws<RegistryException>(() => _workshop.Pull(_registry.Reference, "b"));
        Assert.Equal(RegistryFault.NotFound, failure.Fault);
        Assert.Contains("retention", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_registry_that_hangs_up_all_the_time_is_given_up()
    {
        _registry.Intercept = _ => HttpReply.HangUp;
        var failure = Assert.Throws<RegistryException>(() => _workshop.Pull(_registry.Reference, "b"));
        Assert.Equal(RegistryFault.Unreachable, failure.Fault);
        Assert.StartsWith($"cannot reach {_registry.Host}: ", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_registry_that_stalls_is_given_up(bool inTheBody)
    {
        _registry.Intercept = call => !inTheBody || IsForData(call, _registry) ? new HttpReply(200, new byte[100]) { IsStalled = true } : null;
        var settings = _workshop.Settings with
        {
            RetryPolicy = new RetryPolicy
            {
                Answering = TimeSpan.FromSeconds(2), Reading = TimeSpan.FromMilliseconds(50), Attempts = 2, FirstPause = TimeSpan.FromMilliseconds(1),
            },
        };
        var failure = Assert.Throws<RegistryException>(() => _workshop.Pull(_registry.Reference, "b", settings: settings));
        Assert.Contains("nothing was received", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_body_is_given_up()
    {
        _registry.Intercept = call => call.Path.EndsWith("/manifests/latest", StringComparison.Ordinal)
            ? new HttpReply(200, "{") { IsEndless = true } : null;
        var failure = Assert.Throws<RegistryException>(() => _workshop.Pull(_registry.Reference, "b"));
        Assert.Contains("is longer than 4194304 bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_redirect_is_followed_without_credentials_and_a_loop_ends()
    {
        using var storage = new FakeRegistry();
        foreach (var (digest, blob) in _registry.Blobs)
        {
            storage.Blobs[digest] = blob;
        }

        _workshop.Put(".docker/config.json", $$"""{"auths":{"{{_registry.Host}}":{"auth":"YWRhOnNlY3JldA=="} } }""");
        _registry.Intercept = call => call.Header("Authorization") != "Basic YWRhOnNlY3JldA=="
            ? new HttpReply(401) { Headers = { ["WWW-Authenticate"] = "Basic realm=\"x\"" } }
            : call.Path.Contains("/blobs/", StringComparison.Ordinal)
                ? new HttpReply(307) { Headers = { ["Location"] = $"http://{storage.Host}{call.Path}?signature=secret" } }
                : null;
        Pulled();
        Assert.NotEmpty(storage.Calls);
        Assert.All(storage.Calls, call => Assert.Null(call.Header("Authorization")));

        storage.Intercept = call => new HttpReply(302) { Headers = { ["Location"] = $"{call.Path}?signature=secret" } };
        var failure = Assert.Throws<RegistryException>(() => _workshop.Pull(_registry.Reference, "c"));
        Assert.Contains("more than 5 times", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://registry.example.org/x?signature=secret")]
    [InlineData("ftp://127.0.0.1/x")]
    [InlineData("file:///etc/passwd")]
    public void A_redirect_to_an_address_that_is_not_secure_is_refused(string location)
    {
        _registry.Intercept = _ => new HttpReply(307) { Headers = { ["Location"] = location } };
        var failure = Assert.Throws<RegistryException>(() => _workshop.Pull(_registry.Reference, "b"));
        Assert.Equal(RegistryFault.Refused, failure.Fault);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_manifest_with_another_digest_is_damaged()
    {
        var pinned = RegistryReference.Parse($"{_registry.Host}/team/env@{Hash.Of(_registry.Manifests["latest"])}");
        _registry.Manifests[pinned.Digest!.ToString()] = [.. _registry.Manifests["latest"], (byte)' '];
        Assert.Equal(RegistryFault.Damaged, Assert.Throws<RegistryException>(() => _workshop.Pull(pinned, "b")).Fault);
    }

    [Theory]
    [InlineData(Config)]
    [InlineData(Index)]
    [InlineData(Data)]
    [InlineData("application/vnd.condafuse.environment.head.v1")]
    public void A_blob_with_other_content_than_its_digest_says_is_never_used(string type)
    {
        using var json = System.Text.Json.JsonDocument.Parse(_registry.Manifests["latest"]);
        var digest = json.RootElement.GetProperty("layers").EnumerateArray().Append(json.RootElement.GetProperty("config"))
            .First(blob => blob.GetProperty("mediaType").GetString() == type).GetProperty("digest").GetString()!;
        _registry.Blobs[digest][50] ^= 1;
        Damaged();
    }

    [Theory]
    [InlineData("\"size\":96", "\"size\":97")]
    [InlineData("\"size\":", "\"size\":-")]
    [InlineData("\"size\":96", "\"size\":9223372036854775807")]
    [InlineData("\"size\":96", "\"size\":\"96\"")]
    [InlineData("sha256:", "sha512:")]
    [InlineData("environment.data.v1", "environment.head.v1")]
    [InlineData("\"layers\":[", "\"layers\":[],\"more\":[")]
    [InlineData("{\"schemaVersion\"", "[{\"schemaVersion\"")]
    public void A_hostile_manifest_is_refused(string what, string instead)
    {
        _registry.EditManifest(text => text.Replace(what, instead, StringComparison.Ordinal));
        Damaged();
    }

    [Theory]
    [InlineData("\"bytes\":", "\"bytes\":9")]
    [InlineData("\"bytes\":", "\"bytes\":-")]
    [InlineData("\"generation\":1", "\"generation\":2")]
    [InlineData("\"history\":[", "\"history\":[],\"more\":[")]
    [InlineData("\"identity\":\"", "\"identity\":\"x")]
    [InlineData("\"superblock\":\"", "\"superblock\":\"AAAA")]
    [InlineData("\"tables\":", "\"tables\":9999")]
    [InlineData("\"rootBytes\":", "\"rootBytes\":1")]
    [InlineData("\"rootDigest\":\"sha256:", "\"rootDigest\":\"")]
    [InlineData("\"schema\":1", "\"schema\":{}")]
    public void A_hostile_description_is_refused(string what, string instead)
    {
        _registry.ReplaceBlob(Config, content => System.Text.Encoding.UTF8.GetBytes(
            System.Text.Encoding.UTF8.GetString(content).Replace(what, instead, StringComparison.Ordinal)));
        Damaged();
    }

    [Fact]
    public void An_index_with_any_byte_changed_is_refused()
    {
        var original = _registry.Manifests["latest"];
        var digest = System.Text.Encoding.UTF8.GetString(original).Split("\"mediaType\":\"" + Index)[1].Split("sha256:")[1][..64];
        var length = _registry.Blobs[$"sha256:{digest}"].Length;
        var sums = (1_000_000 + (64 << 10)) / (64 << 10) * sizeof(ulong); // they are only hints
        for (var at = 0; at < length - sums; at += at < 160 ? 3 : 37)
        {
            _registry.Manifests["latest"] = original;
            _registry.ReplaceBlob(Index, content =>
            {
                var changed = content.ToArray();
                changed[at] ^= 0x41;
                return changed;
            });
            Damaged();
        }

        _registry.Manifests["latest"] = original;
        _registry.ReplaceBlob(Index, content => content[..^1]);
        Damaged();
    }

    [Fact]
    public void Data_that_is_no_archive_is_refused_even_if_all_digests_are_right()
    {
        var noise = _workshop.Make("noise", seed: 5);
        using var file = new FakeRegistry();
        _workshop.Push(file.Reference, noise);
        foreach (var (digest, blob) in file.Blobs)
        {
            _registry.Blobs[digest] = blob;
        }

        // The other archive's blobs under this archive's description.
        using var own = System.Text.Json.JsonDocument.Parse(_registry.Manifests["latest"]);
        var config = own.RootElement.GetProperty("config").GetRawText();
        using var other = System.Text.Json.JsonDocument.Parse(file.Manifests["latest"]);
        _registry.Manifests["latest"] = System.Text.Encoding.UTF8.GetBytes(
            System.Text.Encoding.UTF8.GetString(file.Manifests["latest"])
                .Replace(other.RootElement.GetProperty("config").GetRawText(), config, StringComparison.Ordinal));
        Damaged();
    }

    private void Pulled()
    {
        _workshop.Pull(_registry.Reference, "b");
        Assert.Equal(File.ReadAllBytes(_image), File.ReadAllBytes(_workshop["b"]));
    }

    private void Damaged()
    {
        var failure = Assert.Throws<RegistryException>(() => _workshop.Pull(_registry.Reference, "b"));
        Assert.True(failure.Fault is RegistryFault.Damaged or RegistryFault.Refused, failure.Message);
        Assert.False(File.Exists(_workshop["b"]));
        Assert.Empty(Directory.EnumerateFiles(_workshop.Home, "*.partial"));
    }
}
