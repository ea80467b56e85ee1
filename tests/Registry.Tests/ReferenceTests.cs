namespace CondaFuse.Registry.Tests;

/// <summary>References by the rules of the distribution specification.</summary>
public class ReferenceTests
{
    private static readonly string Digest = $"sha256:{new string('a', 64)}";

    [Theory]
    [InlineData("registry.example.org/env", "registry.example.org", "env", null)]
    [InlineData("oci://Registry.Example.org:5000/team/sub/env:1.0", "registry.example.org:5000", "team/sub/env", "1.0")]
    [InlineData("localhost/a__b/c-d.e:latest", "localhost", "a__b/c-d.e", "latest")]
    [InlineData("[::1]:5000/env", "[::1]:5000", "env", null)]
    [InlineData("docker.io/user/env", "docker.io", "user/env", null)]
    public void Valid_references_are_taken_apart(string text, string registry, string repository, string? tag)
    {
        var reference = RegistryReference.Parse(text);
        Assert.Equal((registry, repository, tag), (reference.Registry, reference.Repository, reference.Tag));
    }

    [Fact]
    public void A_digest_pins_and_a_tag_beside_it_is_for_people()
    {
        var reference = RegistryReference.Parse($"r.example.org/env:tag@{Digest}");
        Assert.Equal((Digest, $"r.example.org/env:tag@{Digest}"), (reference.ManifestName, reference.ToString()));
        Assert.Equal("r.example.org/env:latest", RegistryReference.Parse("r.example.org/env").ToString());
        Assert.Equal("registry-1.docker.io", RegistryReference.Parse("docker.io/user/env").Endpoint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("env")]
    [InlineData("team/env")]
    [InlineData("r.example.org/Env")]
    [InlineData("r.example.org/")]
    [InlineData("r.example.org/a//b")]
    [InlineData("r.example.org/../b")]
    [InlineData("r.example.org/env:")]
    [InlineData("r.example.org/env:-x")]
    [InlineData("r.example.org/env@sha256:short")]
    [InlineData("r.example.org/env@sha512:aaaa")]
    [InlineData("user@r.example.org/env")]
    [InlineData("https://r.example.org/env")]
    [InlineData("r.example.org/env?x=y")]
    [InlineData("r.example.org/env\n")]
    [InlineData("r.example.org:port/env")]
    public void Others_are_refused(string text) =>
        Assert.Equal(RegistryFault.BadReference, Assert.Throws<RegistryException>(() => RegistryReference.Parse(text)).Fault);

    [Fact]
    public void Long_references_are_refused_at_once() =>
        Assert.Throws<RegistryException>(() => RegistryReference.Parse($"r.example.org/{string.Concat(Enumerable.Repeat("a/", 200_000))}"));

    [Fact]
    public void A_repository_has_no_tag() =>
        Assert.Throws<RegistryException>(() => RegistryReference.ParseRepository("r.example.org/env:latest"));
}
