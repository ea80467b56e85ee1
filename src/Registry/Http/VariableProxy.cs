using System.Net;

namespace CondaFuse.Registry.Http;

/// <summary>
/// The proxy that HTTPS_PROXY, HTTP_PROXY and ALL_PROXY name, in either case. Not for hosts in NO_PROXY and those below them, and never for this
/// machine.
/// </summary>
/// <param name="variable">The value of a variable; null if it is unset.</param>
internal sealed class VariableProxy(Func<string, string?> variable) : IWebProxy
{
    /// <summary>Those in the addresses of the proxies.</summary>
    public ICredentials? Credentials { get; set; } = new AddressCredentials(variable);

    /// <summary>The proxy for an address, without its password, because messages show it; null for none.</summary>
    public Uri? GetProxy(Uri destination) =>
        IsBypassed(destination) ? null : new UriBuilder(ProxyFor(destination.Scheme)!) { UserName = "", Password = "" }.Uri;

    /// <inheritdoc/>
    public bool IsBypassed(Uri host) =>
        Transport.IsLoopback(host) || ProxyFor(host.Scheme) is null
        || (Value("no_proxy") ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Any(entry => IsIn(host, entry));

    private static bool IsIn(Uri host, string entry)
    {
        var (name, port) = entry.LastIndexOf(':') is > 0 and var colon && int.TryParse(entry.AsSpan(colon + 1), out var number)
            ? (entry[..colon], number)
            : (entry, host.Port);
        name = name.TrimStart('*').TrimStart('.');
        return port == host.Port
            && (name.Length == 0 || host.Host.Equals(name, StringComparison.OrdinalIgnoreCase)
                || host.Host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase));
    }

    private Uri? ProxyFor(string scheme) =>
        (Value($"{scheme}_proxy") ?? Value("all_proxy")) is { } text
        && Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out var proxy)
            ? proxy
            : null;

    private string? Value(string name) => variable(name) is { Length: > 0 } own ? own
        : variable(name.ToUpperInvariant()) is { Length: > 0 } other ? other : null;

    private sealed class AddressCredentials(Func<string, string?> variable) : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType)
        {
            var proxy = new VariableProxy(variable);
            var user = new[] { Uri.UriSchemeHttps, Uri.UriSchemeHttp }.Select(proxy.ProxyFor)
                .FirstOrDefault(known => known is { UserInfo.Length: > 0 } && (known.Host, known.Port) == (uri.Host, uri.Port))?.UserInfo;
            return user?.Split(':', 2) is [var name, .. var rest]
                ? new NetworkCredential(Uri.UnescapeDataString(name), Uri.UnescapeDataString(rest.Length > 0 ? rest[0] : ""))
                : null;
        }
    }
}
