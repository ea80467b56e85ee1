namespace CondaFuse.Registry.Tests;

/// <summary>Uploads to registries with their own ideas.</summary>
public sealed class UploadTests : IDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly Workshop _workshop = new();

    public void Dispose()
    {
        _registry.Dispose();
        _workshop.Dispose();
    }

    private IEnumerable<HttpCall> Patches => _registry.Calls.Where(call => call.Method == "PATCH");

    [Fact]
    public void A_blob_is_sent_as_a_whole()
    {
        PushAndCompare(6_000_000);
        Assert.Empty(Patches);
    }

    [Theory]
    [InlineData(202)]
    [InlineData(201)] // ECR
    [InlineData(204)]
    public void If_that_is_refused_it_is_sent_in_chunks_of_4_MiB(int status)
    {
        (_registry.RefusesWhole, _registry.MaxPatch, _registry.PatchStatus) = (true, 4 << 20, status);
        PushAndCompare(6_000_000);
        Assert.Contains(Patches, call => call.Body.Length == 4 << 20);
    }

    [Fact]
    public void A_minimum_of_the_registry_is_honoured()
    {
        (_registry.RefusesWhole, _registry.LeastChunk) = (true, 5 << 20);
        PushAndCompare(6_000_000);
        Assert.Contains(Patches, call => call.Body.Length == 5 << 20);
    }

    [Fact]
    public void A_broken_connection_is_resumed_where_the_registry_got_to()
    {
        (_registry.RefusesWhole, _registry.MaxPatch) = (true, 4 << 20);
        var broken = 0;
        _registry.Intercept = call => call.Method == "PATCH" && call.Header("Content-Range")!.StartsWith("4194304-", StringComparison.Ordinal)
            && Interlocked.Increment(ref broken) == 1 ? HttpReply.HangUp : null;
        PushAndCompare(6_000_000);
        Assert.Contains(_registry.Calls, call => call.Method == "GET" && call.Path.Contains("/uploads/", StringComparison.Ordinal));
        Assert.Single(Patches, call => call.Header("Content-Range") == "0-4194303");
    }

    [Fact]
    public void A_failing_registry_is_tried_again()
    {
        var failed = 0;
        _registry.Intercept = call => call is { Method: "PUT", Body.Length: > 100_000 } && Interlocked.Increment(ref failed) == 1
            ? new HttpReply(503) : null;
        PushAndCompare(200_000);
    }

    [Fact]
    public void An_immutable_tag_is_named()
    {
        _registry.HasImmutableTags = true;
        var image = _workshop.Make("a");
        _workshop.Push(_registry.Reference, image);
        Workshop.Commit(image, 2);
        var failure = Assert.Throws<RegistryException>(() => _workshop.Push(_registry.Reference, image));
        Assert.Equal(RegistryFault.Conflict, failure.Fault);
        Assert.Contains("does not let the tag change (400, the tag is immutable)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_repository_is_named()
    {
        _registry.Intercept = call => call.Method == "GET" ? null : FakeRegistry.Error(404, "NAME_UNKNOWN", "The repository does not exist");
        var failure = Assert.Throws<RegistryException>(() => _workshop.Push(_registry.Reference, _workshop.Make("a")));
        Assert.Equal(RegistryFault.NotFound, failure.Fault);
        Assert.Contains("The repository does not exist", failure.Message, StringComparison.Ordinal);
    }

    private void PushAndCompare(int bytes)
    {
        var image = _workshop.Make("a", bytes);
        _workshop.Push(_registry.Reference, image);
        _workshop.Pull(_registry.Reference, "b");
        Assert.Equal(File.ReadAllBytes(image), File.ReadAllBytes(_workshop["b"]));
    }
}
