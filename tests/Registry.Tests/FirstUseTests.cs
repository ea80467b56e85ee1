namespace CondaFuse.Registry.Tests;

/// <summary>The list of first uses is a separate blob, and only a hint.</summary>
public sealed class FirstUseTests : IDisposable
{
    private const string Type = "application/vnd.condafuse.environment.first-uses.v1";
    private readonly FakeRegistry _registry = new();
    private readonly Workshop _workshop = new();

    public void Dispose()
    {
        _registry.Dispose();
        _workshop.Dispose();
    }

    [Fact]
    public void It_is_read_with_one_request()
    {
        _workshop.Push(_registry.Reference, _workshop.Make("a"));
        var used = Assert.Single(_workshop.FirstUses(_registry.Reference));
        Assert.Equal("env/data", System.Text.Encoding.UTF8.GetString(used.Path.Span));
        Assert.Equal((4096, 8192), (used.Offset, used.Length));
        var digest = Digest();
        Assert.Single(_registry.Calls, call => call.Method == "GET" && call.Path.EndsWith(digest, StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_cannot_be_used_counts_as_none()
    {
        _workshop.Push(_registry.Reference, _workshop.Make("a"));
        var manifest = _registry.Manifests["latest"];
        Expect_none(() => _registry.ReplaceBlob(Type, content => [.. content, 0]));
        Expect_none(() => _registry.ReplaceBlob(Type, _ => new byte[(1 << 20) + 1]));
        Expect_none(() => _registry.Blobs[Digest()] = [1, 2, 3]);
        Expect_none(() => _registry.Blobs.TryRemove(Digest(), out _));

        void Expect_none(Action damage)
        {
            _registry.Manifests["latest"] = manifest;
            damage();
            Assert.Empty(_workshop.FirstUses(_registry.Reference));
            var name = Guid.NewGuid().ToString();
            _workshop.Pull(_registry.Reference, name);
            Assert.Equal(File.ReadAllBytes(_workshop["a"]), File.ReadAllBytes(_workshop[name]));
        }
    }

    [Fact]
    public void An_archive_without_one_has_no_such_blob()
    {
        _workshop.Push(_registry.Reference, _workshop.Make("a", firstUses: []));
        Assert.DoesNotContain("first-uses", System.Text.Encoding.UTF8.GetString(_registry.Manifests["latest"]), StringComparison.Ordinal);
        Assert.Empty(_workshop.FirstUses(_registry.Reference));
    }

    private string Digest()
    {
        using var json = System.Text.Json.JsonDocument.Parse(_registry.Manifests["latest"]);
        var last = json.RootElement.GetProperty("layers").EnumerateArray().Last();
        Assert.Equal(Type, last.GetProperty("mediaType").GetString());
        return last.GetProperty("digest").GetString()!;
    }
}
