using CondaFuse.Registry.Http;

namespace CondaFuse.Registry.Tests;

/// <summary>Requests to other hosts go through the proxy that variables name.</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly Workshop _workshop = new();

    public void Dispose() => _workshop.Dispose();

    [Fact]
    public void A_proxy_is_asked_for_a_tunnel_and_its_refusal_is_named()
    {
        var calls = new System.Collections.Concurrent.ConcurrentQueue<HttpCall>();
        using var proxy = new HttpServer(call =>
        {
            calls.Enqueue(call);
            return call.Header("Proxy-Authorization") is null
                ? new HttpReply(407) { Headers = { ["Proxy-Authenticate"] = "Basic realm=\"x\"" } }
                : new HttpReply(403);
        });
        _workshop.Set("HTTPS_PROXY", $"http://ada:secret@{proxy.Host}");
        var failure = Assert.Throws<RegistryException>(() => _workshop.Look(RegistryReference.Parse("registry.test/team/env:latest")));
        Assert.Contains("the proxy refused", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.All(calls, call => Assert.Equal(("CONNECT", "registry.test:443"), (call.Method, call.Target)));
        Assert.Contains(calls, call => call.Header("Proxy-Authorization") == "Basic YWRhOnNlY3JldA==");
    }

    [Theory]
    [InlineData("https://a.example.org/", "", "proxy")]
    [InlineData("http://a.example.org/", "", "plain")]
    [InlineData("https://a.example.org/", "example.org", null)]
    [InlineData("https://a.example.org/", ".example.org", null)]
    [InlineData("https://a.example.org/", "x, A.EXAMPLE.ORG", null)]
    [InlineData("https://a.example.org/", "ample.org", "proxy")]
    [InlineData("https://a.example.org:5000/", "example.org:443", "proxy")]
    [InlineData("https://a.example.org:5000/", "example.org:5000", null)]
    [InlineData("https://a.example.org/", "*", null)]
    [InlineData("https://127.0.0.1/", "", null)]
    [InlineData("https://localhost:5000/", "", null)]
    public void Hosts_without_a_proxy_are_listed(string target, string exceptions, string? expected)
    {
        var proxy = new VariableProxy(name => name switch
        {
            "HTTPS_PROXY" => "http://proxy:3128", "http_proxy" => "plain:3128", "NO_PROXY" => exceptions, _ => null,
        });
        Assert.Equal(expected, proxy.GetProxy(new Uri(target))?.Host);
        Assert.Equal(expected is null, proxy.IsBypassed(new Uri(target)));
    }
}
