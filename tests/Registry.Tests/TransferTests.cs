using System.Text;
using CondaFuse.Images;

namespace CondaFuse.Registry.Tests;

/// <summary>Archives go to a registry and come back, and only new generations are moved.</summary>
public sealed class TransferTests : IDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly Workshop _workshop = new();

    public void Dispose()
    {
        _registry.Dispose();
        _workshop.Dispose();
    }

    [Fact]
    public void An_archive_comes_back_byte_for_byte()
    {
        var image = _workshop.Make("a");
        Workshop.Commit(image, 2);
        var pushed = _workshop.Push(_registry.Reference, image);
        Assert.Equal((2L, false), (pushed.Generation, pushed.IsUpToDate));
        Assert.True(pushed.SentBytes >= new FileInfo(image).Length);
        var fetched = _workshop.Pull(_registry.Reference, "b");
        Assert.Equal(File.ReadAllBytes(image), File.ReadAllBytes(_workshop["b"]));
        Assert.Equal(new FileInfo(image).Length - StoredImage.HeadBytes, fetched);
    }

    [Fact]
    public void The_blobs_in_the_order_of_the_layers_are_the_archive()
    {
        var image = _workshop.Make("a");
        Workshop.Commit(image, 2);
        Workshop.Commit(image, 3);
        _workshop.Push(_registry.Reference, image);
        using var manifest = System.Text.Json.JsonDocument.Parse(_registry.Manifests["latest"]);
        var titled = manifest.RootElement.GetProperty("layers").EnumerateArray()
            .Where(layer => layer.TryGetProperty("annotations", out _))
            .Select(layer => (
                Title: layer.GetProperty("annotations").GetProperty("org.opencontainers.image.title").GetString()!,
                Blob: _registry.Blobs[layer.GetProperty("digest").GetString()!]))
            .OrderBy(layer => layer.Title, StringComparer.Ordinal).ToList();
        Assert.Equal(["00.head", "01.data", "02.data", "03.data"], titled.Select(layer => layer.Title));
        Assert.Equal(File.ReadAllBytes(image), titled.SelectMany(layer => layer.Blob));
    }

    [Fact]
    public void After_a_commit_only_the_new_generation_is_sent_and_fetched()
    {
        var image = _workshop.Make("a", bytes: 3_000_000);
        _workshop.Push(_registry.Reference, image);
        _workshop.Pull(_registry.Reference, "b");
        var before = new FileInfo(image).Length;
        Workshop.Commit(image, 2);
        var grown = new FileInfo(image).Length - before;
        var pushed = _workshop.Push(_registry.Reference, image);
        Assert.InRange(pushed.SentBytes, grown, grown + 10_000);
        var fetched = _workshop.Pull(_registry.Reference, "c", known: _workshop["b"]);
        Assert.Equal(grown, fetched);
        Assert.Equal(File.ReadAllBytes(image), File.ReadAllBytes(_workshop["c"]));
    }

    [Fact]
    public void Known_content_that_differs_is_fetched()
    {
        var image = _workshop.Make("a", bytes: 1_000_000);
        _workshop.Push(_registry.Reference, image);
        var bytes = File.ReadAllBytes(image);
        bytes[400_000] ^= 1;
        File.WriteAllBytes(_workshop["flipped"], bytes);
        Assert.Equal(64 << 10, _workshop.Pull(_registry.Reference, "b", known: _workshop["flipped"]));
        Assert.Equal(File.ReadAllBytes(image), File.ReadAllBytes(_workshop["b"]));
    }

    [Fact]
    public void A_second_push_sends_nothing()
    {
        var image = _workshop.Make("a");
        var first = _workshop.Push(_registry.Reference, image);
        var calls = _registry.Calls.Count;
        var second = _workshop.Push(_registry.Reference, image);
        Assert.Equal((true, 0L, first.Digest), (second.IsUpToDate, second.SentBytes, second.Digest));
        Assert.DoesNotContain(_registry.Calls.Skip(calls), call => call.Method is "PUT" or "POST" or "PATCH");
    }

    [Fact]
    public void Each_generation_has_a_tag_that_stays()
    {
        var image = _workshop.Make("a");
        var first = _workshop.Push(_registry.Reference, image);
        Workshop.Commit(image, 2);
        var second = _workshop.Push(_registry.Reference, image);
        var tags = _workshop.Tags(_registry.Reference);
        Assert.Equal([$"g1-{first.Digest.Hex[..8]}", $"g2-{second.Digest.Hex[..8]}", "latest"], tags);
        _workshop.Pull(RegistryReference.Parse($"{_registry.Host}/team/env@{first.Digest}"), "old");
        Assert.Equal(1, GenerationInfo.Read(_workshop["old"]).Generation);
    }

    [Fact]
    public void Many_generations_share_a_blob_and_most_pushes_send_only_the_last_one()
    {
        var image = _workshop.Make("a", bytes: 100_000);
        for (var number = 2; number <= 66; number++)
        {
            Workshop.Commit(image, number, bytes: 100);
        }

        _workshop.Push(_registry.Reference, image);
        Workshop.Commit(image, 67, bytes: 100);
        Assert.InRange(_workshop.Push(_registry.Reference, image).SentBytes, 1, 40_000);
        _workshop.Pull(_registry.Reference, "b");
        Assert.Equal(File.ReadAllBytes(image), File.ReadAllBytes(_workshop["b"]));
        var environment = _workshop.Look(_registry.Reference);
        Assert.Equal((67, 35), (environment.Config.History.Count, environment.Blobs));
    }

    [Fact]
    public void A_description_costs_two_requests_and_has_what_the_archive_has()
    {
        var image = _workshop.Make("a");
        Workshop.Commit(image, 2);
        _workshop.Push(_registry.Reference, image);
        var calls = _registry.Calls.Count;
        var found = _workshop.Look(_registry.Reference);
        Assert.Equal(2, _registry.Calls.Count - calls);
        Assert.Equal(GenerationInfo.Read(image).Identity, found.Config.Identity);
        Assert.Equal(("/home/ada/envs/env", "commit 2", new FileInfo(image).Length), (found.Config.Prefix, found.Config.Message, found.Config.Bytes));
        Assert.Equal([2L, 1L], found.Config.History.Select(entry => entry.Number));
    }

    [Fact]
    public void A_tag_that_is_not_our_base_is_not_replaced()
    {
        var ours = _workshop.Make("a");
        File.Copy(ours, _workshop["theirs"]);
        _workshop.Push(_registry.Reference, ours);
        Workshop.Commit(_workshop["theirs"], 5);
        _workshop.Push(_registry.Reference, _workshop["theirs"]);
        var before = _registry.Manifests["latest"];

        var behind = Assert.Throws<RegistryException>(() => _workshop.Push(_registry.Reference, ours));
        Assert.Equal(RegistryFault.Conflict, behind.Fault);
        Assert.Contains("is at generation 2, later than this archive (1)", behind.Message, StringComparison.Ordinal);
        Assert.Contains($"condafuse pull {_registry.Reference} NAME, then condafuse rebase NAME", behind.Hint, StringComparison.Ordinal);

        Workshop.Commit(ours, 6);
        var diverged = Assert.Throws<RegistryException>(() => _workshop.Push(_registry.Reference, ours));
        Assert.Contains("does not build on", diverged.Message, StringComparison.Ordinal);
        Assert.Contains("condafuse pull", diverged.Hint, StringComparison.Ordinal);

        var other = Assert.Throws<RegistryException>(() => _workshop.Push(_registry.Reference, _workshop.Make("other", seed: 2)));
        Assert.Contains("another environment", other.Message, StringComparison.Ordinal);

        _registry.Manifests["foreign"] = Encoding.UTF8.GetBytes("""{"schemaVersion":2,"mediaType":"application/x-other","layers":[]}""");
        var foreign = Assert.Throws<RegistryException>(() => _workshop.Push(_registry.Reference.WithTag("foreign"), ours));
        Assert.Contains("it is of type application/x-other; it was not replaced", foreign.Message, StringComparison.Ordinal);

        Assert.Same(before, _registry.Manifests["latest"]);
        _workshop.Push(_registry.Reference, ours, force: true);
        Assert.NotSame(before, _registry.Manifests["latest"]);
    }

    [Fact]
    public void A_push_that_loses_a_race_says_so()
    {
        var image = _workshop.Make("a");
        _workshop.Push(_registry.Reference, image);
        Workshop.Commit(image, 2);
        _registry.Intercept = call =>
        {
            if (call.Method == "PUT" && call.Path.Contains("/manifests/g2-", StringComparison.Ordinal))
            {
                _registry.Manifests["latest"] = "{}"u8.ToArray(); // someone else was faster
            }

            return null;
        };
        var failure = Assert.Throws<RegistryException>(() => _workshop.Push(_registry.Reference, image));
        Assert.Contains("was changed by someone else during this push", failure.Message, StringComparison.Ordinal);
        Assert.Equal("{}"u8.ToArray(), _registry.Manifests["latest"]);
    }

    [Fact]
    public void A_push_that_is_overtaken_at_the_last_moment_says_so()
    {
        var image = _workshop.Make("a");
        var puts = 0;
        _registry.Intercept = call =>
        {
            puts += call is { Method: "PUT" } && call.Path.EndsWith("/manifests/latest", StringComparison.Ordinal) ? 1 : 0;
            return puts > 0 && call.Method == "GET" ? new HttpReply(200, "{}") : null;
        };
        var failure = Assert.Throws<RegistryException>(() => _workshop.Push(_registry.Reference, image));
        Assert.Contains("at the same moment", failure.Message, StringComparison.Ordinal);
    }
}
