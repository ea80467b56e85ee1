using CondaFuse.Registry.Credentials;
using CondaFuse.Registry.Http;

namespace CondaFuse.Registry.Tests;

/// <summary>Credentials of docker and podman, and what is sent of them.</summary>
public sealed class CredentialTests : IDisposable
{
    private const string Ada = "YWRhOnNlY3JldA=="; // ada:secret
    private readonly FakeRegistry _registry = new();
    private readonly Workshop _workshop = new();

    public void Dispose()
    {
        _registry.Dispose();
        _workshop.Dispose();
    }

    [Theory]
    [InlineData(".docker/config.json")]
    [InlineData(".config/containers/auth.json")]
    public void Files_in_the_home_directory_are_found(string name)
    {
        _workshop.Put(name, $$"""{"auths":{"r.example.org":{"auth":"{{Ada}}"} } }""");
        Assert.Equal(("ada", "secret"), (Find("r.example.org")!.User, Find("r.example.org")!.Password));
        Assert.Null(Find("other.example.org"));
    }

    [Theory]
    [InlineData("DOCKER_CONFIG", "d", "d/config.json")]
    [InlineData("REGISTRY_AUTH_FILE", "a.json", "a.json")]
    [InlineData("XDG_RUNTIME_DIR", "run", "run/containers/auth.json")]
    public void Variables_name_other_files(string variable, string value, string file)
    {
        _workshop.Set(variable, _workshop[value]);
        _workshop.Put(file, $$"""{"auths":{"https://r.example.org:5000/v1/":{"auth":"{{Ada}}"} } }""");
        Assert.Equal("ada", Find("r.example.org:5000")!.User);
    }

    [Fact]
    public void Docker_Hub_has_its_old_name()
    {
        _workshop.Put(".docker/config.json", $$"""{"auths":{"https://index.docker.io/v1/":{"identitytoken":"t"} } }""");
        Assert.Equal("t", Find("docker.io")!.IdentityToken);
    }

    [Fact]
    public void A_helper_is_asked_for_the_server_by_its_standard_input()
    {
        var helper = _workshop.Put("bin/docker-credential-test", """
            #!/bin/sh
            [ "$1" = get ] && read -r server
            [ "$server" = r.example.org ] || exit 1
            echo '{"ServerURL":"x","Username":"ada","Secret":"from-helper"}'
            """);
        File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _workshop.Put(".docker/config.json", """{"credsStore":"test","credHelpers":{"bad.example.org":"../x"}}""");
        Assert.Equal("from-helper", Find("r.example.org")!.Password);
        Assert.Null(Find("unknown.example.org"));
        var failure = Assert.Throws<RegistryException>(() => Find("bad.example.org"));
        Assert.Contains("docker-credential-../x is not on PATH", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"auths\":{\"r.example.org\":{\"auth\":\"secret!\"}}}")]
    [InlineData("{\"auths\": secret")]
    [InlineData("[]")]
    public void A_broken_file_is_named_and_not_quoted(string content)
    {
        var file = _workshop.Put(".docker/config.json", content);
        var failure = Assert.Throws<RegistryException>(() => Find("r.example.org"));
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_is_fetched_with_the_credentials_and_renewed_when_it_is_refused()
    {
        var tokens = 0;
        var uses = new System.Collections.Concurrent.ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        _workshop.Put(".docker/config.json", $$"""{"auths":{"{{_registry.Host}}":{"auth":"{{Ada}}"} } }""");
        _registry.Intercept = call =>
        {
            if (call.Path == "/token")
            {
                return call.Header("Authorization") == $"Basic {Ada}" && call.Query("service") == "s p" && call.Query("scope") is { Length: > 0 }
                    ? new HttpReply(200, $$"""{"token":"token{{Interlocked.Increment(ref tokens)}}"}""") : new HttpReply(401);
            }

            // Each token is good for a few requests.
            return call.Header("Authorization") is { } token && uses.AddOrUpdate(token, 1, (_, count) => count + 1) <= 3 ? null
                : new HttpReply(401) { Headers = { ["WWW-Authenticate"] = $"Bearer realm=\"http://{_registry.Host}/token\",service=\"s p\"" } };
        };
        var image = _workshop.Make("a");
        _workshop.Push(_registry.Reference, image);
        _workshop.Pull(_registry.Reference, "b");
        Assert.Equal(File.ReadAllBytes(image), File.ReadAllBytes(_workshop["b"]));
        Assert.True(tokens > 4);
    }

    [Fact]
    public void A_token_may_be_exchanged()
    {
        _workshop.Put(".docker/config.json", $$"""{"auths":{"{{_registry.Host}}":{"identitytoken":"id&1"} } }""");
        _registry.Intercept = call => call switch
        {
            { Path: "/token", Method: "POST" }
                when System.Text.Encoding.UTF8.GetString(call.Body).Contains("refresh_token=id%261", StringComparison.Ordinal) =>
                new HttpReply(200, """{"access_token":"good"}"""),
            _ when call.Header("Authorization") == "Bearer good" => null,
            _ => new HttpReply(401) { Headers = { ["WWW-Authenticate"] = $"Bearer realm=\"http://{_registry.Host}/token\"" } },
        };
        _workshop.Push(_registry.Reference, _workshop.Make("a"));
    }

    [Theory]
    [InlineData("Basic realm=\"x\"", "wants a user name and a password")]
    [InlineData("Negotiate", "credentials of an unknown kind")]
    [InlineData("Bearer realm=\"http://tokens.example.org/\"", "names no secure address for tokens")]
    [InlineData("Bearer realm=\"file:///etc/passwd\"", "names no secure address for tokens")]
    public void Without_credentials_the_message_says_what_is_wanted(string challenge, string message)
    {
        _registry.Intercept = _ => new HttpReply(401) { Headers = { ["WWW-Authenticate"] = challenge } };
        Assert.Contains(message, Assert.Throws<RegistryException>(() => _workshop.Look(_registry.Reference)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_credentials_are_refused_with_a_hint_and_without_the_password()
    {
        _workshop.Put(".docker/config.json", $$"""{"auths":{"{{_registry.Host}}":{"auth":"{{Ada}}"} } }""");
        _registry.Intercept = _ => new HttpReply(401) { Headers = { ["WWW-Authenticate"] = "Basic realm=\"x\"" } };
        var failure = Assert.Throws<RegistryException>(() => _workshop.Look(_registry.Reference));
        Assert.Equal(RegistryFault.Denied, failure.Fault);
        Assert.Contains("podman login", failure.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bearer realm=\"https://a/b\",service=\"s\"", "bearer", "https://a/b", "s")]
    [InlineData("bearer realm=\"a\\\"b\" , service=plain", "bearer", "a\"b", "plain")]
    [InlineData("Basic", "basic", null, null)]
    [InlineData("Bearer realm=\"unclosed", "bearer", "unclosed", null)]
    [InlineData("Bearer =,=,=", "bearer", null, null)]
    public void Challenges_are_parsed(string header, string scheme, string? realm, string? service)
    {
        var parsed = Challenge.Parse(header)!;
        Assert.Equal(
            (scheme, realm, service), (parsed.Scheme, parsed.Parameters.GetValueOrDefault("realm"), parsed.Parameters.GetValueOrDefault("service")));
    }

    private Credential? Find(string registry) => new CredentialStore(_workshop.Settings).Find(registry);
}
